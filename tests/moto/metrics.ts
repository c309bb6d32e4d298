import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Account } from '../deploy/account.ts';
import { CHECKOUT, TARGET_PER_INSTANCE } from '../lifecycle/contract/world.ts';

const WINDOW_MS = 10_000;

/** How long after its end a window can be read. */
const LAG_MS = 10_000;

/** Seconds that a request takes. */
const LATENCY_SECONDS = 0.08;

/** What SageMaker would publish of the endpoint's load, in windows of ten seconds. */
export class Metrics {
  readonly #account: Account;
  #nextWindowMs: number;
  /** By name of the metric, of the newest window that can be read. */
  readonly newest = new Map<string, number>();

  constructor(account: Account, nowMs: number) {
    this.#account = account;
    this.#nextWindowMs = nowMs;
  }

  /** Publishes the windows that became readable by now, with the load of `demand` instances. */
  async publish(nowMs: number, demand: number, instances: number): Promise<void> {
    const invocations = (demand * TARGET_PER_INSTANCE * WINDOW_MS) / 60_000;
    const requestsInside = (demand * TARGET_PER_INSTANCE * LATENCY_SECONDS) / 60;
    this.newest.set('Invocations', invocations);
    this.newest.set('InvocationsPerInstance', invocations / instances);
    this.newest.set('ConcurrentRequestsPerModel', requestsInside / instances);
    if (demand > 0) this.newest.set('ModelLatency', LATENCY_SECONDS * 1e6);
    else this.newest.delete('ModelLatency');
    const starts: number[] = [];
    while (this.#nextWindowMs + WINDOW_MS + LAG_MS <= nowMs) {
      starts.push(this.#nextWindowMs);
      this.#nextWindowMs += WINDOW_MS;
    }
    if (starts.length === 0) return;
    await this.#account.cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/SageMaker',
        MetricData: starts.flatMap((startMs) =>
          [...this.newest].map(([MetricName, Value]) => ({
            MetricName,
            Value,
            Timestamp: new Date(startMs),
            StorageResolution: 1,
            Dimensions: [
              { Name: 'EndpointName', Value: CHECKOUT.endpointName },
              { Name: 'VariantName', Value: CHECKOUT.variantName },
            ],
          })),
        ),
      }),
    );
  }
}
