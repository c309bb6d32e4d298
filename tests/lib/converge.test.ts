import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { applyChange, applyDefaults } from '../../lib/enrolment/apply-change.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

let world: World;
const { resourceId } = TARGET;
const name = targetParameterName(TARGET);
const run = () => applyChange(world.runtime(), TARGET);
const inForce = () => world.enrolments.inForce.get(resourceId)?.enrolment;
/** Whether nothing is left to do for the next sweep. */
const isDone = () => {
  const due = world.enrolments.entries.get('checkout')?.targets.get(resourceId)?.dueAtSeconds;
  return (due ?? 0) > NOW_SECONDS;
};

beforeEach(() => {
  world = new World();
});

describe('a written parameter', () => {
  beforeEach(() => {
    world.policies.push({
      resourceId,
      policyName: 'owners',
      tracking: {
        predefined: 'SageMakerVariantInvocationsPerInstance',
        metricName: null,
        targetValue: 1500,
        scaleOutCooldownSeconds: 10,
        scaleInCooldownSeconds: 100,
      },
      alarms: 2,
    });
  });

  it('enrols the target, makes its alarm and asks for a look; the owner’s policy is left alone', async () => {
    world.parameters.set(name, '{}');
    await run();
    expect(inForce()).toMatchObject({
      config: { mode: 'act', targetPerInstance: null },
      signal: { load: { metricName: 'Invocations' }, targetPerInstance: 1500 },
      problems: [],
      wasRegistered: true,
    });
    expect(world.alarms.get('fast-scaler/endpoint/checkout/variant/AllTraffic/high')).toMatchObject(
      {
        metric: { metricName: 'InvocationsPerInstance', statistic: 'Sum' },
        threshold: 0.8 * 250,
      },
    );
    expect(world.writes).toEqual(['putAlarm']);
    expect(world.rechecks).toEqual([
      { recheck: { endpointName: 'checkout', cause: 'event' }, delaySeconds: 0 },
    ]);
  });

  it('makes only what differs the second time', async () => {
    world.parameters.set(name, '{}');
    await run();
    world.parameters.set(name, '{"riskPrice":20}');
    await run();
    expect(world.writes).toEqual(['putAlarm']);
    expect(inForce()?.config.riskPrice).toBe(20);
    world.parameters.set(name, '{"wakeFraction":0.5}');
    await run();
    expect(world.writes).toEqual(['putAlarm', 'putAlarm']);
  });

  it.each([
    [
      'concurrency',
      '{"targetPerInstance":8,"signal":"concurrency"}',
      'ConcurrentRequestsPerModel',
      6.4,
    ],
    [
      'a metric that counts the whole variant, at the capacity of rest',
      '{"targetPerInstance":8,"signal":{"namespace":"App","metricName":"Busy","statistic":"Average"}}',
      'Busy',
      2 * 6.4,
    ],
  ])('alarms on %s', async (_, text, metricName, threshold) => {
    world.bounds.set(resourceId, { min: 2, max: 9 });
    world.parameters.set(name, text);
    await run();
    const alarm = world.alarms.get(highAlarmName(TARGET));
    expect(alarm?.metric.metricName).toBe(metricName);
    expect(alarm?.threshold).toBeCloseTo(threshold);
  });

  it.each([
    ['not JSON', '{'],
    ['a misspelt key', '{"targetPerInstnace":1}'],
    ['a signal that there is not', '{"signal":"cpu"}'],
    ['crossed capacities', '{"minCapacity":2,"maxCapacity":1}'],
  ])('keeps the last good configuration when it is invalid: %s', async (_, text) => {
    world.parameters.set(name, '{"riskPrice":20}');
    await run();
    world.parameters.set(name, text);
    await run();
    expect(inForce()?.config.riskPrice).toBe(20);
    expect(world.enrolments.refusals.get(resourceId)).toMatchObject({ atSeconds: NOW_SECONDS });
    expect(world.writes).toEqual(['putAlarm']);
    world.parameters.set(name, '{"riskPrice":30}');
    await run();
    expect(inForce()?.config.riskPrice).toBe(30);
    expect(world.enrolments.refusals.size).toBe(0);
  });

  it.each([
    ['what was remembered of it is forgotten', 0, null],
    ['unless a cycle saved since, for there may be one again', 1, { min: 2, max: 20 }],
  ])('while there is no endpoint, %s', async (_, saves, baseline) => {
    world.parameters.set(name, '{}');
    await run();
    world.enrolments.states.set(resourceId, { baseline: { min: 2, max: 20 } });
    world.endpoint = undefined;
    const runtime = world.runtime();
    const { describe: describeEndpoint } = runtime.endpoints;
    runtime.endpoints.describe = async (endpointName) => {
      world.enrolments.version += saves;
      return describeEndpoint(endpointName);
    };
    await applyChange(runtime, TARGET);
    expect(world.enrolments.states.get(resourceId)?.baseline ?? null).toEqual(baseline);
  });

  it.each([
    ['of an endpoint that was mended is taken', 'observe', ['observe', 0, 'observe']],
    ['of an endpoint that was taken away is gone', undefined, ['act', 0, undefined]],
    ['that still is not valid is refused', 'onn', [undefined, 1, 'onn']],
  ])('a tag that was not valid is read again: one %s', async (_, tag, expected) => {
    world.enrolments.entries.set('checkout', { tag: 'on', news: 0, targets: new Map() });
    world.tags.set('checkout', tag);
    world.parameters.set(name, '{}');
    await run();
    const { refusals, entries } = world.enrolments;
    expect([inForce()?.config.mode, refusals.size, entries.get('checkout')?.tag]).toEqual(expected);
  });

  it.each([
    ['cannot be read', () => world.fail('listTags')],
    [
      'can only be read too late',
      () => void world.enrolments.lines.set('ListTags', world.nowMs + 8001),
    ],
  ])('a tag that was not valid, and %s, counts as it was', async (_, arrange) => {
    world.enrolments.entries.set('checkout', { tag: 'on', news: 0, targets: new Map() });
    world.tags.set('checkout', 'act');
    world.parameters.set(name, '{}');
    arrange();
    await run();
    expect(world.enrolments.refusals.get(resourceId)?.message).toContain('is "on"');
    expect(world.enrolments.entries.get('checkout')?.tag).toBe('on');
  });

  it('a valid tag is not read again', async () => {
    world.enrolments.entries.set('checkout', { tag: 'act', news: 0, targets: new Map() });
    world.parameters.set(name, '{}');
    await run();
    expect(world.tagReads).toEqual([]);
  });

  it('enrols nothing when the first one is invalid', async () => {
    world.parameters.set(name, '{');
    await run();
    expect([world.enrolments.inForce.size, world.alarms.size]).toEqual([0, 0]);
  });

  it.each([
    ['half an hour, with all that it needs', {}, 1800],
    ['five minutes, where something is missing', { invocationsEverySeconds: 60 }, 300],
    ['half an hour, of a kind that is not scaled', { isAsynchronous: true }, 1800],
  ])('is worked out again after %s', async (_, endpoint, seconds) => {
    world.endpoint = { ...world.withCounts(1, 1), ...endpoint };
    world.parameters.set(name, '{"signal":"invocations"}');
    await run();
    const { targets } = (await world.enrolments.entry('checkout')).entry;
    expect(targets.get(resourceId)?.dueAtSeconds).toBe(NOW_SECONDS + seconds);
  });

  it('counts invalid defaults as well', async () => {
    world.parameters.set(name, '{}');
    world.parameters.set(DEFAULTS_PARAMETER, '{"mod":"act"}');
    await run();
    expect(world.enrolments.refusals.get(resourceId)?.message).toContain(DEFAULTS_PARAMETER);
  });

  it('lets the caller know of any other fault', async () => {
    world.parameters.set(name, '{}');
    world.fail('putAlarm');
    await expect(run()).rejects.toThrow('putAlarm is down');
    expect(isDone()).toBe(false);
  });

  it('leaves the rest to the sweep when the line before the quota is long', async () => {
    world.parameters.set(name, '{}');
    world.enrolments.lines.set('PutMetricAlarm', world.nowMs + 8001);
    await run();
    expect([world.writes, isDone()]).toEqual([[], false]);
    world.enrolments.lines.set('PutMetricAlarm', world.nowMs + 8000);
    await run();
    expect([world.writes, isDone()]).toEqual([['putAlarm'], true]);
  });

  it('does nothing while the stack is being deleted', async () => {
    world.enrolments.leaving = true;
    world.parameters.set(name, '{}');
    await run();
    expect(world.enrolments.inForce.size).toBe(0);
  });

  it('puts no backstop beside a policy that the owner put a moment ago', async () => {
    const owners = world.policies.splice(0);
    world.parameters.set(name, '{"targetPerInstance":60}');
    const runtime = world.runtime();
    const { put } = runtime.alarms;
    runtime.alarms.put = async (alarm) => {
      world.policies.push(...owners);
      await put(alarm);
    };
    await applyChange(runtime, TARGET);
    expect(world.policies).toEqual(owners);
    world.policies.length = 0;
    await run();
    expect(world.writes).toEqual(['putAlarm', 'putPolicy']);
  });

  it('reckons with the owner’s bounds in the middle of a surge', async () => {
    world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
    world.enrolments.states.set(resourceId, {
      baseline: { min: 2, max: 20 },
      written: { min: 9, max: 20 },
    });
    world.bounds.set(resourceId, { min: 9, max: 20 });
    world.parameters.set(
      name,
      '{"targetPerInstance":10,"signal":{"namespace":"App","metricName":"Busy","statistic":"Average"}}',
    );
    await run();
    expect(world.alarms.get(highAlarmName(TARGET))?.threshold).toBeCloseTo(0.8 * 10 * 2);
  });

  it('goes by what callers count where SageMaker counts too seldom', async () => {
    world.endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: 60 };
    world.callers = { arrivals: true, busy: false };
    world.parameters.set(name, '{"targetPerInstance":60}');
    await run();
    expect(inForce()?.signal?.load.metricName).toBe('Arrivals');
    expect(inForce()?.notes).toContain(
      'Invocations are published every 60 s. The load is what the client library counts.',
    );
  });

  it('measures the latency once for an endpoint configuration', async () => {
    const endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: 60 };
    world.endpoint = endpoint;
    world.latencySeconds = 0.08;
    world.parameters.set(name, '{}');
    await run();
    expect(inForce()?.signal?.targetPerInstance).toBe(2);
    world.latencySeconds = 8;
    await run();
    expect(inForce()?.signal?.targetPerInstance).toBe(2);
  });

  it.each([
    ['a shorter one within an hour of the first', 3599, 0.04, 1],
    ['no shorter one after an hour', 3600, 0.04, 2],
    ['no longer one', 60, 0.16, 2],
  ])(
    'takes %s, since the first may have been measured amid a surge',
    async (_, seconds, shorter, expected) => {
      world.endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: 60 };
      world.latencySeconds = 0.08;
      world.parameters.set(name, '{}');
      await run();
      world.nowMs += 1000 * seconds;
      world.latencySeconds = shorter;
      await run();
      expect(inForce()?.signal?.targetPerInstance).toBe(expected);
    },
  );

  it('keeps the latency of an earlier endpoint configuration until that of the new one is known', async () => {
    const endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: 60 };
    world.endpoint = endpoint;
    world.latencySeconds = 0.08;
    world.parameters.set(name, '{}');
    await run();
    world.latencySeconds = 8;
    const targets: (number | undefined)[] = [];
    const changed = { ...endpoint, endpointConfigName: 'checkout-2' };
    for (const [seconds, reading] of [
      [0, { ...changed, status: 'Updating' as const }],
      // For all this time the earlier one may have answered, too.
      [120, { ...changed, status: 'Updating' as const }],
      [59, changed],
      [0, changed],
      [60, changed],
    ] as const) {
      world.nowMs += seconds * 1000;
      world.endpoint = reading;
      await run();
      targets.push(inForce()?.signal?.targetPerInstance);
    }
    expect(targets).toEqual([2, 2, 2, 2, 200]);
    expect(inForce()?.latency).toEqual({
      seconds: 8,
      spread: 0,
      endpointConfigName: 'checkout-2',
    });
  });
});

describe('the lead time', () => {
  const types = (type: string) => new Map([['AllTraffic', type]]);
  const leadTime = () => inForce()?.config.leadTimeSeconds;

  it('is that of the instance’s kind, read once for an endpoint configuration', async () => {
    const endpoint = { ...world.withCounts(1, 1), endpointConfigName: 'checkout-1' };
    world.endpoint = endpoint;
    world.instanceTypes = types('ml.p5.48xlarge');
    world.parameters.set(name, '{"targetPerInstance":60}');
    await run();
    expect(leadTime()).toBe(600);
    world.instanceTypes = types('ml.m5.large');
    await run();
    expect(leadTime()).toBe(600);
    world.endpoint = { ...endpoint, endpointConfigName: 'checkout-2' };
    await run();
    expect(leadTime()).toBe(240);
  });

  it('is the usual one where the configuration cannot be read', async () => {
    world.endpoint = world.withCounts(1, 1);
    world.fail('variantInstances');
    world.parameters.set(name, '{"targetPerInstance":60}');
    await run();
    expect(leadTime()).toBe(300);
    expect(inForce()?.signal).not.toBeNull();
  });

  it('that the owner set stands', async () => {
    world.endpoint = world.withCounts(1, 1);
    world.instanceTypes = types('ml.p5.48xlarge');
    world.parameters.set(name, '{"targetPerInstance":60,"leadTimeSeconds":300}');
    await run();
    expect(leadTime()).toBe(300);
    expect(inForce()?.instance).toBeUndefined();
  });
});

describe('changed defaults', () => {
  beforeEach(() => {
    world.parameters.set(name, '{"targetPerInstance":60}');
  });

  it('reach every target', async () => {
    await applyDefaults(world.runtime());
    world.parameters.set(DEFAULTS_PARAMETER, '{"riskPrice":99}');
    await applyDefaults(world.runtime());
    expect(inForce()?.config.riskPrice).toBe(99);
  });

  it('wait for those that follow at once', async () => {
    await applyDefaults(world.runtime());
    const runtime = world.runtime();
    const sleep = async (milliseconds: number) => {
      world.parameters.set(DEFAULTS_PARAMETER, '{"riskPrice":99}');
      await runtime.sleep(milliseconds);
    };
    await applyDefaults({ ...runtime, sleep });
    expect(inForce()?.config.riskPrice).toBe(99);
  });

  it('are taken together when they come fast', async () => {
    const looks = Array.from({ length: 200 }, () => applyDefaults(world.runtime()));
    await Promise.all(looks);
    // The first and one for all the others.
    expect(world.rechecks.length).toBe(2);
    expect(world.enrolments.lines.get('defaults')).toBe(NOW_SECONDS * 1000 + 20_000);
  });
});
