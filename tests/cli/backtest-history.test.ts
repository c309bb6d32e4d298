import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { AwsError } from '../../simulator/account/service.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { backtestFixture } from './backtest-fixture.ts';

/** Many tests ask for the same days under the same settings; a dozen replays of a day take seconds. */
vi.mock('../../simulator/bench/backtest.ts', async (importOriginal) => {
  const { remembered } = await import('./backtest-fixture.ts');
  return remembered(await importOriginal());
});

const here = backtestFixture();
const { remember, report, run, usual } = here;

describe('the history', () => {
  it('is read a day at a time, and days that are over once only', async () => {
    remember(3);
    const first = await report('checkout', '--days', '2');
    expect(here.reads).toBe(3);
    const [arn = ''] = readdirSync(join(here.folder, 'fast-scaler', 'history'));
    const days = readdirSync(join(here.folder, 'fast-scaler', 'history', arn, 'AllTraffic'));
    expect(days).toEqual(['2026-01-03.json', '2026-01-04.json']);
    here.reads = 0;
    expect(await report('checkout', '--days', '2')).toEqual(first);
    expect(here.reads).toBe(1);
    here.reads = 0;
    await run(['checkout', '--days', '2', '--no-cache']);
    expect(here.reads).toBe(3);
  });

  it('is not taken for that of another endpoint of the same name, as in the next emulated account', async () => {
    remember(3);
    await run(['checkout', '--days', '1']);
    here.world = await OperateWorld.create();
    await here.world.run(60);
    here.world.addEndpoint({ bounds: { min: 1, max: 6 } });
    await here.world.run(120);
    remember(3);
    let readAgain = 0;
    here.world.parts.account.onCall(({ operation }) => {
      if (operation === 'GetMetricData') readAgain += 1;
    });
    await run(['checkout', '--days', '1']);
    expect(readAgain).toBe(2);
  });

  it('is read again where the cache is broken', async () => {
    remember(3);
    const first = await report('checkout', '--days', '1');
    const [arn = ''] = readdirSync(join(here.folder, 'fast-scaler', 'history'));
    const at = join(here.folder, 'fast-scaler', 'history', arn, 'AllTraffic', '2026-01-04.json');
    for (const broken of ['{', '{"version":0,"columns":{}}', 'null']) {
      writeFileSync(at, broken);
      expect(await report('checkout', '--days', '1')).toEqual(first);
    }
    expect(JSON.parse(readFileSync(at, 'utf8')).version).toBe(1);
  });

  it('is read without a cache where none can be written', async () => {
    remember(3);
    const noFolder = join(here.folder, 'a-file');
    writeFileSync(noFolder, '');
    const { code, stderr } = await fastScaler(here.world, ['backtest', 'checkout', '--days', '1'], {
      environment: { XDG_CACHE_HOME: noFolder },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('waits when there are too many requests, and goes on', async () => {
    remember(2);
    let refusals = 3;
    here.world.parts.account.intercept(({ operation }) => {
      if (operation !== 'GetMetricData' || refusals === 0) return;
      refusals -= 1;
      throw new AwsError('ThrottlingException', 'Rate exceeded', 400);
    });
    const waited = here.world.parts.clock.nowMs;
    expect((await run(['checkout', '--days', '1'])).code).toBe(0);
    expect(here.world.parts.clock.nowMs - waited).toBe(7000);
  });

  it('ends with what AWS says when that lasts', async () => {
    remember(2);
    here.world.parts.account.intercept(({ operation }) => {
      if (operation === 'GetMetricData') throw new AwsError('ThrottlingException', 'No.', 400);
    });
    const { code, stderr } = await run(['checkout', '--days', '1']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/ThrottlingException/);
  });

  it('is not taken for zero in a gap, and says so', async () => {
    remember(4, (minute) => (minute % 1440 > 600 && minute % 1440 < 700 ? null : usual(minute)));
    const { hours, missingMinutes, longestGapMinutes, caveats } = await report(
      ...['checkout', '--days', '2'],
    );
    expect(missingMinutes).toBeGreaterThanOrEqual(198);
    expect(longestGapMinutes).toBe(99);
    expect(hours).toBeCloseTo(48 - missingMinutes / 60, 0);
    expect(caveats.join('\n')).toMatch(/which is not the same as no load[\s\S]*replayed each/);
    const filled = await report('checkout', '--days', '2', '--gaps', 'zero');
    expect(filled.hours).toBe(48);
  });

  it.each<[string, () => void, string[], RegExp]>([
    ['no data', () => {}, ['checkout'], /no minute of load of checkout\/AllTraffic/],
    [
      'too little',
      () => remember(1, (minute) => (minute < 700 ? null : usual(minute))),
      ['checkout', '--days', '2'],
      /\d+ minutes of load can be replayed, and 1440 are the least[\s\S]*a gap is not taken for no load/,
    ],
    [
      'a Max that is none',
      () => here.world.register(CHECKOUT, { min: 0, max: 0 }),
      ['checkout'],
      /checkout\/AllTraffic: Max is 0, which no instance fits in; give --max\./,
    ],
    ['an endpoint that there is not', () => {}, ['nothing'], /There is no endpoint nothing/],
    ['a variant that there is not', () => {}, ['checkout/B'], /no variant B, but AllTraffic/],
    ['a name of nothing', () => {}, ['a/b/c/d'], /names no target/],
  ])('ends with 2: %s', async (_, arrange, args, expected) => {
    arrange();
    const { code, stderr } = await run(args);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });
});
