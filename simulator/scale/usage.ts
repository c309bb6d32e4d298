import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { AccountParts } from '../account/create-account.ts';
import { type Item, itemSizeBytes } from '../account/dynamodb/attribute-values.ts';
import type { Functions } from './functions.ts';

/** What AWS bills, counted over a time. */
export interface Usage {
  /** Metrics that were read with GetMetricData. */
  readonly metricsRead: number;
  /** Other calls of CloudWatch. */
  readonly cloudWatchCalls: number;
  /** Hours in which a metric was written, over all metrics. */
  readonly metricHours: number;
  readonly logBytes: number;
  readonly invocations: number;
  readonly functionSeconds: number;
  readonly queueRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly events: number;
  readonly notifications: number;
}

export type UsageName = keyof Usage;

/** What Lambda itself writes into the log of each invocation, bytes: START, END and REPORT. */
const PLATFORM_LOG_BYTES = 350;

/** CloudWatch Logs bills these with every line (its API reference, PutLogEvents). */
const LINE_BYTES = 26;

const HOUR_MS = 3_600_000;

/** Counts what AWS would bill for what happens in an account. */
export class UsageMeter {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly #counts: Record<Exclude<UsageName, 'invocations' | 'functionSeconds'>, number> = {
    metricsRead: 0,
    cloudWatchCalls: 0,
    metricHours: 0,
    logBytes: 0,
    queueRequests: 0,
    writeUnits: 0,
    readUnits: 0,
    events: 0,
    notifications: 0,
  };
  readonly #written = new Set<string>();

  constructor(nowMs: () => number) {
    const line = (text: string) => {
      this.#counts.logBytes += Buffer.byteLength(text) + LINE_BYTES;
    };
    this.logger = new Logger({ logLevel: 'INFO', serviceName: 'sagemaker-fast-scaler' });
    // Where the logger prints is no option of its own.
    const console = { debug: line, info: line, warn: line, error: line, log: line };
    Object.defineProperty(this.logger, 'console', { value: console });
    const noteMetrics = (document: Readonly<Record<string, unknown>>) => {
      line(JSON.stringify(document));
      for (const key of metricsOf(document)) {
        const hour = `${Math.floor(nowMs() / HOUR_MS)} ${key}`;
        if (this.#written.has(hour)) continue;
        this.#written.add(hour);
        this.#counts.metricHours += 1;
      }
    };
    this.metrics = new (class extends Metrics {
      override publishStoredMetrics(): this {
        if (this.hasStoredMetrics()) {
          noteMetrics(this.serializeMetrics() as unknown as Record<string, unknown>);
        }
        this.clearMetrics();
        this.clearDimensions();
        return this;
      }
    })({ namespace: 'FastScaler', serviceName: 'sagemaker-fast-scaler' });
  }

  /** Listens to the calls of an account. */
  listen({ account, dynamoDb }: AccountParts): void {
    const count = this.#counts;
    account.intercept(async ({ service, operation, input }) => {
      const look = (name: string) => account.perform(dynamoDb, name, input);
      if (operation === 'GetMetricData') {
        count.metricsRead += (input.MetricDataQueries as readonly unknown[]).length;
      } else if (service === 'cloudwatch') count.cloudWatchCalls += 1;
      else if (service === 'sqs') count.queueRequests += 1;
      else if (service === 'sns') count.notifications += 1;
      else if (operation === 'PutEvents') {
        count.events += (input.Entries as readonly unknown[]).length;
      } else if (operation === 'PutItem') count.writeUnits += units(input.Item as Item, 1024);
      else if (operation === 'UpdateItem' || operation === 'DeleteItem') {
        const { TableName, Key } = input;
        const found = (await account.perform(dynamoDb, 'GetItem', { TableName, Key })) as {
          readonly Item?: Item;
        };
        count.writeUnits += units(found.Item, 1024);
      } else if (operation === 'GetItem') {
        const { Item } = (await look(operation)) as { readonly Item?: Item };
        count.readUnits += units(Item, 4096);
      } else if (operation === 'Query') {
        const { Items } = (await look(operation)) as { readonly Items: readonly Item[] };
        const bytes = Items.reduce((sum, item) => sum + itemSizeBytes(item), 0);
        // Not consistent, so half.
        count.readUnits += Math.max(1, Math.ceil(bytes / 4096)) / 2;
      }
    });
  }

  /** What was counted so far. */
  usage({ runs }: Pick<Functions, 'runs'>): Usage {
    const functionSeconds = runs.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1000, 0);
    const logBytes = this.#counts.logBytes + runs.length * PLATFORM_LOG_BYTES;
    // For each run of the function that reads the queue, Lambda receives and deletes.
    const reads = 2 * runs.filter(({ name }) => name === 'recheck').length;
    const queueRequests = this.#counts.queueRequests + reads;
    return { ...this.#counts, queueRequests, logBytes, invocations: runs.length, functionSeconds };
  }
}

function units(item: Item | undefined, bytes: number): number {
  return Math.max(1, Math.ceil((item ? itemSizeBytes(item) : 0) / bytes));
}

/** Each metric of a line in the embedded metric format, with the values of its dimensions. */
function metricsOf(document: Readonly<Record<string, unknown>>): string[] {
  const { CloudWatchMetrics } = document._aws as {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  return CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const values = names.map((name) => `${name}=${document[name]}`).join(',');
      return Metrics.map(({ Name }) => `${Name} ${values}`);
    }),
  );
}
