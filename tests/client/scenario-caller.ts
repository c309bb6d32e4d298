import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  InvokeEndpointCommand,
  type SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { type LoadReporter, type LoadReporterOptions, reportLoad } from '../../client/index.ts';
import type { AccountParts } from '../../simulator/account/create-account.ts';
import { type Answer, runtimeClient } from './fakes.ts';

const VARIANT = 'AllTraffic';

/** A process that calls the endpoint `checkout` in an embedded account, on the account's clock. */
export class ScenarioCaller {
  readonly load: LoadReporter;
  /** What the endpoint answers. */
  answer: Answer = { variant: VARIANT };
  /** Requests so far. */
  requests = 0;
  readonly #parts: AccountParts;
  readonly #runtime: SageMakerRuntimeClient;
  readonly #tellsOfSurges: boolean;
  #perSecond = 0;
  #latencyMs = 0;
  #arrived: () => void = () => undefined;
  #sent: Promise<unknown> = Promise.resolve();

  constructor(parts: AccountParts, jitterMs: number, options: LoadReporterOptions = {}) {
    const { clock, account } = parts;
    const config = account.clientConfig();
    this.#parts = parts;
    this.#tellsOfSurges = options.surge !== undefined;
    this.load = reportLoad({
      destination: 'cloudwatch',
      cloudWatch: new CloudWatchClient(config),
      eventBridge: new EventBridgeClient(config),
      surroundings: {
        now: () => clock.nowMs,
        after: (delayMs, task) => clock.after(delayMs, async () => void (await task())),
        beforeExit: () => () => undefined,
        writeLine: () => undefined,
        jitterMs,
      },
      ...options,
    });
    this.#runtime = runtimeClient(() => this.#answerLater());
    this.#runtime.middlewareStack.use(this.load.plugin);
    clock.every(clock.nowMs, 1000, () => this.#second());
  }

  /** From now on: so many requests a second, each of which takes so long. */
  call(perSecond: number, latencyMs: number): void {
    this.#perSecond = perSecond;
    this.#latencyMs = latencyMs;
  }

  async #second(): Promise<void> {
    for (let i = 0; i < this.#perSecond; i += 1) {
      this.requests += 1;
      const arrival = Promise.withResolvers<void>();
      this.#arrived = arrival.resolve;
      const command = new InvokeEndpointCommand({ EndpointName: 'checkout', Body: '{}' });
      this.#sent = this.#runtime.send(command).catch(() => undefined);
      await arrival.promise;
    }
  }

  /** Time stands still until the request is with the endpoint, and again until its answer is taken in. */
  #answerLater(): Promise<Answer> {
    const { answer } = this;
    const end = Promise.withResolvers<Answer>();
    const sent = this.#sent;
    this.#parts.clock.after(this.#latencyMs, async () => {
      end.resolve(answer);
      await sent;
      // The events of a surge are on their way by themselves.
      if (this.#tellsOfSurges) await this.load.flush();
    });
    this.#arrived();
    return end.promise;
  }
}
