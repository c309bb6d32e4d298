export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const MISSING_DATA_TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingDataTreatment = (typeof MISSING_DATA_TREATMENTS)[number];

export const COMPARISONS = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;
export type ComparisonOperator = keyof typeof COMPARISONS;

/** What decides over data points: M (`datapointsToAlarm`) out of N (`evaluationPeriods`). */
export interface AlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparisonOperator: ComparisonOperator;
  readonly treatMissingData: MissingDataTreatment;
}

/** The state that the data call for, `undefined` to keep the present one, and on what grounds. */
export interface Verdict {
  readonly state: AlarmState | undefined;
  /** Positions, oldest first, of the data points that were evaluated. */
  readonly evaluated: readonly number[];
  /** How many of them breach the threshold. */
  readonly breaching: number;
  /** How many missing data points had to be filled in. */
  readonly filled: number;
}

/**
 * Evaluates an alarm over its evaluation range, oldest first, `undefined` for a missing data
 * point. Follows "Configuring how CloudWatch alarms treat missing data" of the CloudWatch user
 * guide:
 * - N or more real data points: the newest N of them decide, whatever the treatment of gaps.
 * - Fewer: all of them count, and the missing ones are filled in by the treatment.
 * - Premature alarm: all real points breach and the oldest is at least M periods old, hence
 *   ALARM though fewer than M were received; `ignore` keeps the state in this case.
 */
export function evaluateAlarm(range: readonly (number | undefined)[], rule: AlarmRule): Verdict {
  const { evaluationPeriods, datapointsToAlarm, threshold, treatMissingData } = rule;
  const isBreaching = COMPARISONS[rule.comparisonOperator];
  const real: number[] = [];
  for (let index = 0; index < range.length; index += 1) {
    if (range[index] !== undefined) real.push(index);
  }
  const filled = Math.max(0, evaluationPeriods - real.length);
  const evaluated = real.slice(-evaluationPeriods);
  const breaching = evaluated.filter((index) =>
    isBreaching(range[index] as number, threshold),
  ).length;
  const verdict = (state: AlarmState | undefined) => ({ state, evaluated, breaching, filled });
  const counted = (count: number) => verdict(count >= datapointsToAlarm ? 'ALARM' : 'OK');

  if (filled === 0 || treatMissingData === 'notBreaching') return counted(breaching);
  if (treatMissingData === 'breaching') return counted(breaching + filled);

  const oldest = real[0];
  if (oldest === undefined)
    return verdict(treatMissingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA');
  if (breaching >= datapointsToAlarm) return verdict('ALARM');
  if (breaching < real.length) return verdict('OK');
  // Only breaching points, but fewer than M of them: the gaps decide.
  if (treatMissingData === 'ignore') return verdict(undefined);
  const periodsOld = range.length - oldest;
  return verdict(periodsOld >= datapointsToAlarm ? 'ALARM' : 'OK');
}
