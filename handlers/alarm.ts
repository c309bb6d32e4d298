import { type CycleRuntime, runCycle } from '../lib/cycle/cycle.ts';
import { alarmStateChange } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { cycleRuntime } from '../lib/lambda/runtimes.ts';
import { mutedUntil } from '../lib/mute.ts';

/** A 10 s alarm changed its state: look at the endpoint it watches. */
export const createHandler = (runtime: CycleRuntime) =>
  eventHandler(runtime, alarmStateChange).handler(({ detail }) => {
    const { endpointName, resourceId } = detail.alarmName;
    const end = detail.muteDetail?.muteWindowEnd;
    const mute =
      end === undefined
        ? undefined
        : { resourceId, untilSeconds: mutedUntil(end, runtime.now() / 1000) };
    return runCycle(runtime, endpointName, { cause: 'event' }, mute);
  });

export const handler = createHandler(cycleRuntime());
