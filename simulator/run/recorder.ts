import type { CapacityChange } from '../plant/capacity-change.ts';
import { LatencyHistogram } from '../plant/latency.ts';
import type { VariantSecond } from '../plant/variant.ts';
import type { DecisionMarker, RunTimeline } from '../report/data.ts';

/** Length of a timeline step, seconds; the windows that demand is measured in. */
export const STEP_SECONDS = 10;

/** Bounds that stood from a moment on. */
export interface BoundsChange {
  readonly atSeconds: number;
  readonly min: number;
  readonly max: number;
}

/** A run's facts in steps, before any score. Seconds count from the start of the run. */
export interface Recording {
  readonly demand: number[];
  /** Mean instances in service and billed in each step. */
  readonly inService: number[];
  readonly billed: number[];
  /** Instances asked for at the beginning of each step. */
  readonly desired: number[];
  readonly queue: number[];
  readonly failed: number[];
  readonly arrived: number[];
  readonly latencyP99Seconds: (number | null)[];
  readonly latency: LatencyHistogram;
  readonly changes: CapacityChange[];
  readonly bounds: BoundsChange[];
}

/** The recording of a run that has not begun. */
export function emptyRecording(): Recording {
  return {
    demand: [],
    inService: [],
    billed: [],
    desired: [],
    queue: [],
    failed: [],
    arrived: [],
    latencyP99Seconds: [],
    latency: new LatencyHistogram(),
    changes: [],
    bounds: [],
  };
}

/** Gathers a variant's seconds into steps. */
export class Recorder {
  readonly recording: Recording = emptyRecording();
  readonly #startSeconds: number;
  readonly #perInstanceSecond: number;
  readonly #stepLatency = new LatencyHistogram();
  #desired: number;
  #step: Step;

  /**
   * @param startSeconds epoch seconds of the run's second 0
   * @param targetPerInstance invocations a minute that one instance is meant to carry
   */
  constructor(startSeconds: number, targetPerInstance: number, desired: number) {
    this.#startSeconds = startSeconds;
    this.#perInstanceSecond = targetPerInstance / 60;
    this.#desired = desired;
    this.#step = emptyStep(desired);
  }

  second(second: VariantSecond): void {
    const at = second.second - this.#startSeconds;
    if (second.desired !== this.#desired) {
      this.recording.changes.push({ atSeconds: at, from: this.#desired, to: second.desired });
      this.#desired = second.desired;
    }
    const step = this.#step;
    step.arrivals += second.arrivals;
    step.inService += second.inService;
    step.billed += second.billed;
    step.failed += second.failed;
    for (const { latencySeconds, count } of second.ended) {
      this.#stepLatency.add(latencySeconds, count);
      this.recording.latency.add(latencySeconds, count);
    }
    if ((at + 1) % STEP_SECONDS === 0) this.#close(second);
  }

  bounds(atSeconds: number, min: number, max: number): void {
    const last = this.recording.bounds.at(-1);
    if (last?.min === min && last.max === max) return;
    this.recording.bounds.push({ atSeconds: atSeconds - this.#startSeconds, min, max });
  }

  #close(second: VariantSecond): void {
    const { recording } = this;
    const step = this.#step;
    recording.demand.push(step.arrivals / STEP_SECONDS / this.#perInstanceSecond);
    recording.inService.push(step.inService / STEP_SECONDS);
    recording.billed.push(step.billed / STEP_SECONDS);
    recording.desired.push(step.desired);
    recording.queue.push(second.queued);
    recording.failed.push(step.failed);
    recording.arrived.push(step.arrivals);
    recording.latencyP99Seconds.push(this.#stepLatency.quantile(0.99));
    this.#stepLatency.clear();
    this.#step = emptyStep(second.desired);
  }
}

interface Step {
  readonly desired: number;
  arrivals: number;
  inService: number;
  billed: number;
  failed: number;
}

function emptyStep(desired: number): Step {
  return { desired, arrivals: 0, inService: 0, billed: 0, failed: 0 };
}

/** The recording as the report draws it. */
export function timeline(
  policy: string,
  recording: Recording,
  decisions: readonly DecisionMarker[],
): RunTimeline {
  const steps = recording.demand.length;
  const boundsAt = stepBounds(recording.bounds, steps);
  return {
    policy,
    stepSeconds: STEP_SECONDS,
    demand: recording.demand,
    capacity: recording.inService,
    desired: recording.desired,
    minCapacity: boundsAt.map(({ min }) => min),
    maxCapacity: boundsAt.map(({ max }) => max),
    queue: recording.queue,
    latencyP99Seconds: recording.latencyP99Seconds,
    failed: recording.failed,
    decisions,
  };
}

/** The bounds in force at the beginning of every step. */
function stepBounds(changes: readonly BoundsChange[], steps: number): BoundsChange[] {
  let next = 0;
  let current = changes[0] ?? { atSeconds: 0, min: 0, max: 0 };
  return Array.from({ length: steps }, (_, step) => {
    const fromSeconds = step * STEP_SECONDS;
    for (let change = changes[next]; change && change.atSeconds <= fromSeconds; ) {
      current = change;
      next += 1;
      change = changes[next];
    }
    return current;
  });
}
