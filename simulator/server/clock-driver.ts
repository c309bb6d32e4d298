import { setImmediate, setTimeout } from 'node:timers/promises';
import type { VirtualClock } from '../account/clock.ts';

/** The time outside, and how to wait for it. */
export interface WallClock {
  /** Milliseconds that never go back, from an origin of its own. */
  nowMs(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Lets everything run that is ready. */
  yield(): Promise<void>;
}

const WALL_CLOCK: WallClock = {
  nowMs: () => performance.now(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
  yield: async () => {
    await setImmediate();
  },
};

export interface ClockDriverOptions {
  readonly clock: VirtualClock;
  /** Virtual seconds in a second outside. */
  readonly speed: number;
  readonly wall?: WallClock;
  /** Hears that the machine was too slow, or asleep, and how much virtual time was left out. */
  readonly onLag?: (leftOutSeconds: number) => void;
}

/** Longest wait before the clock is moved again, ms outside: how late a request's arrival may count. */
const LONGEST_WAIT_MS = 20;

/** Virtual time that passes between two looks at what else is to be done, ms. */
const SLICE_MS = 1000;

/** Time outside by which the virtual clock may be late before it gives up catching up, ms. */
const MOST_LAG_MS = 2000;

/** Moves a virtual clock on with the time outside. */
export class ClockDriver {
  readonly #clock: VirtualClock;
  readonly #speed: number;
  readonly #wall: WallClock;
  readonly #onLag: (leftOutSeconds: number) => void;
  #running: Promise<void> | undefined;
  #isStopping = false;
  /** A moment outside and the virtual moment that belongs to it. */
  #anchor = { wallMs: 0, virtualMs: 0 };

  constructor(options: ClockDriverOptions) {
    this.#clock = options.clock;
    this.#speed = options.speed;
    this.#wall = options.wall ?? WALL_CLOCK;
    this.#onLag = options.onLag ?? (() => {});
  }

  /** Starts the clock; the promise ends with {@link stop}, or fails with what a task threw. */
  run(): Promise<void> {
    this.#running ??= this.#drive();
    return this.#running;
  }

  /** Stops the clock after what it is doing. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // Whoever called `run` hears of a failure.
    await this.#running?.catch(() => {});
  }

  async #drive(): Promise<void> {
    this.#setAnchor();
    while (!this.#isStopping) {
      await this.#wall.sleep(this.#waitMs());
      await this.#catchUp();
    }
  }

  /** Until the next task is due, but never for long: requests plan tasks meanwhile. */
  #waitMs(): number {
    const nextAtMs = this.#clock.nextAtMs ?? Number.POSITIVE_INFINITY;
    const untilNextMs = (nextAtMs - this.#dueMs()) / this.#speed;
    return Math.min(LONGEST_WAIT_MS, Math.max(1, Math.ceil(untilNextMs)));
  }

  /** Moves on to where the clock should stand now; what passes meanwhile is for the next time. */
  async #catchUp(): Promise<void> {
    const dueMs = Math.floor(this.#dueMs());
    while (this.#clock.nowMs < dueMs && !this.#isStopping) {
      await this.#clock.runUntil(Math.min(dueMs, this.#clock.nowMs + SLICE_MS));
      const lagMs = this.#dueMs() - this.#clock.nowMs;
      if (lagMs / this.#speed > MOST_LAG_MS) {
        this.#setAnchor();
        this.#onLag(lagMs / 1000);
        return;
      }
      if (this.#clock.nowMs < dueMs) await this.#wall.yield();
    }
  }

  /** Where the virtual clock should stand. */
  #dueMs(): number {
    const { wallMs, virtualMs } = this.#anchor;
    return virtualMs + (this.#wall.nowMs() - wallMs) * this.#speed;
  }

  #setAnchor(): void {
    this.#anchor = { wallMs: this.#wall.nowMs(), virtualMs: this.#clock.nowMs };
  }
}
