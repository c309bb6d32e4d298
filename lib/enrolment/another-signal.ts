import { isInvocations, type MetricRef } from '../config/signal.ts';
import type { ScalableTarget } from '../target.ts';
import { targetParameterName } from './parameter-name.ts';

/**
 * How an owner mends a metric that cannot be gone by. How SageMaker publishes its own is not theirs to change.
 * @param publish what to do about a metric of their own
 */
export function orAnotherSignal(
  target: ScalableTarget,
  metric: MetricRef,
  publish: string,
): string {
  const parameter = targetParameterName(target);
  if (isInvocations(metric)) {
    return `Set "signal": "concurrency" in ${parameter}, which SageMaker publishes every ten seconds whatever is set.`;
  }
  return metric.namespace === 'AWS/SageMaker'
    ? `Set another "signal" in ${parameter}.`
    : `${publish}, or set another "signal" in ${parameter}.`;
}
