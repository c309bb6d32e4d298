import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { isJson } from '../../../lib/is-json.ts';
import { AwsError } from '../service.ts';
import type { Alarm, AlarmView } from './alarm.ts';
import { alarmMetric, parseAlarm } from './alarm-configuration.ts';
import type { AlarmEngine } from './alarm-engine.ts';
import { ALARM_STATES, type AlarmState } from './alarm-evaluation.ts';
import { resourceNotFound, resourceNotFoundException, validationFailure } from './errors.ts';
import { metricKey, parseMetric } from './metric.ts';
import { page } from './paging.ts';

const MAX_NAMES = 100;
const MAX_RECORDS = 100;
const DEFAULT_RECORDS = 50;
const MAX_TAGS = 50;

interface WireTag {
  readonly Key: string;
  readonly Value: string;
}

export interface DescribeAlarmsInput {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly AlarmTypes?: readonly string[];
  readonly StateValue?: string;
  readonly ActionPrefix?: string;
  readonly ChildrenOfAlarmName?: string;
  readonly ParentsOfAlarmName?: string;
  readonly MaxRecords?: number;
  readonly NextToken?: string;
}

export interface DescribeAlarmsOutput {
  readonly MetricAlarms: readonly AlarmView[];
  readonly CompositeAlarms: readonly [];
  readonly NextToken?: string;
}

/** PutMetricAlarm: tags count at creation only. */
export function putMetricAlarm(engine: AlarmEngine, input: PutMetricAlarmInput): void {
  const configuration = parseAlarm(input);
  engine.put(configuration, withTags(new Map(), (input.Tags ?? []) as readonly WireTag[]));
}

/** DeleteAlarms: unknown names do not keep the others from being deleted. */
export function deleteAlarms(engine: AlarmEngine, names: readonly string[] = []): void {
  requireAtMost('AlarmNames', names);
  for (const name of names) engine.delete(name);
}

export function describeAlarms(
  engine: AlarmEngine,
  input: DescribeAlarmsInput,
): DescribeAlarmsOutput {
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) {
    throw validationFailure('The embedded account has no composite alarms.');
  }
  if (input.AlarmNames && input.AlarmNamePrefix) {
    throw validationFailure('AlarmNames and AlarmNamePrefix cannot be specified together.');
  }
  requireAtMost('AlarmNames', input.AlarmNames ?? []);
  if (input.StateValue !== undefined) requireState(input.StateValue);
  const size = input.MaxRecords ?? DEFAULT_RECORDS;
  if (!(size >= 1 && size <= MAX_RECORDS)) {
    throw validationFailure(`MaxRecords must be between 1 and ${MAX_RECORDS}, found ${size}.`);
  }
  const types = input.AlarmTypes ?? ['MetricAlarm'];
  const found = types.includes('MetricAlarm')
    ? engine
        .all()
        .map(({ view }) => view)
        .filter((view) => isWanted(view, input))
    : [];
  const { items, ...next } = page(found, size, input.NextToken);
  return { MetricAlarms: items, CompositeAlarms: [], ...next };
}

function isWanted(view: AlarmView, input: DescribeAlarmsInput): boolean {
  const { AlarmNames, AlarmNamePrefix = '', StateValue, ActionPrefix } = input;
  const actions = [...view.OKActions, ...view.AlarmActions, ...view.InsufficientDataActions];
  return (
    (AlarmNames === undefined || AlarmNames.includes(view.AlarmName)) &&
    view.AlarmName.startsWith(AlarmNamePrefix) &&
    (StateValue === undefined || view.StateValue === StateValue) &&
    (ActionPrefix === undefined || actions.some((action) => action.startsWith(ActionPrefix)))
  );
}

export interface DescribeAlarmsForMetricInput {
  readonly Namespace?: unknown;
  readonly MetricName?: unknown;
  readonly Dimensions?: unknown;
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Unit?: string;
}

/** DescribeAlarmsForMetric: the dimensions must be all of the alarm's. */
export function describeAlarmsForMetric(engine: AlarmEngine, input: DescribeAlarmsForMetricInput) {
  const key = metricKey(parseMetric(input.Namespace, input.MetricName, input.Dimensions));
  const alarms = engine
    .all()
    .map(({ view }) => view)
    .filter((view) => metricKey(alarmMetric(view)) === key)
    .filter((view) => input.Statistic === undefined || view.Statistic === input.Statistic)
    .filter((view) => input.Period === undefined || view.Period === input.Period)
    .filter((view) => input.Unit === undefined || view.Unit === input.Unit);
  return { MetricAlarms: alarms };
}

export interface SetAlarmStateInput {
  readonly AlarmName?: string;
  readonly StateValue?: string;
  readonly StateReason?: string;
  readonly StateReasonData?: string;
}

/** SetAlarmState. Throws `ResourceNotFound`, `InvalidFormat`, `ValidationError`. */
export function setAlarmState(engine: AlarmEngine, input: SetAlarmStateInput): void {
  const alarm = engine.get(input.AlarmName ?? '');
  if (!alarm) throw resourceNotFound(`The alarm ${input.AlarmName} does not exist.`);
  const state = requireState(input.StateValue);
  if (!input.StateReason) throw validationFailure('StateReason must not be null.');
  if (input.StateReasonData !== undefined && !isJson(input.StateReasonData)) {
    throw new AwsError('InvalidFormat', 'StateReasonData was not syntactically valid JSON.');
  }
  engine.setState(alarm, state, input.StateReason, input.StateReasonData);
}

/** EnableAlarmActions and DisableAlarmActions; unknown names are passed over. */
export function setActionsEnabled(
  engine: AlarmEngine,
  names: readonly string[] = [],
  enabled: boolean,
): void {
  requireAtMost('AlarmNames', names);
  for (const name of names) engine.setActionsEnabled(name, enabled);
}

export function tagResource(engine: AlarmEngine, arn: unknown, tags: readonly WireTag[] = []) {
  const alarm = alarmByArn(engine, arn);
  for (const [key, value] of withTags(alarm.tags, tags)) alarm.tags.set(key, value);
}

export function untagResource(engine: AlarmEngine, arn: unknown, keys: readonly string[] = []) {
  const alarm = alarmByArn(engine, arn);
  for (const key of keys) alarm.tags.delete(key);
}

export function listTagsForResource(engine: AlarmEngine, arn: unknown): { Tags: WireTag[] } {
  const { tags } = alarmByArn(engine, arn);
  return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

function withTags(
  present: ReadonlyMap<string, string>,
  tags: readonly WireTag[],
): Map<string, string> {
  const result = new Map(present);
  for (const { Key, Value } of tags) result.set(Key, Value);
  if (result.size > MAX_TAGS) {
    throw validationFailure(`An alarm takes at most ${MAX_TAGS} tags, found ${result.size}.`);
  }
  return result;
}

function alarmByArn(engine: AlarmEngine, arn: unknown): Alarm {
  const alarm = engine.all().find(({ view }) => view.AlarmArn === arn);
  if (!alarm) throw resourceNotFoundException(String(arn));
  return alarm;
}

function requireAtMost(name: string, names: readonly string[]): void {
  if (names.length > MAX_NAMES) {
    throw validationFailure(`${name} must not hold more than ${MAX_NAMES} names.`);
  }
}

function requireState(value: unknown): AlarmState {
  if (ALARM_STATES.includes(value as AlarmState)) return value as AlarmState;
  throw validationFailure(
    `Value '${value}' at 'stateValue' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${ALARM_STATES.join(', ')}]`,
  );
}
