import { describe, expect, it } from 'vitest';
import type { EndpointReading, Management } from '../../lib/aws/endpoints.ts';
import type { ScalingPolicy } from '../../lib/aws/scaling-policies.ts';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import type { TargetSettings } from '../../lib/config/schema.ts';
import { signalOf } from '../../lib/config/signal.ts';
import { BACKSTOP_NAME, type Situation } from '../../lib/enrolment/plan.ts';
import { enrolmentOf, TARGET } from './fakes.ts';
import { BUSY, CONCURRENCY, CPU, FAST, INVOCATIONS, run, STEPS } from './plan-situation.ts';

const SLOW = { ...FAST, invocationsEverySeconds: 60 };

const COUNTING = { arrivals: true, busy: true };

const LATENCY = { seconds: 0.08, endpointConfigName: 'checkout-1' };

describe('the signal', () => {
  const auto = {};
  const slow = { endpoint: SLOW };
  it.each<[string, TargetSettings, Partial<Situation>, string, number]>([
    ['auto, invocations are fast', auto, {}, 'Invocations', 1500],
    ['auto, callers count', auto, { ...slow, callers: COUNTING }, 'Arrivals', 1500],
    ['auto, fast beats counted', auto, { callers: COUNTING }, 'Invocations', 1500],
    [
      'auto, callers count busy time only',
      auto,
      { ...slow, latency: LATENCY, callers: { arrivals: false, busy: true } },
      'ConcurrentRequestsPerModel',
      2,
    ],
    [
      'auto, the policy counts concurrency and so do callers',
      auto,
      { policies: [CONCURRENCY], callers: COUNTING },
      'BusySeconds',
      4,
    ],
    [
      'auto, the policy counts concurrency, callers count arrivals only',
      auto,
      { policies: [CONCURRENCY], callers: { arrivals: true, busy: false } },
      'ConcurrentRequestsPerModel',
      4,
    ],
    ['auto, nothing is fast', auto, { ...slow, latency: LATENCY }, 'ConcurrentRequestsPerModel', 2],
    [
      'auto, the policy counts concurrency',
      auto,
      { policies: [CONCURRENCY] },
      'ConcurrentRequestsPerModel',
      4,
    ],
    ['auto, a target beside a policy', { targetPerInstance: 600 }, {}, 'Invocations', 600],
    [
      'concurrency, the policy counts invocations',
      { signal: 'concurrency' },
      { latency: LATENCY },
      'ConcurrentRequestsPerModel',
      2,
    ],
    [
      'concurrency with its target',
      { signal: 'concurrency', targetPerInstance: 6 },
      {},
      'ConcurrentRequestsPerModel',
      6,
    ],
    [
      'invocations, the policy counts concurrency',
      { signal: 'invocations' },
      { policies: [CONCURRENCY], latency: LATENCY },
      'Invocations',
      3000,
    ],
    ['the second policy can be read', auto, { policies: [CPU, INVOCATIONS] }, 'Invocations', 1500],
    [
      'a metric',
      { signal: { ...BUSY, dimensions: {}, loadScope: 'variant' }, targetPerInstance: 3 },
      {},
      'Busy',
      3,
    ],
  ])('%s', (_, settings, situation, metricName, targetPerInstance) => {
    const { enrolment } = run(settings, situation);
    expect(enrolment.signal).toMatchObject({ load: { metricName }, targetPerInstance });
    expect(enrolment.problems).toEqual([]);
  });

  it.each<[string, TargetSettings, Partial<Situation>, string, number]>([
    // 2 under way on average, and 3 roots of 2.
    ['a mean for peaks', auto, slow, 'ConcurrentRequestsPerModel', 6.24],
    ['a mean for what callers count', auto, { ...slow, callers: COUNTING }, 'Arrivals', 1500],
    // The mean of peaks of 4 is 1, which 750 a minute keep up.
    [
      'peaks for a mean',
      { signal: 'invocations' },
      { policies: [CONCURRENCY] },
      'Invocations',
      750,
    ],
  ])('%s is told from the other', (_, settings, situation, metricName, targetPerInstance) => {
    const latency = { ...LATENCY, spread: 3 };
    const { enrolment } = run(settings, { ...situation, latency });
    expect(enrolment.signal).toMatchObject({ load: { metricName }, targetPerInstance });
    const peaks = metricName === 'ConcurrentRequestsPerModel';
    // Little’s law: 2 under way, each for so long.
    const requestsPerSecond = expect.closeTo(2 / LATENCY.seconds, 1);
    expect(enrolment.signal?.peaks).toEqual(peaks ? { spread: 3, requestsPerSecond } : undefined);
    const told = enrolment.notes.some((note) => note.includes('lie 3 roots of the mean above it'));
    expect(told).toBe(metricName !== 'Arrivals');
  });

  it('goes by the longest latency that SageMaker allows until a request was measured', () => {
    const { enrolment, putAlarms } = run(auto, { ...slow, latency: null });
    // 1500 a minute, all of which are under way where each takes a minute.
    expect(enrolment.signal).toMatchObject({
      load: { metricName: 'ConcurrentRequestsPerModel' },
      targetPerInstance: 1500,
      peaks: { spread: 0, requestsPerSecond: 25, isAssumed: true },
    });
    expect(enrolment.problems).toEqual([]);
    expect(enrolment.notes.join('\n')).toContain('as if each took 60 s');
    expect(putAlarms).toMatchObject([{ metric: { metricName: 'ConcurrentRequestsPerModel' } }]);
  });

  const ARRIVALS = signalOf(TARGET, 'arrivals', 1500);
  const byCallers = { ...enrolmentOf(), signal: ARRIVALS };
  it.each([
    ['nine tenths', 900, 1000, undefined, 'Arrivals'],
    ['less', 899, 1000, undefined, 'ConcurrentRequestsPerModel'],
    ['none any more', 0, 1000, byCallers, 'ConcurrentRequestsPerModel'],
    ['three quarters, and it is in force', 750, 1000, byCallers, 'Arrivals'],
    ['less than that, and it is in force', 749, 1000, byCallers, 'ConcurrentRequestsPerModel'],
    ['a part of too few to tell', 0, 19, undefined, 'Arrivals'],
    ['none of what is enough', 0, 20, undefined, 'ConcurrentRequestsPerModel'],
  ])('auto, callers count %s of what SageMaker does', (_, callers, all, previous, metricName) => {
    const compared = { byCallers: callers, bySageMaker: all };
    const counting = { ...slow, latency: LATENCY, callers: { ...COUNTING, compared } };
    const { enrolment } = run(auto, { ...counting, previous });
    expect(enrolment.signal?.load.metricName).toBe(metricName);
    const told = enrolment.notes.some((note) => note.includes(`${callers} of the ${all} requests`));
    expect(told).toBe(metricName !== 'Arrivals');
    const tracked = run(auto, { ...counting, previous, policies: [CONCURRENCY] }).enrolment;
    expect(tracked.signal?.load.metricName === 'BusySeconds').toBe(metricName === 'Arrivals');
  });

  it.each<[string, TargetSettings, Partial<Situation>, RegExp, RegExp]>([
    ['no target anywhere', {}, { policies: [] }, /neither/, /"targetPerInstance" in \/fast-scaler/],
    ['a policy on another metric', {}, { policies: [CPU] }, /neither/, /targetPerInstance/],
    ['a policy of another type', {}, { policies: [STEPS] }, /neither/, /targetPerInstance/],
    [
      'no latency yet to tell invocations from concurrency by',
      { signal: 'invocations' },
      { policies: [CONCURRENCY], latency: null },
      /no request was seen/,
      /Send requests/,
    ],
    [
      'slow invocations by name',
      { signal: 'invocations' },
      slow,
      /published every 60 s/,
      /MetricPublishFrequencyInSeconds=10/,
    ],
    [
      'a metric without a target',
      { signal: { ...BUSY, dimensions: {}, loadScope: 'variant' } },
      {},
      /the metric Busy/,
      /targetPerInstance/,
    ],
  ])('%s is told with its fix', (_, settings, situation, what, fix) => {
    const { enrolment, putAlarms } = run(settings, situation);
    expect(enrolment.signal).toBeNull();
    expect(enrolment.problems).toMatchObject([
      { what: expect.stringMatching(what), fix: expect.stringMatching(fix) },
    ]);
    expect(putAlarms).toEqual([]);
  });

  it('stays as it was when it can no longer be worked out', () => {
    const { enrolment } = run({}, { policies: [], previous: enrolmentOf() });
    expect(enrolment.signal).toEqual(enrolmentOf().signal);
    expect(enrolment.problems).toHaveLength(1);
  });
});

describe('the scalable target', () => {
  const given = { minCapacity: 2, maxCapacity: 8 };
  const missing = { baseline: undefined, policies: [] };
  const target = { targetPerInstance: 60 };

  it('is registered once, where Min and Max are given', () => {
    const { register, enrolment } = run({ ...target, ...given }, missing);
    expect([register, enrolment.wasRegistered]).toEqual([{ min: 2, max: 8 }, true]);
  });

  it.each<[string, TargetSettings, Partial<Situation>, RegExp]>([
    ['without Min and Max', target, {}, /Set "minCapacity" and "maxCapacity"/],
    ['with Min alone', { ...target, minCapacity: 2 }, {}, /--min-capacity <min>/],
    ['in observe', { ...target, ...given, mode: 'observe' }, {}, /--min-capacity 2/],
    [
      'of an endpoint that is locked',
      { ...target, ...given },
      { endpoint: { ...FAST, status: 'Updating' } },
      /once the endpoint is in service/,
    ],
    [
      'that was deregistered by somebody',
      { ...target, ...given },
      { previous: enrolmentOf() },
      /register-scalable-target .*--min-capacity 2 --max-capacity 8/,
    ],
  ])('is not registered %s', (_, settings, situation, fix) => {
    const { register, enrolment } = run(settings, { ...missing, ...situation });
    expect(register).toBeNull();
    expect(enrolment.problems.map((problem) => problem.fix).join()).toMatch(fix);
  });

  it('keeps its owner’s bounds, and the difference is told', () => {
    const { register, enrolment } = run(given);
    expect(register).toBeNull();
    expect(enrolment.notes.join()).toContain('Min 1 and Max 20');
  });
});

describe('the alarms', () => {
  const [alarm] = run({}).putAlarms;
  const standing = (changes: object) => [
    { alarmName: alarm?.alarmName ?? '', spec: alarm ? { ...alarm, ...changes } : null },
  ];

  it.each<[string, Partial<Situation>, number, number]>([
    ['are put when there is none', {}, 1, 0],
    ['are left when they stand', { alarms: standing({}) }, 0, 0],
    ['are put again with another threshold', { alarms: standing({ threshold: 1 }) }, 1, 0],
    [
      'are put over what somebody made of one',
      { alarms: [{ alarmName: alarm?.alarmName ?? '', spec: null }] },
      1,
      0,
    ],
    [
      'go when they are of another kind',
      { alarms: [{ alarmName: `fast-scaler/${TARGET.resourceId}/old`, spec: null }] },
      1,
      1,
    ],
    ['go with the endpoint', { endpoint: undefined, alarms: standing({}) }, 0, 1],
    [
      'go with the variant',
      {
        endpoint: { ...FAST, variants: new Map([['B', { inService: 1, desired: 1 }]]) },
        alarms: standing({}),
      },
      0,
      1,
    ],
    [
      'come before the variants of a new endpoint are shown',
      { endpoint: { ...FAST, status: 'Creating', variants: new Map() } },
      1,
      0,
    ],
  ])('%s', (_, situation, put, deleted) => {
    const { putAlarms, deleteAlarms } = run({}, situation);
    expect([putAlarms.length, deleteAlarms.length]).toEqual([put, deleted]);
  });

  it('of a paused target are left as they are', () => {
    const paused = run({ mode: 'paused' }, { alarms: standing({ threshold: 1 }) });
    expect([paused.putAlarms, paused.deleteAlarms]).toEqual([[], []]);
  });
});

describe('the lead time to expect', () => {
  const kind = (type: string | null) => ({ type, endpointConfigName: 'checkout-1' });
  it.each([
    ['of what is not known', null, DEFAULTS.leadTimeSeconds, 0],
    ['of several types', kind(null), DEFAULTS.leadTimeSeconds, 0],
    ['of a kind that is not known', kind('ml.x9.large'), DEFAULTS.leadTimeSeconds, 0],
    ['of the kind that the default is for', kind('ml.g5.xlarge'), 300, 0],
    ['of a CPU', kind('ml.m5.large'), 240, 1],
    ['of the largest', kind('ml.p5.48xlarge'), 600, 1],
  ])('%s', (_, instance, seconds, notes) => {
    const { enrolment } = run({}, { instance });
    expect(enrolment.config.leadTimeSeconds).toBe(seconds);
    expect(enrolment.instance).toEqual(instance ?? undefined);
    expect(enrolment.notes.filter((note) => note.includes('expected of'))).toHaveLength(notes);
  });
});

describe('an endpoint whose instances do not follow from what it is called', () => {
  const OWN_METRIC = { ...BUSY, dimensions: {}, loadScope: 'variant' } as const;
  const isOf = (kind: Management) => ({ ...FAST, managed: new Map([[TARGET.variantName, kind]]) });
  const asynchronous = { ...FAST, isAsynchronous: true };
  const ours: ScalingPolicy = { ...INVOCATIONS, policyName: BACKSTOP_NAME };

  it.each<[string, TargetSettings, EndpointReading, string]>([
    ['asynchronous', { targetPerInstance: 60 }, asynchronous, 'waits in a queue'],
    ['serverless', {}, isOf('serverless'), 'is serverless'],
    [
      'serverless, whatever measures it',
      { signal: OWN_METRIC, targetPerInstance: 1 },
      isOf('serverless'),
      'is serverless',
    ],
    ['managed by SageMaker', {}, isOf('instances'), 'ManagedInstanceScaling'],
  ])('is not scaled, and its owner told why: %s', (_, settings, endpoint, why) => {
    const { enrolment, ...todo } = run(settings, { endpoint, policies: [ours] });
    expect(enrolment.signal).toBeNull();
    expect(enrolment.problems).toEqual([
      expect.objectContaining({ what: expect.stringContaining(why), code: 'unsupported' }),
    ]);
    expect(todo).toMatchObject({
      register: null,
      putAlarms: [],
      putBackstop: null,
      deleteBackstop: true,
    });
  });

  it('keeps what is known of it: whose bounds stand, and what is read once for a configuration', () => {
    const { endpointConfigName } = asynchronous;
    const latency = { seconds: 1, endpointConfigName };
    const instance = { type: 'ml.g5.xlarge', endpointConfigName };
    const lease = { untilSeconds: 900, restores: { min: 1, max: 20 } };
    const inherited = { bounds: { min: 9, max: 20 }, lease };
    const known = { latency, instance, inherited };
    const { enrolment } = run({}, { endpoint: asynchronous, ...known });
    expect(enrolment).toMatchObject(known);
    const later = { endpoint: asynchronous, latency, instance, previous: enrolment };
    expect(run({}, later).enrolment).toMatchObject(known);
    expect(
      run({}, { endpoint: undefined, previous: enrolment }).enrolment.inherited,
    ).toBeUndefined();
  });

  it.each<[string, TargetSettings, EndpointReading]>([
    [
      'asynchronous, by a metric of the owner’s own',
      { signal: OWN_METRIC, targetPerInstance: 1 },
      asynchronous,
    ],
    ['of another variant', {}, { ...FAST, managed: new Map([['B', 'serverless']]) }],
  ])('is scaled: %s', (_, settings, endpoint) => {
    const { enrolment, deleteBackstop } = run(settings, { endpoint });
    expect(enrolment.signal).not.toBeNull();
    expect(enrolment.problems).toEqual([]);
    expect(deleteBackstop).toBe(false);
  });
});
