import type { Bounds } from '../../lib/control/bounds.ts';

/** Values that may rightly be taken for the owner's from a moment on. */
interface Epoch {
  readonly fromMs: number;
  readonly values: readonly number[];
}

/**
 * One bound as its owner set it. Application Auto Scaling has no compare-and-set: an edit that falls
 * between the reading and the writing of a cycle is overwritten, and nobody can tell. Then both
 * values are right, until the owner's next edit.
 */
class OwnersBound {
  #epochs: Epoch[] = [];

  set(value: number, nowMs: number): void {
    this.#epochs.push({ fromMs: nowMs, values: [value] });
  }

  get values(): readonly number[] {
    return this.#epochs.at(-1)?.values ?? [];
  }

  /** Every value that was right at some time from `ms` on. */
  since(ms: number): readonly number[] {
    const first = this.#epochs.findLastIndex(({ fromMs }) => fromMs <= ms);
    return this.#epochs.slice(Math.max(0, first)).flatMap(({ values }) => values);
  }

  /**
   * Written over by somebody who knew the bounds of `readMs`; true when there was an edit since. Its
   * number may even stand, but it does so as the writer's.
   */
  overwrite(readMs: number, nowMs: number): boolean {
    const right = [...new Set(this.since(readMs))];
    if (right.length === this.values.length) return false;
    this.#epochs.push({ fromMs: nowMs, values: right });
    return true;
  }
}

/** What the owner of a scalable target wants its bounds to be. */
export class OwnersBounds {
  readonly min = new OwnersBound();
  readonly max = new OwnersBound();
  /** Null while the target is there. */
  goneSinceMs: number | null = 0;
  /** True while a nudge of a cycle that knew nothing of it made the target anew after it had gone. */
  isRevenant = false;

  set({ min, max }: Partial<Bounds>, nowMs: number): void {
    if (min !== undefined) this.min.set(min, nowMs);
    if (max !== undefined) this.max.set(max, nowMs);
    this.goneSinceMs = null;
    this.isRevenant = false;
  }

  /** Whether these bounds are the owner's. */
  owns({ min, max }: Bounds): boolean {
    return this.min.values.includes(min) && this.max.values.includes(max);
  }

  /** Notes a write; true when it undid an edit that its writer could not know of. */
  overwrite(readMs: number, nowMs: number): boolean {
    const undone = [this.min.overwrite(readMs, nowMs), this.max.overwrite(readMs, nowMs)];
    return undone.includes(true);
  }

  toString(): string {
    return `${this.min.values.join(' or ')}..${this.max.values.join(' or ')}`;
  }
}
