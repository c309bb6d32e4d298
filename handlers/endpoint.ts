import { type CycleRuntime, runCycle } from '../lib/cycle.ts';
import { endpointStateChange } from '../lib/events.ts';
import { eventHandler } from '../lib/handler.ts';
import { cycleRuntime } from '../lib/runtimes.ts';

/** An endpoint came out of an update, or is going: a nudge lost meanwhile can be sent again now. */
export const createHandler = (runtime: CycleRuntime) =>
  eventHandler(runtime, endpointStateChange).handler(({ detail }) =>
    runCycle(runtime, detail.EndpointName, { cause: 'event' }),
  );

export const handler = createHandler(cycleRuntime());
