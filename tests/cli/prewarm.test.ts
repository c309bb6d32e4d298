import { beforeEach, describe, expect, it } from 'vitest';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { expectGolden } from './golden.ts';
import { suspend } from './troubles.ts';

let world: OperateWorld;
const run = (...args: string[]) => fastScaler(world, args);

beforeEach(async () => {
  world = await OperateWorld.create();
  world.addEndpoint();
  world.setDemand(0.3);
  await world.run(600);
  await world.enrol(CHECKOUT, { maxInstanceHoursPerDay: 200 });
  await world.run(60);
});

describe('prewarm', () => {
  it('holds a floor from now on, and shows in status and explain', async () => {
    await expectGolden(
      'prewarm.txt',
      await run('prewarm', 'checkout', '--min', '6', '--for', '2h'),
    );
    expect(world.bounds()).toEqual({ min: 6, max: 20 });
    await world.run(300);
    await expectGolden('prewarm-status.txt', await run('status', 'checkout'));
    await expectGolden('prewarm-explain.txt', await run('explain', 'checkout', '--last', '1'));
  });

  it('for a time to come says when instances are asked for', async () => {
    const at = ['--at', '2026-01-05T17:00'];
    await expectGolden(
      'prewarm-at.txt',
      await run('prewarm', 'checkout', '--min', '30', '--for', '1d12h', ...at),
    );
    expect(world.bounds()).toEqual({ min: 1, max: 20 });
  });

  it('prints JSON', async () => {
    const args = ['--min', '6', '--for', '90m', '--at', '2026-01-06T08:00+01:00', '--json'];
    await expectGolden('prewarm.json.txt', await run('prewarm', 'checkout', ...args));
  });

  it('is cancelled', async () => {
    await expectGolden('prewarm-none.txt', await run('prewarm', 'checkout', '--cancel'));
    await run('prewarm', 'checkout', '--min', '6', '--for', '2h');
    await run('prewarm', 'checkout', '--min', '8', '--for', '2h', '--at', '2026-01-06T08:00');
    await expectGolden('prewarm-cancel.txt', await run('prewarm', 'checkout', '--cancel'));
    // The endpoint takes no other change while the instances start.
    await world.run(400);
    expect(world.bounds()).toEqual({ min: 1, max: 20 });
    expect((await run('status', 'checkout')).stdout).not.toContain('prewarm');
  });

  it('of one whose scaling is suspended says so, and how to resume', async () => {
    suspend(world);
    const { stdout } = await run('prewarm', 'checkout', '--min', '6', '--for', '2h');
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /scheduled scaling is suspended, and until that is resumed nothing is asked for. To resume: aws /,
    );
    expect(world.bounds()).toEqual({ min: 1, max: 20 });
  });

  it('of one that only observes says so', async () => {
    await world.enrol(CHECKOUT, { mode: 'observe' });
    const { code, stdout } = await run('prewarm', 'checkout', '--min', '6', '--for', '2h');
    expect([code, stdout]).toEqual([0, expect.stringContaining('The mode is observe')]);
    await world.run(60);
    expect(world.bounds()).toEqual({ min: 1, max: 20 });
  });

  it.each([
    ['no --for', ['--min', '6'], 2, 'Give --min and --for, or --cancel.'],
    ['no --min', ['--for', '2h'], 2, 'Give --min and --for, or --cancel.'],
    ['both ways', ['--cancel', '--min', '6'], 2, '--cancel goes with no other option.'],
    ['no instance', ['--min', '0', '--for', '2h'], 2, 'Expected a whole number from 1 to 10000.'],
    ['no time', ['--min', '6', '--for', '0m'], 2, 'Expected a duration like 90m, 2h or 1d12h'],
    ['more than a week', ['--min', '6', '--for', '7d1m'], 2, 'Expected a duration'],
    ['an unknown unit', ['--min', '6', '--for', '2w'], 2, 'Expected a duration'],
    ['no moment', ['--min', '6', '--for', '2h', '--at', 'noon'], 2, 'Expected a time like'],
    [
      'what is over',
      ['--min', '6', '--for', '2h', '--at', '2026-01-05T07:00'],
      1,
      'It would be over already, at 2026-01-05T09:00:00Z.',
    ],
    [
      'what is too far ahead',
      ['--min', '6', '--for', '2h', '--at', '2026-03-05'],
      1,
      'a prewarm begins 30 d ahead at most. What recurs belongs in "windows"',
    ],
  ])('refuses %s', async (_, args, code, told) => {
    const ended = await run('prewarm', 'checkout', ...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(told)]);
    expect(world.bounds()).toEqual({ min: 1, max: 20 });
  });

  it('takes the longest there is', async () => {
    const { code } = await run('prewarm', 'checkout', '--min', '2', '--for', '7d');
    expect(code).toBe(0);
  });

  it('refuses a target that is paused, or not enrolled, or has ten', async () => {
    const ask = (name: string, hour: number) =>
      run('prewarm', name, '--min', '2', '--for', '1h', '--at', `2026-01-06T0${hour}:00`);
    for (let hour = 0; hour < 10; hour += 1) expect((await ask('checkout', hour)).code).toBe(0);
    const eleventh = await run('prewarm', 'checkout', '--min', '3', '--for', '1h');
    expect([eleventh.code, eleventh.stderr]).toEqual([
      1,
      expect.stringContaining('has 10 prewarms already, and no more are kept. Cancel them:'),
    ]);
    await run('pause', 'checkout');
    await world.run(10);
    const paused = await ask('checkout', 1);
    expect([paused.code, paused.stderr]).toEqual([
      1,
      expect.stringContaining('checkout/AllTraffic is paused, and a prewarm would do nothing.'),
    ]);
    world.addEndpoint({ endpointName: 'ads' });
    const stranger = await ask('ads/AllTraffic', 1);
    expect([stranger.code, stranger.stderr]).toEqual([
      1,
      expect.stringContaining('ads/AllTraffic is not enrolled.'),
    ]);
  });

  it('says so when nobody takes the request', async () => {
    world.deployment?.kill();
    const { code, stderr } = await run('prewarm', 'checkout', '--min', '6', '--for', '2h');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('after 30 s the service has not taken it'),
    ]);
  });
});

describe('status', () => {
  it('tells of windows and of a budget that is spent', async () => {
    const window = { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin', durationMinutes: 120 };
    await world.enrol(CHECKOUT, {
      windows: [
        { ...window, minInstances: 3 },
        { cron: '0 17 * * *', durationMinutes: 60, maxInstances: 8 },
      ],
      maxInstanceHoursPerDay: 1,
    });
    world.setDemand(9);
    await world.run(3600);
    await expectGolden('budget-status.txt', await run('status', 'checkout'));
  });
});
