import { beforeAll, describe, expect, it } from 'vitest';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { expectGolden } from './golden.ts';

let world: OperateWorld;

const run = (...args: string[]) => fastScaler(world, ['explain', ...args]);

/** A surge that was answered, and load that is gone again but for which nothing was done yet. */
beforeAll(async () => {
  world = await OperateWorld.create();
  world.addEndpoint();
  world.addEndpoint({ endpointName: 'quiet' });
  world.setDemand(0.3);
  await world.run(600);
  await world.enrol();
  await world.enrol(variantTarget('quiet', 'AllTraffic'));
  await world.run(695);
  world.setDemand(9);
  await world.run(300);
  world.setDemand(1.5);
  await world.run(60);
});

describe('explain', () => {
  it('tells the last decisions, and what a look says now', async () => {
    await expectGolden('explain.txt', await run('checkout'));
  });

  it('tells as many as are asked for', async () => {
    const { stdout } = await run('checkout', '--last', '1', '--json');
    const { entries, summary, now } = JSON.parse(stdout);
    expect(entries).toHaveLength(1);
    expect(summary).toBeNull();
    expect(now.headline).toMatch(/./);
  });

  it('tells what was decided around a time, as text and as JSON', async () => {
    await expectGolden('explain-at.txt', await run('checkout', '--at', '2026-01-05T09:22:40'));
    const { stdout } = await run('checkout', '--at', '2026-01-05T09:22:40', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      target: 'checkout/AllTraffic',
      situation: expect.stringMatching(/^At 09:22:40 nothing was decided/),
      entries: expect.arrayContaining([expect.objectContaining({ headline: expect.anything() })]),
      now: null,
    });
  });

  it.each([
    ['to come', '2026-01-05T12:00', 2, /^--at 2026-01-05T12:00:00\.000Z is still to come\.$/],
    ['forgotten', '2025-12-20', 0, /Nothing is known of 2025-12-20 00:00:00 any more/],
  ])('claims nothing about a time %s', async (_, time, code, message) => {
    const ended = await run('checkout', '--at', time);
    expect(ended.stdout + ended.stderr).toMatch(message);
    expect(ended.stdout).not.toContain('nothing was decided');
    expect(ended.code).toBe(code);
  });

  it.each([
    ['now', []],
    ['at a time', ['--at', '2026-01-05T09:22:40']],
  ])('does not call a variant that there is not quiet: %s', async (_, args) => {
    const { code, stdout, stderr } = await run('checkout/Nothing', ...args);
    expect(stderr).toBe(
      'checkout/Nothing is not enrolled, and no decision of it is on record. "fast-scaler doctor checkout" says why and what to do.',
    );
    expect([code, stdout]).toEqual([2, '']);
  });

  it.each([
    ['UTC without a zone', '2026-01-05T09:22:40'],
    ['UTC', '2026-01-05T09:22:40Z'],
    ['another zone', '2026-01-05T10:22:40+01:00'],
    ['a zone without a colon', '2026-01-05T10:22:40+0100'],
  ])('takes a time in %s', async (_, time) => {
    const { stdout } = await run('checkout', '--at', time);
    expect(stdout).toContain('At 09:22:40 ');
  });

  it('takes a day', async () => {
    const { stdout } = await run('checkout', '--at', '2026-01-05');
    expect(stdout).toMatch(/At 00:00:00 nothing was decided: the next came 9 h 22 min later/);
  });

  it('says so when nothing was decided ever', async () => {
    const { code, stdout } = await run('quiet');
    expect(code).toBe(0);
    expect(stdout).toMatch(/There is no decision on record for quiet\/AllTraffic/);
    expect(stdout).toMatch(/A look at this moment[\s\S]*it sleeps until the ten-second alarm/);
  });

  it.each<[string, object, RegExp]>([
    [
      'in act',
      {},
      /Scale-out from 1 to \d+ instances due[\s\S]*would go[\s\S]*The next look does so, within a\s+minute/,
    ],
    [
      'in observe',
      { mode: 'observe' },
      /Scale-out from 1 to \d+ instances decided, not done[\s\S]*The mode is observe, so nothing/,
    ],
  ])('says of a look %s what comes of it', async (_, config, expected) => {
    const waiting = await OperateWorld.create();
    waiting.addEndpoint();
    waiting.setDemand(0.3);
    await waiting.run(600);
    await waiting.enrol(CHECKOUT, config);
    await waiting.run(60);
    // Nobody looks any more, so that what is due stays so.
    waiting.deployment?.kill();
    waiting.setDemand(9);
    await waiting.run(60);
    for (const command of ['explain', 'status']) {
      const { stdout } = await fastScaler(waiting, [command, 'checkout']);
      expect(stdout.slice(stdout.indexOf('A look at this moment'))).toMatch(expected);
    }
  });

  it.each([
    ['refused', '{"riskPrice":0}', /riskPrice/],
    [
      'without a load that could be measured',
      '{"signal":"concurrency"}',
      /neither "targetPerInstance"/,
    ],
  ])('says first what keeps a target from being scaled: %s', async (_, parameter, expected) => {
    const kept = await OperateWorld.create();
    kept.addEndpoint({ cooldowns: null });
    await kept.run(300);
    await kept.putParameter(targetParameterName(CHECKOUT), parameter);
    await kept.run(60);
    const { stdout } = await fastScaler(kept, ['explain', 'checkout/AllTraffic']);
    expect(stdout).toMatch(expected);
    expect(stdout).toContain('fix:');
    expect(stdout).toContain('There is no decision on record');
    expect(stdout).not.toContain('at rest');
    const json = await fastScaler(kept, ['explain', 'checkout/AllTraffic', '--json']);
    expect(JSON.parse(json.stdout).attention).toHaveLength(1);
  });

  it('tells of a target that is no longer enrolled, named in full', async () => {
    const released = await OperateWorld.create();
    released.addEndpoint();
    released.setDemand(0.3);
    await released.run(600);
    await released.enrol();
    await released.run(60);
    released.setDemand(9);
    await released.run(60);
    const { account, ssm } = released.parts;
    await account.perform(ssm, 'DeleteParameter', { Name: targetParameterName(CHECKOUT) });
    await released.run(60);
    const { code, stdout } = await fastScaler(released, ['explain', 'checkout/AllTraffic']);
    expect(code).toBe(0);
    expect(stdout).toContain('Scale-out from 1 to');
    expect(stdout).toContain('The target is not enrolled any more');
    expect(stdout).not.toContain('A look at this moment');
  });

  it.each([
    ['both options', ['checkout', '--at', '2026-01-05', '--last', '2'], /give one of them/],
    ['no time', ['checkout', '--at', 'noon'], /Expected a time like/],
    ['a month that is none', ['checkout', '--at', '2026-13-05'], /Expected a time like/],
    ['a day that is none', ['checkout', '--at', '2026-02-29T10:00'], /Expected a time like/],
    ['the 31st of a short month', ['checkout', '--at', '2026-11-31'], /Expected a time like/],
    ['no decisions', ['checkout', '--last', '0'], /whole number from 1 to 500/],
    ['too many decisions', ['checkout', '--last', '501'], /whole number from 1 to 500/],
    ['no target', [], /missing required argument 'target'/],
    ['a name of nothing', ['a/b/c'], /names no target/],
    ['an endpoint that is not enrolled', ['gone'], /No variant of gone is enrolled/],
  ])('is refused with %s', async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
