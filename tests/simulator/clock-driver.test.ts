import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { ClockDriver, type WallClock } from '../../simulator/server/clock-driver.ts';

const START_MS = Date.UTC(2026, 0, 5);

/** A time outside that moves only while somebody sleeps, or when a test says so. */
class SteppedWall implements WallClock {
  ms = 0;
  readonly waits: number[] = [];
  /** Ends the run once this time has come. */
  onSleep: () => void = () => {};

  nowMs(): number {
    return this.ms;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.waits.push(milliseconds);
    this.ms += milliseconds;
    this.onSleep();
  }

  async yield(): Promise<void> {}
}

function world(speed: number) {
  const clock = new VirtualClock(START_MS);
  const wall = new SteppedWall();
  const leftOut: number[] = [];
  const driver = new ClockDriver({ clock, speed, wall, onLag: (seconds) => leftOut.push(seconds) });
  /** Runs until so many ms have passed outside. */
  const runFor = async (ms: number) => {
    wall.onSleep = () => {
      if (wall.ms >= ms) void driver.stop();
    };
    await driver.run();
  };
  return { clock, wall, driver, leftOut, runFor, virtualMs: () => clock.nowMs - START_MS };
}

describe('ClockDriver', () => {
  it.each([
    ['as fast as time outside', 1],
    ['slower', 0.5],
    ['sixty times as fast', 60],
  ])('moves the clock %s', async (_label, speed) => {
    const { clock, virtualMs, runFor } = world(speed);
    const ticks: number[] = [];
    clock.every(START_MS + 1000, 1000, () => {
      ticks.push(virtualMs());
    });
    await runFor(10_000);
    expect(ticks.slice(0, 3)).toEqual([1000, 2000, 3000]);
    expect(virtualMs()).toBeGreaterThanOrEqual((10_000 - 40) * speed - 1);
    expect(virtualMs()).toBeLessThanOrEqual(10_020 * speed);
  });

  it.each([
    ['nothing is planned', undefined, 20],
    ['the next task is far off', 5_000, 20],
    ['the next task is near', 7, 7],
    ['the next task is due', 0, 1],
  ])('waits when %s', async (_label, taskInMs, expected) => {
    const { clock, wall, runFor } = world(1);
    if (taskInMs !== undefined) clock.after(taskInMs, () => {});
    await runFor(1);
    expect(wall.waits[0]).toBe(expected);
  });

  it('looks in between at what else is to be done when much virtual time has passed', async () => {
    const { wall, runFor } = world(1000);
    let yields = 0;
    wall.yield = async () => {
      yields += 1;
    };
    await runFor(100);
    // 20 ms are 20 s of the account, in slices of one.
    expect(yields).toBeGreaterThanOrEqual(4 * 19);
  });

  it.each([
    ['2 s late: catches up', 1_980, [], 3_000],
    ['more than that: leaves out what it missed', 2_021, [2.02], 3_000 - 2_020],
  ])('%s', async (_label, busyMs, expected, leastMs) => {
    const { clock, wall, leftOut, virtualMs, runFor } = world(1);
    clock.after(10, () => {
      wall.ms += busyMs;
    });
    await runFor(3_000);
    expect(leftOut.map((seconds) => Math.round(seconds * 100) / 100)).toEqual(expected);
    expect(virtualMs()).toBeGreaterThanOrEqual(leastMs - 60);
    expect(virtualMs()).toBeLessThanOrEqual(leastMs + 60);
  });

  it('hands on what a task throws, and can be stopped after it', async () => {
    const { clock, driver, runFor } = world(1);
    clock.after(5, () => {
      throw new Error('a defect');
    });
    await expect(runFor(1_000)).rejects.toThrow('a defect');
    await driver.stop();
  });
});
