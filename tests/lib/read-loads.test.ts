import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadReader } from '../../lib/aws/load.ts';
import type { CustomSignal } from '../../lib/config/schema.ts';
import { type MetricRef, signalOf } from '../../lib/config/signal.ts';
import type { LoadPoint } from '../../lib/control/types.ts';
import { readLoads, withCalm } from '../../lib/cycle/read-loads.ts';
import { variantTarget } from '../../lib/target.ts';

/** Points from [start, value] pairs. */
const points = (...pairs: [number, number][]): LoadPoint[] =>
  pairs.map(([startSeconds, value]) => ({ startSeconds, value }));

const pairs = (load: readonly LoadPoint[]) =>
  load.map(({ startSeconds, value }) => [startSeconds, value]);

/** Windows without load from one second to another. */
const calm = (from: number, to: number): [number, number][] =>
  Array.from({ length: (to - from) / 10 }, (_, i) => [from + 10 * i, 0]);

describe('windows without data', () => {
  type Pairs = [number, number][];
  const counted: Pairs = [
    [0, 5],
    [10, 5],
  ];

  it.each<[string, Pairs, Pairs, number, Pairs]>([
    ['nothing was ever counted', [], [[0, 0]], 100, []],
    ['SageMaker tells nothing', counted, [], 200, counted],
    ['its next minute is not told of yet', counted, [[0, 10]], 119, counted],
    [
      'none in the next minute: calm from then up to now',
      counted,
      [
        [0, 10],
        [60, 0],
      ],
      130,
      [...counted, ...calm(60, 130)],
    ],
    ['the running window is not told of', counted, [[60, 0]], 129, [...counted, ...calm(60, 120)]],
    [
      'some in the next minute: callers fail to publish',
      counted,
      [
        [0, 10],
        [60, 1],
      ],
      130,
      counted,
    ],
    [
      'the last of it in the next minute, none in that after it',
      counted,
      [
        [0, 10],
        [60, 1],
        [120, 0],
      ],
      250,
      [...counted, ...calm(120, 250)],
    ],
    [
      'calm and then some that callers do not tell: only the minute is calm',
      counted,
      [
        [0, 10],
        [60, 0],
        [120, 3],
      ],
      190,
      [...counted, ...calm(60, 120)],
    ],
    [
      'a gap in a minute without invocations',
      [
        [50, 1],
        [120, 2],
      ],
      [[60, 0]],
      130,
      [[50, 1], ...calm(60, 120), [120, 2]],
    ],
    [
      'a gap in a minute with invocations',
      [
        [60, 1],
        [90, 2],
      ],
      [[60, 3]],
      100,
      [
        [60, 1],
        [90, 2],
      ],
    ],
  ])('%s', (_, load, invocations, nowSeconds, expected) => {
    expect(pairs(withCalm(points(...load), points(...invocations), nowSeconds))).toEqual(expected);
  });

  it.each([
    ['lately', 360, 360],
    ['too long ago to say anything of now', 361, 120],
  ])('SageMaker was heard of %s: at %i s calm goes up to %i s', (_, nowSeconds, calmTo) => {
    const filled = withCalm(points(...counted), points([60, 0]), nowSeconds);
    expect(pairs(filled)).toEqual([...counted, ...calm(60, calmTo)]);
  });

  it('never changes what was counted, and adds nothing but zeros', () => {
    const series = fc
      .uniqueArray(fc.nat(60), { maxLength: 40 })
      .map((windows) =>
        windows.sort((a, b) => a - b).map((i): [number, number] => [i * 10, i + 1]),
      );
    const minutes = fc.array(fc.nat(2), { maxLength: 11 });
    fc.assert(
      fc.property(series, minutes, fc.integer({ min: 620, max: 900 }), (load, counts, now) => {
        const filled = withCalm(
          points(...load),
          points(...counts.map((value, i): [number, number] => [60 * i, value])),
          now,
        );
        expect(pairs(filled).filter(([, value]) => value !== 0)).toEqual(load);
        const starts = filled.map(({ startSeconds }) => startSeconds);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
        for (const start of starts) expect(start + 10).toBeLessThanOrEqual(now);
      }),
    );
  });
});

describe('a reading', () => {
  const target = variantTarget('checkout', 'AllTraffic');
  const [arrivals, invocations] = [
    signalOf(target, 'arrivals', 60),
    signalOf(target, 'invocations', 60),
  ];

  /** Answers with the same series for every metric of a name. */
  const reader = (series: Record<string, LoadPoint[]>) => {
    const asked: MetricRef[][] = [];
    const read: LoadReader['read'] = async (metrics) => {
      asked.push([...metrics]);
      return metrics.map(({ metricName }) => series[metricName] ?? []);
    };
    return { asked, reader: { read } };
  };

  it.each([
    ['still grows', 134, [110]],
    ['has settled', 135, [110, 120]],
  ])('of callers leaves out the window that %s', async (_, nowSeconds, starts) => {
    const { reader: from } = reader({ Arrivals: points([110, 1], [120, 2], [130, 3]) });
    const [read] = await readLoads(from, [arrivals], nowSeconds, false);
    expect(read?.load.map(({ startSeconds }) => startSeconds)).toEqual(starts);
  });

  it.each([
    ['under way', 139, [110, 120]],
    ['over', 140, [110, 120, 130]],
  ])(
    'of SageMaker’s metrics is handed on with the newest window when that is %s',
    async (_, nowSeconds, starts) => {
      const series = points([110, 1], [120, 2], [130, 3]);
      const { reader: from, asked } = reader({ Invocations: series });
      const load = series.filter(({ startSeconds }) => starts.includes(startSeconds));
      expect(await readLoads(from, [invocations], nowSeconds, false)).toEqual([
        { load, underWay: null, counts: [], isByTheMinute: false },
      ]);
      expect(asked).toHaveLength(1);
      expect(asked[0]).toHaveLength(1);
    },
  );

  it.each([
    ['an instance may not have published yet', 179, []],
    ['every instance has', 180, [60]],
  ])('of peaks has the requests of whole minutes beside it: %s', async (_, nowSeconds, counts) => {
    const peaks = { spread: 1, requestsPerSecond: 1 };
    const concurrency = { ...signalOf(target, 'concurrency', 4), peaks };
    const { reader: from, asked } = reader({
      ConcurrentRequestsPerModel: points([60, 3], [70, 4]),
      Invocations: points([60, 55]),
    });
    const [read, other] = await readLoads(from, [concurrency, arrivals], nowSeconds, true);
    expect(read?.counts.map(({ startSeconds }) => startSeconds)).toEqual(counts);
    expect(read?.load).toEqual(points([60, 3], [70, 4]));
    expect(other?.counts).toEqual([]);
    // What SageMaker may publish by the minute is asked for by the minute.
    expect(asked[0]?.map((each) => [each.metricName, each.periodSeconds])).toEqual([
      ['ConcurrentRequestsPerModel', undefined],
      ['Arrivals', undefined],
      ['Invocations', 60],
      ['BusySeconds', undefined],
      ['Invocations', 60],
    ]);
  });

  const minutes = points(...Array.from({ length: 6 }, (_, i): [number, number] => [60 * i, 60]));
  const orders = (statistic: CustomSignal['statistic']) => {
    const metric = { namespace: 'Shop', metricName: 'Orders', dimensions: {}, statistic };
    return signalOf(target, { ...metric, loadScope: 'variant' }, 60);
  };

  it.each([
    ['a sum', orders('Sum'), true],
    ['SageMaker’s count', invocations, true],
    ['a mean, which is as high in ten seconds', orders('Average'), false],
    ['a highest value', orders('Maximum'), false],
    ['what callers count, who may call once a minute', arrivals, false],
  ])('with one value a minute: %s', async (_, signal, isSpread) => {
    const { reader: from } = reader({ [signal.load.metricName]: minutes });
    const [read] = await readLoads(from, [signal], 400, false);
    expect(read?.isByTheMinute).toBe(isSpread);
    const calls = signal.witness ? read?.load.filter(({ value }) => value > 0) : read?.load;
    expect(calls?.slice(0, 2)).toEqual(
      isSpread ? points([0, 10], [10, 10]) : points([0, 60], [60, 60]),
    );
  });

  it.each([
    [
      'SageMaker',
      invocations,
      'ConcurrentRequestsPerModel',
      ['Maximum', 'Minimum'],
      'instance',
      [
        [20, 20],
        [40, 40],
      ],
    ],
    ['callers', arrivals, 'BusySeconds', ['Sum'], 'variant', [[2, undefined]]],
  ] as const)('takes in what is under way, as %s counts it, in the same call', async (...row) => {
    const [, signal, metricName, statistics, scope, values] = row;
    const beside = points([110, 20], [120, 40]);
    const { reader: from, asked } = reader({
      Invocations: points([110, 1]),
      Arrivals: points([110, 1]),
      [metricName]: beside,
    });
    const [read] = await readLoads(from, [signal], 131, true);
    expect(read?.underWay?.scope).toBe(scope);
    expect(read?.underWay?.points.map(({ value, fewest }) => [value, fewest])).toEqual(values);
    expect(asked).toHaveLength(1);
    const { dimensions } = signal.load;
    expect(asked[0]?.slice(-statistics.length)).toMatchObject(
      statistics.map((statistic) => ({ metricName, statistic, dimensions })),
    );
  });

  it('of several targets keeps what is under way apart too', async () => {
    const { reader: from } = reader({
      Arrivals: points([50, 1]),
      Invocations: points([60, 0]),
      BusySeconds: points([50, 20]),
      ConcurrentRequestsPerModel: points([60, 7]),
    });
    const busy = signalOf(target, 'busy', 4);
    const read = await readLoads(from, [arrivals, busy, invocations], 135, true);
    expect(read.map(({ underWay }) => underWay?.points.map(({ value }) => value))).toEqual([
      [2],
      undefined,
      [7],
    ]);
  });

  it('of several targets keeps them apart, in one call', async () => {
    const { reader: from, asked } = reader({
      Arrivals: points([50, 1]),
      Invocations: points([60, 0]),
    });
    const signals = [invocations, arrivals, invocations, arrivals];
    const read = await readLoads(from, signals, 135, false);
    expect(read.map(({ load }) => pairs(load).at(-1))).toEqual([
      [60, 0],
      [120, 0],
      [60, 0],
      [120, 0],
    ]);
    expect(asked.map((metrics) => metrics.map(({ metricName }) => metricName))).toEqual([
      ['Invocations', 'Arrivals', 'Invocations', 'Arrivals', 'Invocations', 'Invocations'],
    ]);
  });
});
