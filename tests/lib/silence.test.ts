import { describe, expect, it } from 'vitest';
import type { CountedLoad, Measurements } from '../../lib/aws/measurements.ts';
import type { StoredTarget } from '../../lib/aws/state-store.ts';
import { type SignalKind, signalOf } from '../../lib/config/signal.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { readSilence, type Silence, silenceProblems } from '../../lib/enrolment/silence.ts';
import type { Enrolment } from '../../lib/enrolment/types.ts';
import { CONFIG, enrolmentOf, NOW_SECONDS, TARGET } from './fakes.ts';

const ORDERS = {
  namespace: 'Shop',
  metricName: 'Orders',
  dimensions: { Shop: 'eu', Kind: 'web' },
  statistic: 'Sum',
  loadScope: 'variant',
} as const;
const UNDER_LOAD: CountedLoad = { invocations: 150, busyMinutes: 10, isSignalSeen: false };

const enrolledIn = (kind: SignalKind, more: Partial<Enrolment> = {}): Enrolment => ({
  ...enrolmentOf(),
  signal: signalOf(TARGET, kind, 60),
  ...more,
});

describe('is read', () => {
  const read = async (
    enrolment: Enrolment,
    scoredUntilSeconds?: number,
    shadow: TargetState['shadow'] = null,
  ) => {
    let reads = 0;
    const measurements = {
      countedBeside: async () => {
        reads += 1;
        return UNDER_LOAD;
      },
    } as unknown as Measurements;
    const tuning = scoredUntilSeconds === undefined ? null : { scoredUntilSeconds };
    const state = { ...INITIAL_STATE, tuning: tuning as TargetState['tuning'], shadow };
    const stored: StoredTarget = { target: TARGET, enrolment, state };
    return [await readSilence(measurements, TARGET, stored, NOW_SECONDS), reads] as const;
  };

  it.each<[string, Enrolment, number | undefined, boolean | null]>([
    ['of a signal that was never seen', enrolledIn(ORDERS), undefined, false],
    ['of one not seen for a quarter of an hour', enrolledIn(ORDERS), 901, true],
    ['of no signal that was seen since', enrolledIn(ORDERS), 900, null],
    ['of what callers count', enrolledIn('arrivals'), undefined, false],
    ['of concurrency', enrolledIn('concurrency'), undefined, false],
    ['of invocations', enrolledIn('invocations'), undefined, false],
    ['of no target without a signal', { ...enrolmentOf(), signal: null }, undefined, null],
  ])('%s', async (_, enrolment, age, wasSeen) => {
    const seen = age === undefined ? undefined : NOW_SECONDS - age;
    const [silence, reads] = await read(enrolment, seen);
    expect([silence?.wasSeen ?? null, reads]).toEqual([wasSeen, wasSeen === null ? 0 : 1]);
  });

  it.each<[string, number, boolean | null]>([
    ['of one that was seen before another risk price', 901, true],
    ['of no signal that was seen just before it', 900, null],
  ])('%s', async (_, age, wasSeen) => {
    const shadow = { untilSeconds: NOW_SECONDS - age } as TargetState['shadow'];
    const [silence] = await read(enrolledIn(ORDERS), undefined, shadow);
    expect(silence?.wasSeen ?? null).toBe(wasSeen);
  });
});

describe('is a problem', () => {
  const { loadScope: _, ...metric } = ORDERS;
  const problems = (
    counted: Partial<CountedLoad>,
    more: Partial<Silence> = {},
    enrolment = enrolledIn(ORDERS),
    previous?: Enrolment,
  ) => {
    const silence = { metric, counted: { ...UNDER_LOAD, ...counted }, wasSeen: true, ...more };
    return silenceProblems(TARGET, enrolment, silence, previous);
  };
  const [found] = problems({});
  const before = enrolledIn(ORDERS, { problems: found ? [found] : [] });

  it('that names the metric whole, and the parameter', () => {
    expect(found).toEqual({
      what: 'In a quarter of an hour SageMaker counted 150 invocations, and the metric Shop Orders had no data: the load is not seen.',
      fix: 'See that it is published every ten seconds, under this very name and with the dimensions Shop=eu, Kind=web, as 0 where there is no load, or set another "signal" in /fast-scaler/targets/checkout/AllTraffic.',
      code: 'silent-signal',
    });
  });

  it.each<[string, SignalKind, number | null, string, string]>([
    [
      'invocations, held against the requests under way',
      'invocations',
      null,
      'SageMaker counted requests under way in 10 minutes, and the metric AWS/SageMaker Invocations',
      'Set "signal": "concurrency" in',
    ],
    [
      'concurrency, of which there is no other in SageMaker’s hands',
      'concurrency',
      150,
      'SageMaker counted 150 invocations, and the metric AWS/SageMaker ConcurrentRequestsPerModel',
      'Set another "signal" in',
    ],
  ])('of SageMaker’s own: %s', (_, kind, invocations, what, fix) => {
    const enrolment = enrolledIn(kind);
    const [told] = problems(
      { invocations },
      { metric: enrolment.signal?.load ?? metric },
      enrolment,
    );
    expect(told?.what).toContain(what);
    expect(told?.fix).toContain(fix);
  });

  it.each<[string, ReturnType<typeof problems>, number]>([
    ['not where load was there in nine minutes', problems({ busyMinutes: 9 }), 0],
    ['not under fewer requests than ten a minute', problems({ invocations: 149 }), 0],
    ['under any where it was never seen', problems({ invocations: 10 }, { wasSeen: false }), 1],
    ['not where the signal has data', problems({ isSignalSeen: true }), 0],
    ['not of a signal that was changed just now', problems({}, {}, enrolledIn('busy')), 0],
    [
      'not of a paused target',
      problems({}, {}, enrolledIn(ORDERS, { config: { ...CONFIG, mode: 'paused' } })),
      0,
    ],
    [
      'that stands when the load ends',
      problems({ busyMinutes: 0, invocations: 0 }, {}, enrolledIn(ORDERS), before),
      1,
    ],
    [
      'that is over when the signal is seen',
      problems({ isSignalSeen: true }, {}, enrolledIn(ORDERS), before),
      0,
    ],
  ])('%s', (_, list, count) => expect(list).toHaveLength(count));

  it('that keeps its words while it stands', () => {
    expect(problems({ invocations: 9000 }, {}, enrolledIn(ORDERS), before)).toEqual([found]);
  });

  it('not where nothing was read', () => {
    expect(silenceProblems(TARGET, enrolledIn(ORDERS), null, before)).toEqual([]);
  });
});
