import { VirtualClock } from '../account/clock.ts';
import type { AccountOptions, AccountParts } from '../account/create-account.ts';
import { seededRandom } from '../plant/random.ts';
import type { DeploymentOptions } from '../run/deploy.ts';
import { faultyRequestHandler } from './calls.ts';
import { faultyDeliveries } from './deliveries.ts';
import { Invocations } from './invocations.ts';
import { faultyMetrics } from './metrics.ts';
import { ATTEMPTS, virtualRetries } from './retries.ts';
import { Storms } from './storms.ts';
import { AdjustableQuota, faultyCapacity } from './supply.ts';
import { warmUp } from './warm-up.ts';

export interface FaultOptions {
  /** Epoch milliseconds at which the account's time begins. */
  readonly startMs: number;
  readonly seed: number;
  /** The instance type whose quota can be set. */
  readonly instanceType: string;
}

/**
 * Faults for an embedded account and the service deployed on it, all from one seed. Beside the
 * storms it makes time pass within functions: two of them, or one and the owner, can meet half-way.
 */
export class FaultInjector {
  readonly clock: VirtualClock;
  readonly storms: Storms;
  readonly invocations: Invocations;
  readonly quota: AdjustableQuota;
  readonly #seed: number;
  readonly #newestDatapointMs = new Map<string, number>();

  /** Faults for an account that is about to be made. */
  static async create(options: FaultOptions): Promise<FaultInjector> {
    await warmUp();
    return new FaultInjector(options);
  }

  private constructor(options: FaultOptions) {
    this.#seed = options.seed;
    this.clock = new VirtualClock(options.startMs, 'rest');
    this.storms = new Storms(this.clock);
    this.invocations = new Invocations(this.clock, this.storms);
    this.quota = new AdjustableQuota(options.instanceType);
  }

  /** When the newest period begins of which a metric has a datapoint, epoch milliseconds; 0: none. */
  newestDatapointMs(metricName: string): number {
    return this.#newestDatapointMs.get(metricName) ?? 0;
  }

  /** For `createAccount`. */
  get accountOptions() {
    return {
      startMs: this.clock.nowMs,
      seed: this.#seed,
      clock: this.clock,
      instanceQuota: this.quota.quota,
      insufficientCapacity: faultyCapacity(this.storms),
      metricSink: (sink, clock) =>
        faultyMetrics(sink, clock, this.storms, (metricName, startMs) => {
          const newestMs = Math.max(this.newestDatapointMs(metricName), startMs);
          this.#newestDatapointMs.set(metricName, newestMs);
        }),
    } satisfies Partial<AccountOptions>;
  }

  /** For `deployService` on the account that was made with {@link accountOptions}. */
  deploymentOptions({ account, bus, sqs }: AccountParts): DeploymentOptions {
    const { clock, storms, invocations } = this;
    bus.interceptDelivery(faultyDeliveries(storms));
    const requestHandler = faultyRequestHandler({
      account,
      sqs,
      clock,
      storms,
      invocations,
      random: seededRandom(this.#seed + 1),
    });
    return {
      handler: (functionName, handler) => invocations.wrap(functionName, handler),
      surroundings: {
        now: () => invocations.nowMs(),
        sleep: (milliseconds) => clock.sleep(milliseconds),
        clientConfig: {
          ...account.clientConfig(),
          maxAttempts: ATTEMPTS,
          retryStrategy: virtualRetries(clock, seededRandom(this.#seed + 2)),
          requestHandler,
        },
      },
    };
  }
}
