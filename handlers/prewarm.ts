import { eventHandler } from '../lib/lambda/handler.ts';
import { prewarmRuntime } from '../lib/lambda/runtimes.ts';
import { prewarmEvent } from '../lib/prewarm/prewarm-event.ts';
import { cancelPrewarms, type PrewarmRuntime, takePrewarm } from '../lib/prewarm/take-prewarm.ts';
import { variantTarget } from '../lib/target.ts';

/** Somebody asks for a floor for a time, or for none any more. */
export const createHandler = (runtime: PrewarmRuntime) =>
  eventHandler(runtime, prewarmEvent).handler((event) => {
    const { endpointName, variantName } = event.detail;
    const target = variantTarget(endpointName, variantName);
    if (event['detail-type'] === 'Prewarm Cancellation') {
      return cancelPrewarms(runtime, target, event.time);
    }
    const { minInstances, durationMinutes, from: fromSeconds = event.time } = event.detail;
    const untilSeconds = fromSeconds + durationMinutes * 60;
    const prewarm = { minInstances, fromSeconds, untilSeconds, askedAtSeconds: event.time };
    return takePrewarm(runtime, target, prewarm);
  });

export const handler = createHandler(prewarmRuntime());
