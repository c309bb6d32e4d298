import { createHash } from 'node:crypto';
import type { AlarmConfiguration } from './alarm-configuration.ts';
import { isHighResolution } from './alarm-configuration.ts';
import type { AlarmState } from './alarm-evaluation.ts';

/** The state of an alarm, under the member names of DescribeAlarms; timestamps are epoch seconds. */
export interface AlarmStateView {
  readonly StateValue: AlarmState;
  readonly StateReason: string;
  readonly StateReasonData?: string;
  readonly StateUpdatedTimestamp: number;
  readonly StateTransitionedTimestamp: number;
}

/** An alarm as DescribeAlarms shows it; timestamps are epoch seconds. */
export interface AlarmView extends AlarmConfiguration, AlarmStateView {
  readonly AlarmArn: string;
  readonly AlarmConfigurationUpdatedTimestamp: number;
}

/** An alarm in the account, with what nobody outside sees. */
export interface Alarm {
  view: AlarmView;
  readonly tags: Map<string, string>;
  /** How often it is evaluated at present. */
  intervalMs: number;
  /** Cancels the next evaluation. */
  cancel: () => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;

/**
 * How often CloudWatch evaluates an alarm: every 10 s with a period under a minute, hourly over
 * more than a day, else every minute (user guide, "Alarm evaluation").
 */
export function evaluationIntervalMs(alarm: AlarmConfiguration): number {
  if (isHighResolution(alarm)) return 10_000;
  return alarm.Period * alarm.EvaluationPeriods > DAY_SECONDS ? HOUR_MS : MINUTE_MS;
}

/** Where in its interval an alarm is evaluated: a whole number of ms that its name decides. */
export function seededPhaseMs(seed: number, alarmName: string, intervalMs: number): number {
  const digest = createHash('sha256').update(`${seed}/${alarmName}`).digest();
  return digest.readUIntBE(0, 6) % intervalMs;
}

/** The actions that belong to a state. */
export function actionsOf(alarm: AlarmConfiguration, state: AlarmState): readonly string[] {
  switch (state) {
    case 'OK':
      return alarm.OKActions;
    case 'ALARM':
      return alarm.AlarmActions;
    case 'INSUFFICIENT_DATA':
      return alarm.InsufficientDataActions;
  }
}
