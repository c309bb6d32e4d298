import { describe, expect, it } from 'vitest';
import { type MeteredCall, peak } from '../../simulator/scale/call-meter.ts';
import { RATE_QUOTAS } from '../../simulator/scale/quotas.ts';
import { runScale, type ScaleResult } from '../../simulator/scale/run.ts';
import { scaleTable } from '../../simulator/scale/table.ts';
import { disproportion, faultsOf } from '../../simulator/scale/verdict.ts';

const SCHEDULE = { writing: 2, enrolment: 150, rest: 600, surge: 300 };

describe('twenty targets and eighty', async () => {
  const of = (endpoints: number, variantsPerEndpoint: number) =>
    runScale({ endpoints, variantsPerEndpoint, seed: 3 }, SCHEDULE);
  const few = await of(20, 1);
  const many = await of(80, 1);
  const shared = await of(20, 4);

  it.each([
    ['20', few],
    ['80', many],
    ['80 on 20 endpoints', shared],
  ])('%s are all enrolled and answered, under every quota', (_, result) => {
    expect(faultsOf(result)).toEqual([]);
    expect(result.nudgedAfterSeconds).toHaveLength(result.endpoints);
    expect(result.throttled).toBe(0);
  });

  it('cost no more than four times the calls', () => {
    expect(disproportion(few, many)).toEqual([]);
  });

  it('cost fewer calls where targets share endpoints', () => {
    expect(shared.calls.rest).toBeLessThan(many.calls.rest / 2);
    expect(shared.calls.surge).toBeLessThan(many.calls.surge);
  });

  it('surge at the same moment, and yet do not all look in the same second', () => {
    const looks = many.rows.find(({ name }) => name === 'DescribeEndpoint');
    expect(looks?.total.surge).toBeGreaterThan(4 * many.targets);
    expect(looks?.peak.surge).toBeLessThan(many.targets / 2);
  });

  it('make a table of every call and the source of every quota', () => {
    const table = scaleTable(many);
    for (const { name, quota } of many.rows) {
      expect(table).toContain(name);
      if (quota) expect(table).toContain(quota.source);
    }
  });
});

describe('a run', () => {
  const fine: ScaleResult = {
    targets: 2,
    endpoints: 2,
    schedule: SCHEDULE,
    rows: [],
    calls: { enrolment: 10, rest: 20, surge: 30 },
    enrolledAfterSeconds: 10,
    nudgedAfterSeconds: [20, 60],
    throttled: 0,
    failures: [],
    functionsAtOnce: { warm: 1, cold: 1000 },
    invocationsPeak: 750,
    runs: [],
  };
  const row = (surge: number) => ({
    name: 'PutMetricAlarm',
    service: 'cloudwatch',
    peak: { enrolment: 0, rest: 0, surge },
    total: { enrolment: 0, rest: 0, surge },
    quota: { perSecond: 3, source: 'the docs' },
  });

  it.each<[label: string, Partial<ScaleResult>, expected: RegExp | null]>([
    ['as it should be', {}, null],
    ['at a quota', { rows: [row(3)] }, null],
    ['above a quota', { rows: [row(4)] }, /PutMetricAlarm reached 4 a second in the surge.* 3/],
    ['with a throttled call', { throttled: 1 }, /1 calls were refused/],
    ['with an event given up', { failures: ['alarm: broken'] }, /given up: alarm: broken/],
    ['with a target not enrolled', { enrolledAfterSeconds: null }, /no alarm after 150 s/],
    ['with a late nudge', { nudgedAfterSeconds: [20, 60.1] }, /1 endpoints were not answered/],
    [
      'with no nudge',
      { nudgedAfterSeconds: [20, Number.POSITIVE_INFINITY] },
      /1 endpoints were not/,
    ],
    ['with too many functions', { functionsAtOnce: { warm: 1, cold: 1001 } }, /1001 functions/],
    ['with too many invocations', { invocationsPeak: 751 }, /started 751 functions/],
  ])('%s', (_, change, expected) => {
    const faults = faultsOf({ ...fine, ...change });
    expect(faults).toHaveLength(expected ? 1 : 0);
    if (expected) expect(faults[0]).toMatch(expected);
  });

  it.each<[label: string, surge: number, faults: number]>([
    ['exactly in proportion', 120, 0],
    ['one call above it', 121, 1],
  ])('%s', (_, surge, faults) => {
    const many = { ...fine, targets: 8, calls: { ...fine.calls, surge } };
    expect(disproportion(fine, many)).toHaveLength(faults);
  });
});

describe('the peak', () => {
  const call = (atMs: number, input = {}): MeteredCall => ({
    atMs,
    service: 's',
    operation: 'o',
    input,
  });

  it.each<[label: string, times: number[], expected: number]>([
    ['of nothing', [], 0],
    ['within a second', [0, 500, 999], 3],
    ['of calls a second apart', [0, 1000, 2000], 1],
    ['across the border of a second', [900, 950, 1100, 1950], 3],
  ])('%s', (_, times, expected) => {
    expect(
      peak(
        times.map((atMs) => call(atMs)),
        1000,
      ),
    ).toBe(expected);
  });

  it('of datapoints is what the queries ask for', () => {
    const quota = RATE_QUOTAS.find(({ name }) => name.includes('datapoints'));
    const query = (Period: number) => ({ MetricStat: { Period } });
    const input = { StartTime: 1000, EndTime: 1600, MetricDataQueries: [query(10), query(60)] };
    expect(quota?.weight?.(input)).toBe(70);
  });
});
