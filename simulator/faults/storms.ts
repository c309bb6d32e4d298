import type { VirtualClock } from '../account/clock.ts';
import { type Random, seededRandom } from '../plant/random.ts';
import { Counts, type StormKind } from './kinds.ts';

/** A span in which faults of one kind happen by chance. */
export interface Storm {
  readonly kind: StormKind;
  /** How likely each unit is to be hit, 0 to 1. */
  readonly probability: number;
  readonly untilMs: number;
  /** Every storm has its own dice: leaving one out of a story changes nothing about the others. */
  readonly seed: number;
}

/** Kinds that close one way to a function and leave it, and everything that it works with, sound. */
const PATH_KINDS: ReadonlySet<string> = new Set([
  'event-dropped',
  'event-duplicated',
  'event-reordered',
  'event-delayed',
  'message-duplicated',
]);

/** The storms that are on, their dice, and what they did. */
export class Storms {
  readonly counts = new Counts();
  readonly #clock: VirtualClock;
  readonly #running = new Map<StormKind, { storm: Storm; random: Random }[]>();
  #lastFaultMs = Number.NEGATIVE_INFINITY;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** When a fault last happened, other than to the delivery of an event. Epoch milliseconds. */
  get lastFaultMs(): number {
    return this.#lastFaultMs;
  }

  begin(storm: Storm): void {
    const running = this.#running.get(storm.kind) ?? [];
    running.push({ storm, random: seededRandom(storm.seed) });
    this.#running.set(storm.kind, running);
  }

  /** Ends everything at once. */
  calm(): void {
    this.#running.clear();
  }

  /**
   * Throws the dice for one unit; when it is hit, the fault is counted and the answer is the storm's
   * own source of chance, for how hard it hits.
   */
  strike(kind: StormKind): Random | undefined {
    const chance = this.chance(kind);
    if (chance) this.note(kind);
    return chance;
  }

  /** {@link strike} without counting: for a fault that is drawn now and happens later, or never. */
  chance(kind: StormKind): Random | undefined {
    for (const { storm, random } of this.#current(kind)) {
      if (random() < storm.probability) return random;
    }
    return undefined;
  }

  /** Counts a fault that happened outside the storms. */
  note(kind: string): void {
    this.counts.add(kind);
    if (!PATH_KINDS.has(kind)) this.#lastFaultMs = this.#clock.nowMs;
  }

  #current(kind: StormKind) {
    const running = this.#running.get(kind);
    if (!running) return [];
    return running.filter(({ storm }) => this.#clock.nowMs < storm.untilMs);
  }
}
