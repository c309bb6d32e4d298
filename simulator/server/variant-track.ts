import { LatencyHistogram } from '../plant/latency.ts';
import type { VariantSecond } from '../plant/variant.ts';
import { STEP_SECONDS } from '../run/recorder.ts';
import type { LiveDecision, LiveStep } from './feed.ts';

/** What a variant's seconds tell of a step. */
export interface MeasuredStep extends Measured {
  /** Instances asked for at its end; `desired` is that of its beginning. */
  readonly desiredAtEnd: number;
  /** The most requests that were waiting or in service at the end of one of its seconds. */
  readonly mostConcurrency: number;
}

type Measured = Pick<
  LiveStep,
  | 'atSeconds'
  | 'capacity'
  | 'desired'
  | 'queue'
  | 'latencyP99Seconds'
  | 'failed'
  | 'arrived'
  | 'billed'
  | 'concurrency'
>;

/** Steps and decisions that are remembered: a day, and what happens in one at most. */
const MOST_STEPS = 86_400 / STEP_SECONDS;
const MOST_DECISIONS = 1000;

/** What is remembered of one variant, oldest first. */
export class VariantTrack {
  readonly steps: LiveStep[] = [];
  readonly decisions: LiveDecision[] = [];
  /** Epoch ms of the newest decision of the scaler and of a scaling policy. */
  newestMs = { scaler: 0, policy: 0 };
  #measured: MeasuredStep[] = [];
  readonly #latency = new LatencyHistogram();
  #arrived = 0;
  #mostConcurrency = 0;
  #inService = 0;
  #billed = 0;
  #failed = 0;
  #seconds = 0;
  #desired: number;

  /** @param desired instances asked for when the first second begins */
  constructor(desired: number) {
    this.#desired = desired;
  }

  /** Takes in one second. */
  add(second: VariantSecond): void {
    this.#arrived += second.arrivals;
    this.#mostConcurrency = Math.max(this.#mostConcurrency, second.concurrency);
    this.#inService += second.inService;
    this.#billed += second.billed;
    this.#failed += second.failed;
    this.#seconds += 1;
    for (const { latencySeconds, count } of second.ended) this.#latency.add(latencySeconds, count);
    if ((second.second + 1) % STEP_SECONDS === 0) this.#close(second);
  }

  /** The steps that have ended since the last call. */
  takeMeasured(): MeasuredStep[] {
    const taken = this.#measured;
    this.#measured = [];
    return taken;
  }

  remember(step: LiveStep): void {
    this.steps.push(step);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
  }

  rememberDecision(decision: LiveDecision): void {
    this.decisions.push(decision);
    if (this.decisions.length > MOST_DECISIONS) this.decisions.shift();
  }

  #close({ second, desired, queued, concurrency }: VariantSecond): void {
    this.#measured.push({
      atSeconds: second + 1 - STEP_SECONDS,
      capacity: this.#inService / this.#seconds,
      desired: this.#desired,
      desiredAtEnd: desired,
      queue: queued,
      latencyP99Seconds: this.#latency.quantile(0.99),
      failed: this.#failed,
      arrived: this.#arrived,
      billed: this.#billed / this.#seconds,
      concurrency,
      mostConcurrency: this.#mostConcurrency,
    });
    this.#desired = desired;
    this.#latency.clear();
    this.#arrived = 0;
    this.#mostConcurrency = 0;
    this.#inService = 0;
    this.#billed = 0;
    this.#failed = 0;
    this.#seconds = 0;
  }
}
