import { scheduleTick } from '../lib/events.ts';
import { eventHandler } from '../lib/handler.ts';
import { sweepRuntime } from '../lib/runtimes.ts';
import { type SweepRuntime, sweep } from '../lib/sweep.ts';

/** Once a minute: ask for a look at every enrolled endpoint. */
export const createHandler = (runtime: SweepRuntime) =>
  eventHandler(runtime, scheduleTick).handler(() => sweep(runtime));

export const handler = createHandler(sweepRuntime());
