import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricRef } from '../config/signal.ts';
import { WINDOW_SECONDS } from '../control/demand-point.ts';

/** An alarm that fires when one ten-second window lies above `threshold`. */
export interface AlarmSpec {
  readonly alarmName: string;
  readonly description: string;
  readonly metric: MetricRef;
  readonly threshold: number;
}

/** Reads and writes the alarms that wake the scaler. */
export interface Alarms {
  /** Alarms whose name begins with `prefix`; of one that is not of the scaler's form, the name alone. */
  list(prefix: string): Promise<{ readonly alarmName: string; readonly spec: AlarmSpec | null }[]>;
  put(alarm: AlarmSpec): Promise<void>;
  /** Deleting an alarm that is not there is no error. */
  delete(alarmNames: readonly string[]): Promise<void>;
}

/** DeleteAlarms takes this many. */
const BATCH_SIZE = 100;

/**
 * What all alarms of the scaler have in common. Only a transition wakes the scaler, so a load that goes silent
 * must count as the end of its breach: the next one makes a transition then. One late window does not look like
 * it, since more windows than one are read.
 */
const FORM = {
  Period: WINDOW_SECONDS,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
} as const;

export function cloudWatchAlarms(client: CloudWatchClient): Alarms {
  return {
    async list(prefix) {
      const found: { alarmName: string; spec: AlarmSpec | null }[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new DescribeAlarmsCommand({
            AlarmNamePrefix: prefix,
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const alarm of page.MetricAlarms ?? []) {
          found.push({ alarmName: alarm.AlarmName ?? '', spec: specOf(alarm) });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },

    async put({ alarmName, description, metric, threshold }) {
      await client.send(
        new PutMetricAlarmCommand({
          ...FORM,
          AlarmName: alarmName,
          AlarmDescription: description,
          Namespace: metric.namespace,
          MetricName: metric.metricName,
          Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          Statistic: metric.statistic,
          Threshold: threshold,
        }),
      );
    },

    async delete(alarmNames) {
      for (let from = 0; from < alarmNames.length; from += BATCH_SIZE) {
        const AlarmNames = alarmNames.slice(from, from + BATCH_SIZE);
        await client.send(new DeleteAlarmsCommand({ AlarmNames }));
      }
    },
  };
}

/** Null when somebody changed the alarm into something that the scaler would not make. */
function specOf(alarm: MetricAlarm): AlarmSpec | null {
  const { AlarmName, Namespace, MetricName, Statistic, Threshold } = alarm;
  const isOfForm = Object.entries(FORM).every(
    ([key, value]) => alarm[key as keyof typeof FORM] === value,
  );
  if (!isOfForm || !AlarmName || !Namespace || !MetricName || Threshold === undefined) return null;
  return {
    alarmName: AlarmName,
    description: alarm.AlarmDescription ?? '',
    metric: {
      namespace: Namespace,
      metricName: MetricName,
      dimensions: Object.fromEntries(
        (alarm.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]),
      ),
      statistic: Statistic as MetricRef['statistic'],
    },
    threshold: Threshold,
  };
}
