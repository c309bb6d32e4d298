import type { AlarmConfiguration } from './alarm-configuration.ts';
import type { AlarmState, ComparisonOperator, Verdict } from './alarm-evaluation.ts';
import type { Aggregate } from './bins.ts';
import { statisticOf } from './statistics.ts';

/** Why an alarm is in its state: a sentence, and the same as a JSON string. */
export interface StateReason {
  readonly reason: string;
  readonly reasonData: string;
}

/** The slots that an evaluation looked at, oldest first. */
export interface EvaluationRange {
  readonly fromMs: number;
  readonly periodMs: number;
  readonly slots: readonly (Aggregate | undefined)[];
}

const RELATIONS: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Words a verdict as CloudWatch does in StateReason and StateReasonData. */
export function stateReason(
  alarm: AlarmConfiguration,
  verdict: Verdict,
  state: AlarmState,
  range: EvaluationRange,
  nowMs: number,
): StateReason {
  const points = verdict.evaluated.map((index) => {
    const aggregate = range.slots[index] as Aggregate;
    return {
      atMs: range.fromMs + index * range.periodMs,
      value: statisticOf(aggregate, alarm.Statistic),
      sampleCount: aggregate.sampleCount,
    };
  });
  const missing = range.slots.flatMap((slot, index) =>
    slot ? [] : [{ atMs: range.fromMs + index * range.periodMs }],
  );
  const evaluatedDatapoints = [
    ...points,
    ...(verdict.filled > 0 ? missing.slice(-verdict.filled) : []),
  ].sort((a, b) => b.atMs - a.atMs);
  const oldest = points[0];
  return {
    reason: sentence(alarm, verdict, state, points),
    reasonData: JSON.stringify({
      version: '1.0',
      queryDate: isoOffset(nowMs),
      ...(oldest ? { startDate: isoOffset(oldest.atMs) } : {}),
      ...(alarm.Unit ? { unit: alarm.Unit } : {}),
      statistic: alarm.Statistic,
      period: alarm.Period,
      recentDatapoints: points.map(({ value }) => value),
      threshold: alarm.Threshold,
      evaluatedDatapoints: evaluatedDatapoints.map(({ atMs, ...values }) => ({
        timestamp: isoOffset(atMs),
        ...values,
      })),
    }),
  };
}

/** ISO 8601 with milliseconds and `+0000`, as within CloudWatch's events. */
export function isoOffset(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}

function sentence(
  alarm: AlarmConfiguration,
  verdict: Verdict,
  state: AlarmState,
  points: readonly { readonly atMs: number; readonly value: number }[],
): string {
  const { filled } = verdict;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${plural(filled, 'datapoint')} ${was(filled)} unknown.`;
  }
  const treatment = alarm.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const isFilling =
    filled > 0 && ['breaching', 'notBreaching'].includes(`${alarm.TreatMissingData}`);
  const gaps = `${plural(filled, 'missing datapoint')} ${was(filled)} treated as [${treatment}]`;
  if (points.length === 0) {
    return (
      `Threshold Crossed: no datapoints were received for ${plural(filled, 'period')} ` +
      `and ${gaps}.`
    );
  }
  const values = [...points]
    .reverse()
    .map(({ atMs, value }) => `${decimal(value)} (${shortDate(atMs)})`)
    .join(', ');
  const relation = `${state === 'ALARM' ? '' : 'not '}${RELATIONS[alarm.ComparisonOperator]}`;
  const isMOutOfN = alarm.DatapointsToAlarm !== undefined;
  const matching = state === 'ALARM' ? verdict.breaching : points.length - verdict.breaching;
  const number = isMOutOfN ? matching : points.length;
  const subject = isMOutOfN
    ? `${matching} out of the last ${points.length} datapoints`
    : plural(points.length, 'datapoint');
  return (
    `Threshold Crossed: ${subject} [${values}] ${was(number)} ${relation} ` +
    `the threshold (${decimal(alarm.Threshold)})${isFilling ? ` and ${gaps}` : ''}` +
    `${isMOutOfN ? minimum(alarm, state) : ''}.`
  );
}

/** How many data points it takes to change to this state. */
function minimum(alarm: AlarmConfiguration, state: AlarmState): string {
  const needed = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods;
  const [count, from] =
    state === 'ALARM' ? [needed, 'OK'] : [alarm.EvaluationPeriods - needed + 1, 'ALARM'];
  return ` (minimum ${plural(count, 'datapoint')} for ${from} -> ${state} transition)`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

/** dd/MM/yy HH:mm:ss in UTC. */
function shortDate(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}
