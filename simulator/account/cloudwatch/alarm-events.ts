import type { EventContent } from '../eventbridge/bus.ts';
import { uuidOf } from '../ids.ts';
import type { AlarmStateView, AlarmView } from './alarm.ts';
import { alarmMetric, missingDataTreatment } from './alarm-configuration.ts';
import { isoOffset } from './alarm-reason.ts';
import type { MuteDetail } from './mute-rules.ts';

export type ConfigurationOperation = 'create' | 'update' | 'delete';

/**
 * "CloudWatch Alarm State Change" (user guide, "Alarm events and EventBridge"). It is sent for a
 * muted alarm too, and says by what it is muted.
 */
export function stateChangeEvent(
  previous: AlarmStateView,
  alarm: AlarmView,
  mute?: MuteDetail,
): EventContent {
  return event('CloudWatch Alarm State Change', alarm, {
    alarmName: alarm.AlarmName,
    state: stateDetail(alarm),
    previousState: stateDetail(previous),
    configuration: { ...description(alarm), metrics: metrics(alarm) },
    ...(mute ? { muteDetail: mute } : {}),
  });
}

/** "CloudWatch Alarm Configuration Change"; `previous` is the alarm before an update. */
export function configurationChangeEvent(
  operation: ConfigurationOperation,
  alarm: AlarmView,
  previous?: AlarmView,
): EventContent {
  return event('CloudWatch Alarm Configuration Change', alarm, {
    alarmName: alarm.AlarmName,
    operation,
    state: { value: alarm.StateValue, timestamp: isoOffset(alarm.StateUpdatedTimestamp * 1000) },
    configuration: configurationDetail(alarm),
    ...(previous ? { previousConfiguration: configurationDetail(previous) } : {}),
  });
}

function event(detailType: string, alarm: AlarmView, detail: object): EventContent {
  return { source: 'aws.cloudwatch', detailType, resources: [alarm.AlarmArn], detail };
}

function stateDetail(state: AlarmStateView) {
  return {
    value: state.StateValue,
    reason: state.StateReason,
    ...(state.StateReasonData === undefined ? {} : { reasonData: state.StateReasonData }),
    timestamp: isoOffset(state.StateUpdatedTimestamp * 1000),
  };
}

function configurationDetail(alarm: AlarmView) {
  return {
    evaluationPeriods: alarm.EvaluationPeriods,
    ...(alarm.DatapointsToAlarm === undefined
      ? {}
      : { datapointsToAlarm: alarm.DatapointsToAlarm }),
    threshold: alarm.Threshold,
    comparisonOperator: alarm.ComparisonOperator,
    treatMissingData: missingDataTreatment(alarm),
    metrics: metrics(alarm),
    alarmName: alarm.AlarmName,
    ...description(alarm),
    actionsEnabled: alarm.ActionsEnabled,
    timestamp: isoOffset(alarm.AlarmConfigurationUpdatedTimestamp * 1000),
    okActions: alarm.OKActions,
    alarmActions: alarm.AlarmActions,
    insufficientDataActions: alarm.InsufficientDataActions,
  };
}

function description(alarm: AlarmView) {
  return alarm.AlarmDescription === undefined ? {} : { description: alarm.AlarmDescription };
}

function metrics(alarm: AlarmView) {
  const { namespace, metricName, dimensions } = alarmMetric(alarm);
  return [
    {
      id: metricId(alarm),
      metricStat: {
        metric: { namespace, name: metricName, dimensions },
        period: alarm.Period,
        stat: alarm.Statistic,
        ...(alarm.Unit ? { unit: alarm.Unit } : {}),
      },
      returnData: true,
    },
  ];
}

/** A UUID that changes with the configuration, as CloudWatch's does. */
function metricId(alarm: AlarmView): string {
  return uuidOf(`${alarm.AlarmArn}/${alarm.AlarmConfigurationUpdatedTimestamp}`);
}
