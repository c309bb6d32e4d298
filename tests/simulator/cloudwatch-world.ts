import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import {
  CloudWatch,
  type CloudWatchOptions,
} from '../../simulator/account/cloudwatch/cloudwatch.ts';
import { type AwsEvent, EventBus } from '../../simulator/account/eventbridge/bus.ts';

/** A whole day, hence a whole minute and ten seconds too. */
export const START_MS = Date.UTC(2026, 0, 5);

export const INVOCATIONS = {
  namespace: 'AWS/SageMaker',
  metricName: 'Invocations',
  dimensions: { EndpointName: 'chat', VariantName: 'main' },
};

/** An alarm input: Sum of invocations over 10 s above 100, once. */
export function alarmInput(changes: Partial<PutMetricAlarmInput> = {}): PutMetricAlarmInput {
  return {
    AlarmName: 'high',
    Namespace: INVOCATIONS.namespace,
    MetricName: INVOCATIONS.metricName,
    Dimensions: [
      { Name: 'EndpointName', Value: 'chat' },
      { Name: 'VariantName', Value: 'main' },
    ],
    Statistic: 'Sum',
    Period: 10,
    EvaluationPeriods: 1,
    Threshold: 100,
    ComparisonOperator: 'GreaterThanThreshold',
    ...changes,
  };
}

export type WorldOptions = Partial<Omit<CloudWatchOptions, 'phaseMs'>> & {
  readonly phaseMs?: CloudWatchOptions['phaseMs'] | 'seeded';
};

/** CloudWatch and EventBridge on an account of their own; alarms are evaluated at phase 0. */
export function cloudWatchWorld({ phaseMs = () => 0, ...options }: WorldOptions = {}) {
  const clock = new VirtualClock(START_MS);
  const context = { region: 'eu-central-1', accountId: '123456789012' };
  const bus = new EventBus({ clock, context });
  const cloudWatch = new CloudWatch({
    clock,
    context,
    events: bus,
    ...(phaseMs === 'seeded' ? {} : { phaseMs }),
    ...options,
  });
  const account = new EmbeddedAccount(clock, context).add(cloudWatch, bus);
  const client = new CloudWatchClient({
    region: context.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: account.requestHandler(),
    maxAttempts: 1,
  });
  const events: AwsEvent[] = [];
  bus.onEvent((event) => events.push(event));
  return {
    clock,
    bus,
    cloudWatch,
    account,
    client,
    events,
    /** Publishes invocations of the bin that starts `second` s after the start. */
    invocations(second: number, count: number, periodSeconds = 10) {
      cloudWatch.recordBin(INVOCATIONS, START_MS + second * 1000, periodSeconds, {
        sum: count,
        minimum: 1,
        maximum: 1,
        sampleCount: Math.max(1, count),
      });
    },
    /** Runs to `second` s after the start, that instant included. */
    runTo(second: number) {
      return clock.runUntil(START_MS + second * 1000);
    },
    /** State changes so far, as `second: from -> to`. */
    transitions() {
      return events
        .filter((event) => event['detail-type'] === 'CloudWatch Alarm State Change')
        .map((event) => {
          const { state, previousState } = event.detail as {
            state: { value: string; timestamp: string };
            previousState: { value: string };
          };
          const second = (Date.parse(state.timestamp.replace('+0000', 'Z')) - START_MS) / 1000;
          return `${second}: ${previousState.value} -> ${state.value}`;
        });
    },
  };
}

export type World = ReturnType<typeof cloudWatchWorld>;

/** The time `second` s after the start. */
export function at(second: number): Date {
  return new Date(START_MS + second * 1000);
}

/** The metric of {@link INVOCATIONS} as on the wire. */
export const METRIC = {
  Namespace: INVOCATIONS.namespace,
  MetricName: INVOCATIONS.metricName,
  Dimensions: alarmInput().Dimensions,
};

/** Asks for the Sum per 10 s of METRIC in [from, to), oldest first. */
export function query(
  from: number,
  to: number,
  changes: { Period?: number; Stat?: string; Metric?: object; Unit?: 'Count' } = {},
): GetMetricDataCommandInput {
  return {
    StartTime: at(from),
    EndTime: at(to),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: [
      { Id: 'q', MetricStat: { Metric: METRIC, Period: 10, Stat: 'Sum', ...changes } },
    ],
  };
}

/** The data points of the first query as [second, value]. */
export async function read(world: Pick<World, 'client'>, input: GetMetricDataCommandInput) {
  const { MetricDataResults } = await world.client.send(new GetMetricDataCommand(input));
  const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {};
  return Timestamps.map((time, index) => [(time.getTime() - START_MS) / 1000, Values[index]]);
}
