import type { StoredTarget } from '../../lib/aws/endpoint-item.ts';
import type { Bounds } from '../../lib/control/bounds.ts';
import type { OwnersBounds } from './owner.ts';
import type { ChaosWorld } from './world.ts';

/** Capacity must be asked for this long after the last thing that stood against it. */
const ANSWER_MS = 90_000;

/** As docs/robustness.md promises. */
const FIRST_RETRY_SECONDS = 60;

/** A load this many times the capacity asked for is an overload that is no matter of taste. */
const OVERLOAD = 2;

/**
 * Under a sustained overload capacity is asked for within 90 s of the last fault. The clock of that
 * starts again with every fault, with every change that the owner or the load makes, and as long as
 * nothing could be asked for: while the endpoint is locked or gone, the target deregistered, at the
 * owner's Max, at the quota, without instances in EC2, or not enrolled to act; while a window's
 * ceiling or a budget stands against what demand needs; and until what was refused may be tried
 * again. It never starts once every function is dead, for then no path is alive; lost events alone
 * close no more than one path.
 */
export class OverloadWatch {
  readonly #world: ChaosWorld;
  readonly #owner: OwnersBounds;
  readonly #fail: (what: string) => void;
  #sinceMs: number | null = null;
  #desired = 0;
  #isAlive = true;
  /** How often an overload was answered. */
  answered = 0;

  constructor(world: ChaosWorld, owner: OwnersBounds, fail: (what: string) => void) {
    this.#world = world;
    this.#owner = owner;
    this.#fail = fail;
  }

  /** The owner or the load changed something. */
  disturb(): void {
    this.#sinceMs = null;
  }

  die(): void {
    this.#isAlive = false;
  }

  /** The scaler asks for bounds. */
  asked({ min }: Bounds): void {
    if (min > (this.#world.desired ?? 0)) this.#answer();
  }

  /** @param stored undefined: nothing is enrolled */
  tick(stored: StoredTarget | undefined): void {
    const { nowMs, faults, desired = 0 } = this.#world;
    if (desired > this.#desired) this.#answer();
    this.#desired = desired;
    if (!this.#isPossible(desired) || !mayRise(stored) || waitsForRetry(stored, nowMs)) {
      this.#sinceMs = null;
      return;
    }
    this.#sinceMs = Math.max(this.#sinceMs ?? nowMs, faults.storms.lastFaultMs);
    if (nowMs - this.#sinceMs <= ANSWER_MS) return;
    const { demand } = this.#world;
    this.#fail(`nothing was asked for in 90 s at a demand of ${demand} and ${desired} instances`);
    this.#sinceMs = null;
  }

  #answer(): void {
    if (this.#sinceMs !== null) this.answered += 1;
    this.#sinceMs = null;
  }

  #isPossible(desired: number): boolean {
    const { demand, isUnlocked, faults } = this.#world;
    const highest = Math.min(...this.#owner.max.values, faults.quota.limit ?? Infinity);
    return (
      this.#isAlive &&
      isUnlocked &&
      this.#owner.goneSinceMs === null &&
      demand >= OVERLOAD * Math.max(desired, 1) &&
      desired < highest
    );
  }
}

/** Whether the scaler may ask for whatever the owner's Max allows. */
function mayRise(stored: StoredTarget | undefined): stored is StoredTarget {
  if (!stored || hasCeiling(stored)) return false;
  const { config, signal } = stored.enrolment;
  return config.mode === 'act' && signal !== null;
}

/** Whether a refused request waits for its next attempt: a minute after the first refusal, twice that after each other. */
function waitsForRetry({ state: { futile } }: StoredTarget, nowMs: number): boolean {
  if (!futile) return false;
  const longestSeconds = FIRST_RETRY_SECONDS * 2 ** (futile.attempts - 1);
  return nowMs / 1000 < Math.min(futile.retryAtSeconds, futile.refusedAtSeconds + longestSeconds);
}

/** Whether something beside the owner's Max may keep a target down. */
export function hasCeiling({ enrolment: { config } }: StoredTarget): boolean {
  const { windows, maxInstanceHoursPerDay } = config;
  return (
    maxInstanceHoursPerDay !== null ||
    windows.some(({ maxInstances }) => maxInstances !== undefined)
  );
}
