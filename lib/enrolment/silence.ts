import type { CountedLoad, Measurements } from '../aws/measurements.ts';
import type { StoredTarget } from '../aws/state-store.ts';
import { type MetricRef, metricKey } from '../config/signal.ts';
import { UNSEEN_AFTER_SECONDS } from '../control/decide.ts';
import type { ScalableTarget } from '../target.ts';
import { orAnotherSignal } from './another-signal.ts';
import type { Enrolment, Problem } from './types.ts';

const SPAN_MINUTES = UNSEEN_AFTER_SECONDS / 60;

/** SageMaker's own count of the last minute or two cannot be read yet, and a load may pause. */
const LEAST_BUSY_MINUTES = 10;

/**
 * Fewer may be a monitor's, invocations a minute: whoever publishes a metric that falls silent when its load ends
 * need not count those.
 */
const LEAST_A_MINUTE = 10;

/** A signal that nobody has seen of late, beside the load that SageMaker counted. */
export interface Silence {
  readonly metric: MetricRef;
  readonly counted: CountedLoad;
  /** Whether it was ever seen. */
  readonly wasSeen: boolean;
}

/**
 * Reads whether a signal is silent under load. A load that ended looks the same to whoever reads the signal alone; what
 * tells them apart is another count of SageMaker's own, which is always published, if a minute or two late.
 * @returns null where nothing was read: the signal was seen of late
 */
export async function readSilence(
  measurements: Measurements,
  target: ScalableTarget,
  stored: StoredTarget | undefined,
  nowSeconds: number,
): Promise<Silence | null> {
  const metric = stored?.enrolment.signal?.load;
  if (!stored || !metric) return null;
  // The scores go with the price that they were reckoned at, and say nothing then of what was seen before.
  const { tuning, shadow } = stored.state;
  const seenSeconds = tuning?.scoredUntilSeconds ?? shadow?.untilSeconds;
  const wasSeen = seenSeconds !== undefined;
  if (wasSeen && nowSeconds - seenSeconds <= UNSEEN_AFTER_SECONDS) return null;
  const counted = await measurements.countedBeside(target, metric, SPAN_MINUTES, nowSeconds);
  return { metric, counted, wasSeen };
}

/**
 * That the signal in force is silent under load. What was found once stands until the signal is seen, though the load
 * may end meanwhile.
 */
export function silenceProblems(
  target: ScalableTarget,
  { signal, config }: Pick<Enrolment, 'signal' | 'config'>,
  silence: Silence | null | undefined,
  previous: Enrolment | undefined,
): Problem[] {
  if (!silence || !signal || config.mode === 'paused') return [];
  const { metric, counted, wasSeen } = silence;
  if (counted.isSignalSeen || metricKey(metric) !== metricKey(signal.load)) return [];
  const standing = previous?.problems.filter(({ code }) => code === 'silent-signal') ?? [];
  if (standing.length > 0) return standing;
  const { invocations, busyMinutes } = counted;
  if (busyMinutes < LEAST_BUSY_MINUTES) return [];
  if (wasSeen && invocations !== null && invocations < LEAST_A_MINUTE * SPAN_MINUTES) return [];
  const dimensions = Object.entries(metric.dimensions).map(([name, value]) => `${name}=${value}`);
  const where = dimensions.length > 0 ? `the dimensions ${dimensions.join(', ')}` : 'no dimensions';
  return [
    {
      what: `In a quarter of an hour SageMaker counted ${counts(counted)}, and the metric ${metric.namespace} ${metric.metricName} had no data: the load is not seen.`,
      fix: orAnotherSignal(
        target,
        metric,
        `See that it is published every ten seconds, under this very name and with ${where}, as 0 where there is no load`,
      ),
      code: 'silent-signal',
    },
  ];
}

function counts({ invocations, busyMinutes }: CountedLoad): string {
  return invocations === null
    ? `requests under way in ${busyMinutes} minutes`
    : `${Math.round(invocations)} invocations`;
}
