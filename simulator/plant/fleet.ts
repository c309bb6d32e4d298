import type { VirtualClock } from '../account/clock.ts';
import type { Random } from './random.ts';
import { StepIntegral } from './step-integral.ts';

/** How the instances of a variant come and go. */
export interface FleetModel {
  /** Seconds from a request for instances until they serve. */
  readonly leadTimeSeconds: number;
  /** Each instance's lead time lies within ± this fraction of `leadTimeSeconds`. Default 0. */
  readonly leadTimeJitterFraction?: number;
  /**
   * Whether the new instances of an update take traffic at its end, or each when it is ready
   * (AWS documents neither). They differ only where lead times do. Default `together`.
   */
  readonly joining?: 'together' | 'one-by-one';
  /** Seconds that a scale-in keeps the endpoint updating. Default 60. */
  readonly scaleInSeconds?: number;
}

/** How an update ended: with the capacity asked for, or back at the old one. */
export type UpdateOutcome = 'fulfilled' | 'unfulfilled';

/** Numbers of instances. */
export interface InstanceCounts {
  /** Serving requests. */
  readonly inService: number;
  /** Asked for; differs from `inService` only while an update runs. */
  readonly desired: number;
  /** Launched, not yet serving. */
  readonly starting: number;
  /** Out of service, not yet released. */
  readonly draining: number;
  /** Counted against the account's quota though EC2 has not provided them. */
  readonly awaitingCapacity: number;
}

const NO_INSTANCES: InstanceCounts = {
  inService: 0,
  desired: 0,
  starting: 0,
  draining: 0,
  awaitingCapacity: 0,
};

const DEFAULT_SCALE_IN_SECONDS = 60;

/**
 * The instances of one production variant. One update runs at a time; who asks for two at once has
 * a defect. Instances that a scale-in removes stop serving at its beginning, finish what they have
 * begun, and are released at its end.
 */
export class Fleet {
  readonly #clock: VirtualClock;
  readonly #model: FleetModel;
  readonly #random: Random;
  readonly #beforeChange: () => void;
  #counts: InstanceCounts = NO_INSTANCES;
  #updating = false;
  readonly #timers: (() => void)[] = [];
  readonly #inService: StepIntegral;
  readonly #billed: StepIntegral;

  /** @param beforeChange runs at the instant of each change of the counts, before it */
  constructor(clock: VirtualClock, model: FleetModel, random: Random, beforeChange: () => void) {
    this.#clock = clock;
    this.#model = model;
    this.#random = random;
    this.#beforeChange = beforeChange;
    this.#inService = new StepIntegral(clock.nowMs, 0);
    this.#billed = new StepIntegral(clock.nowMs, 0);
  }

  get counts(): InstanceCounts {
    return this.#counts;
  }

  /**
   * Instance-seconds since the last call, up to `untilMs`: in service, and billed, which is from
   * the moment instances are launched until they are released.
   */
  takeInstanceSeconds(untilMs: number): { readonly inService: number; readonly billed: number } {
    return { inService: this.#inService.take(untilMs), billed: this.#billed.take(untilMs) };
  }

  /** Launches the first instances; they serve after `seconds`, at once if that is 0. */
  open(count: number, seconds: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#begin(count);
    const serve = () => {
      this.#change({ inService: count, starting: 0 });
      this.#end(onEnd, 'fulfilled');
    };
    if (seconds === 0) {
      serve();
    } else {
      this.#change({ starting: count });
      this.#after(seconds * 1000, serve);
    }
  }

  /**
   * Moves to `count` instances.
   * @param refusedForSeconds EC2 has no capacity: nothing starts, and after this time the fleet is
   *   back where it was
   */
  scaleTo(
    count: number,
    onEnd: (outcome: UpdateOutcome) => void,
    refusedForSeconds?: number,
  ): void {
    this.#begin(count);
    const added = count - this.#counts.inService;
    if (added > 0 && refusedForSeconds !== undefined) {
      this.#awaitInVain(added, refusedForSeconds, onEnd);
    } else if (added > 0) {
      this.#start(added, onEnd);
    } else {
      this.#drain(-added, onEnd);
    }
  }

  /** Launches `count` new instances; once all are ready they take over from the old ones. */
  replaceWith(count: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#begin(count);
    this.#change({ starting: count });
    const leadTimesMs = Array.from({ length: count }, () => this.#leadTimeMs());
    this.#after(Math.max(0, ...leadTimesMs), () => {
      this.#change({ inService: count, starting: 0 });
      this.#end(onEnd, 'fulfilled');
    });
  }

  /** Releases everything at once and forgets a running update. */
  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#change(NO_INSTANCES);
  }

  #start(added: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#change({ starting: added });
    const leadTimesMs = Array.from({ length: added }, () => this.#leadTimeMs());
    const join = (count: number) => {
      const { inService, starting } = this.#counts;
      this.#change({ inService: inService + count, starting: starting - count });
      if (this.#counts.starting === 0) this.#end(onEnd, 'fulfilled');
    };
    if (this.#model.joining === 'one-by-one') {
      for (const leadTimeMs of leadTimesMs) this.#after(leadTimeMs, () => join(1));
    } else {
      this.#after(Math.max(...leadTimesMs), () => join(added));
    }
  }

  #drain(removed: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#change({ inService: this.#counts.inService - removed, draining: removed });
    const seconds = this.#model.scaleInSeconds ?? DEFAULT_SCALE_IN_SECONDS;
    this.#after(removed > 0 ? seconds * 1000 : 0, () => {
      this.#change({ draining: 0 });
      this.#end(onEnd, 'fulfilled');
    });
  }

  #awaitInVain(added: number, seconds: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#change({ awaitingCapacity: added });
    this.#after(seconds * 1000, () => {
      this.#change({ awaitingCapacity: 0, desired: this.#counts.inService });
      this.#end(onEnd, 'unfulfilled');
    });
  }

  #leadTimeMs(): number {
    const { leadTimeSeconds, leadTimeJitterFraction = 0 } = this.#model;
    const deviation =
      leadTimeJitterFraction === 0 ? 0 : leadTimeJitterFraction * (2 * this.#random() - 1);
    return Math.round(leadTimeSeconds * (1 + deviation) * 1000);
  }

  #begin(desired: number): void {
    if (this.#updating) throw new Error('A fleet was asked to change while it is changing.');
    this.#updating = true;
    this.#timers.length = 0;
    this.#change({ desired });
  }

  #end(onEnd: (outcome: UpdateOutcome) => void, outcome: UpdateOutcome): void {
    this.#updating = false;
    onEnd(outcome);
  }

  #after(delayMs: number, task: () => void): void {
    this.#timers.push(this.#clock.after(delayMs, task));
  }

  #change(counts: Partial<InstanceCounts>): void {
    this.#beforeChange();
    this.#counts = { ...this.#counts, ...counts };
    const { inService, starting, draining } = this.#counts;
    this.#inService.set(this.#clock.nowMs, inService);
    this.#billed.set(this.#clock.nowMs, inService + starting + draining);
  }
}
