import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricRef } from '../config/signal.ts';
import { WINDOW_SECONDS } from '../control/demand.ts';

/** An alarm that fires when one ten-second window lies above `threshold`. */
export interface AlarmSpec {
  readonly alarmName: string;
  readonly description: string;
  readonly metric: MetricRef;
  readonly threshold: number;
}

/** Writes the alarms that wake the scaler. */
export interface Alarms {
  put(alarm: AlarmSpec): Promise<void>;
  /** Deleting an alarm that is not there is no error. */
  delete(alarmNames: readonly string[]): Promise<void>;
}

export function cloudWatchAlarms(client: CloudWatchClient): Alarms {
  return {
    async put({ alarmName, description, metric, threshold }) {
      await client.send(
        new PutMetricAlarmCommand({
          AlarmName: alarmName,
          AlarmDescription: description,
          Namespace: metric.namespace,
          MetricName: metric.metricName,
          Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          Statistic: metric.statistic,
          Period: WINDOW_SECONDS,
          EvaluationPeriods: 1,
          DatapointsToAlarm: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: threshold,
          // Missing data must not look like an end of the breach: the next real window may not
          // make a transition then, and a transition is all that wakes the scaler.
          TreatMissingData: 'ignore',
        }),
      );
    },

    async delete(alarmNames) {
      if (alarmNames.length === 0) return;
      await client.send(new DeleteAlarmsCommand({ AlarmNames: [...alarmNames] }));
    },
  };
}
