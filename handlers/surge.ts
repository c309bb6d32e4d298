import { type CycleRuntime, runCycle } from '../lib/cycle.ts';
import { loadSurge } from '../lib/events.ts';
import { eventHandler } from '../lib/handler.ts';
import { cycleRuntime } from '../lib/runtimes.ts';

/** A caller feels a surge: look at its endpoint before the metrics show it. */
export const createHandler = (runtime: CycleRuntime) =>
  eventHandler(runtime, loadSurge).handler(({ detail }) => {
    runtime.logger.debug('surge told', { surge: detail });
    return runCycle(runtime, detail.endpointName, { cause: 'surge' });
  });

export const handler = createHandler(cycleRuntime());
