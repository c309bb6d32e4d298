import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { requireMembers, requireOneOf, requireRange } from '../input.ts';
import { validationError } from '../service.ts';

const ADJUSTMENT_TYPES = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'];
const AGGREGATION_TYPES = ['Average', 'Minimum', 'Maximum'];
/** Most steps of a policy (Application Auto Scaling quotas). */
const MAX_STEPS = 20;

/** Checks a policy's steps. Throws `ValidationException`. */
export function checkStepScaling(configuration: StepScalingPolicyConfiguration): void {
  requireMembers(configuration, ['AdjustmentType', 'StepAdjustments']);
  const { AdjustmentType, StepAdjustments = [], MinAdjustmentMagnitude } = configuration;
  requireOneOf('adjustmentType', AdjustmentType, ADJUSTMENT_TYPES);
  requireOneOf('metricAggregationType', configuration.MetricAggregationType, AGGREGATION_TYPES);
  for (const step of StepAdjustments) requireMembers(step, ['ScalingAdjustment']);
  if (MinAdjustmentMagnitude !== undefined && AdjustmentType !== 'PercentChangeInCapacity') {
    throw validationError('MinAdjustmentMagnitude is supported with PercentChangeInCapacity only.');
  }
  requireRange('cooldown', configuration.Cooldown, 0, Number.MAX_SAFE_INTEGER);
  if (StepAdjustments.length === 0 || StepAdjustments.length > MAX_STEPS) {
    throw validationError(`A step scaling policy needs 1 to ${MAX_STEPS} step adjustments.`);
  }
  checkIntervals(StepAdjustments.map(interval).sort((a, b) => a.lower - b.lower));
}

/**
 * The step for a metric that is `difference` away from the alarm's threshold. Above the threshold
 * a step's lower bound belongs to it, below the threshold its upper bound does.
 * @param isBelow whether the alarm breaches downwards, which decides for a difference of 0
 */
export function findStep(
  steps: readonly StepAdjustment[],
  difference: number,
  isBelow: boolean,
): StepAdjustment | undefined {
  const downwards = difference < 0 || (difference === 0 && isBelow);
  return steps.find((step) => {
    const { lower, upper } = interval(step);
    return downwards
      ? lower < difference && difference <= upper
      : lower <= difference && difference < upper;
  });
}

/** The capacity that a step leads to, before the target's bounds. */
export function steppedCapacity(
  { AdjustmentType, MinAdjustmentMagnitude = 0 }: StepScalingPolicyConfiguration,
  adjustment: number,
  capacity: number,
): number {
  switch (AdjustmentType) {
    case 'ExactCapacity':
      return adjustment;
    case 'PercentChangeInCapacity': {
      const change = roundedChange((capacity * adjustment) / 100);
      return capacity + Math.sign(change) * Math.max(Math.abs(change), MinAdjustmentMagnitude);
    }
    default:
      return capacity + adjustment;
  }
}

/** Towards zero, but never to zero: 12.7 is 12, 0.67 is 1, −0.58 is −1, −6.67 is −6. */
function roundedChange(change: number): number {
  return Math.sign(change) * Math.max(1, Math.floor(Math.abs(change) + 1e-9));
}

function interval(step: StepAdjustment): { lower: number; upper: number } {
  const { MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper } = step;
  return { lower: lower ?? Number.NEGATIVE_INFINITY, upper: upper ?? Number.POSITIVE_INFINITY };
}

function checkIntervals(sorted: readonly { lower: number; upper: number }[]): void {
  for (const [index, { lower, upper }] of sorted.entries()) {
    if (lower === Number.NEGATIVE_INFINITY && upper === Number.POSITIVE_INFINITY) {
      throw validationError(
        'A step adjustment needs MetricIntervalLowerBound, MetricIntervalUpperBound or both.',
      );
    }
    if (!(lower < upper)) {
      throw validationError(
        `StepAdjustment lower bound ${lower} must be less than its upper bound ${upper}.`,
      );
    }
    const before = sorted[index - 1];
    if (before && before.upper > lower) {
      throw validationError('StepAdjustment intervals cannot overlap.');
    }
    if (before && before.upper < lower) {
      throw validationError('StepAdjustment intervals cannot have gaps between them.');
    }
  }
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first && first.lower < 0 && first.lower !== Number.NEGATIVE_INFINITY) {
    throw validationError(
      'With a negative lower bound, one StepAdjustment must have no lower bound.',
    );
  }
  if (last && last.upper > 0 && last.upper !== Number.POSITIVE_INFINITY) {
    throw validationError(
      'With a positive upper bound, one StepAdjustment must have no upper bound.',
    );
  }
}
