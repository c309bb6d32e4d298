import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PrewarmStore } from '../aws/prewarm-store.ts';
import { type CycleRuntime, runCycle } from '../cycle/cycle.ts';
import type { ScalableTarget } from '../target.ts';
import {
  type Prewarm,
  type PrewarmRefusal,
  type Prewarms,
  withoutPrewarms,
  withPrewarm,
} from './prewarm.ts';

/** What taking prewarms works with. */
export interface PrewarmRuntime extends CycleRuntime {
  readonly prewarms: PrewarmStore;
}

/** How far the clocks of those who put events may be ahead, seconds. */
const CLOCKS_DIFFER_SECONDS = 60;

/**
 * When an event was put. Its sender may name any time: a cancellation from next year would refuse
 * every prewarm until then, and a request from then could not be cancelled.
 */
function toldAt(atSeconds: number, nowSeconds: number): number {
  return Math.min(atSeconds, nowSeconds + CLOCKS_DIFFER_SECONDS);
}

/** Keeps a prewarm that was asked for, and looks at its endpoint. One that is refused is told in the log. */
export async function takePrewarm(
  runtime: PrewarmRuntime,
  target: ScalableTarget,
  asked: Prewarm,
): Promise<void> {
  const nowSeconds = runtime.now() / 1000;
  const prewarm = { ...asked, askedAtSeconds: toldAt(asked.askedAtSeconds, nowSeconds) };
  let refusal: PrewarmRefusal | 'not-enrolled' | null = null;
  const kept = await runtime.prewarms.change(target, (prewarms): Prewarms => {
    const taken = withPrewarm(prewarms, prewarm, nowSeconds);
    refusal = taken.refusal;
    return taken.prewarms;
  });
  if (!kept) refusal = 'not-enrolled';
  const { logger, metrics } = runtime;
  const { resourceId, endpointName } = target;
  if (refusal) {
    logger.warn('prewarm refused', { resourceId, prewarm, refusal });
    metrics.addMetric('PrewarmRefused', MetricUnit.Count, 1);
    return;
  }
  logger.info('prewarm taken', { resourceId, prewarm });
  await runCycle(runtime, endpointName, { cause: 'event' });
}

/** Drops the prewarms of a target that were asked for by then, and looks at its endpoint. */
export async function cancelPrewarms(
  runtime: PrewarmRuntime,
  target: ScalableTarget,
  atSeconds: number,
): Promise<void> {
  const { resourceId, endpointName } = target;
  const kept = await runtime.prewarms.change(target, (prewarms) =>
    withoutPrewarms(prewarms, toldAt(atSeconds, runtime.now() / 1000)),
  );
  runtime.logger.info('prewarms cancelled', { resourceId, isEnrolled: kept !== undefined });
  if (kept) await runCycle(runtime, endpointName, { cause: 'event' });
}
