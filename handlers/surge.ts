import { type CycleRuntime, runCycle } from '../lib/cycle/cycle.ts';
import { loadSurge } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { cycleRuntime } from '../lib/lambda/runtimes.ts';

/** A caller feels a surge: look at its endpoint before the metrics show it. */
export const createHandler = (runtime: CycleRuntime) =>
  eventHandler(runtime, loadSurge).handler(({ detail }) => {
    runtime.logger.debug('surge told', { surge: detail });
    return runCycle(runtime, detail.endpointName, { cause: 'surge' });
  });

export const handler = createHandler(cycleRuntime());
