import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { limitRates } from '../../simulator/account/rate-limits.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { shownIn } from './shown.ts';
import { CHECKOUT, LifecycleWorld } from './world.ts';

let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
});

describe('quotas', () => {
  /** PutMetricAlarm: 3 a second (CloudWatch service quotas). */
  const busiestSecond = (operation: string) => {
    const counts = new Map<number, number>();
    for (const call of world.calls) {
      if (call.operation !== operation) continue;
      const second = Math.floor(call.atSeconds);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
  };

  it('a hundred endpoints are enrolled and released at three alarms a second at most', async () => {
    const targets = Array.from({ length: 100 }, (_, i) =>
      world.addEndpoint({ endpointName: `endpoint-${i}` }),
    );
    await world.run(300);
    await world.putParameter(DEFAULTS_PARAMETER, { discover: true });
    await world.run(200);
    expect(targets.filter((target) => world.alarmThreshold(target) === undefined)).toEqual([]);
    expect(busiestSecond('PutMetricAlarm')).toBeLessThanOrEqual(3);
    // The sweep works at it beside the function that heard of the defaults.
    expect(world.countOf('PutMetricAlarm')).toBeLessThanOrEqual(105);
    await world.putParameter(DEFAULTS_PARAMETER, {});
    await world.run(300);
    expect(targets.flatMap((target) => world.leftovers(target))).toEqual([]);
    expect(busiestSecond('DeleteAlarms')).toBeLessThanOrEqual(3);
    expect(world.deployment.failures).toEqual([]);
  });

  it('a hundred parameters at once, likewise', async () => {
    const targets = Array.from({ length: 100 }, (_, i) =>
      world.addEndpoint({ endpointName: `endpoint-${i}` }),
    );
    await world.run(300);
    for (const target of targets) {
      world.parts.clock.after(0, () => world.enrol(target));
    }
    await world.run(200);
    expect(targets.filter((target) => world.alarmThreshold(target) === undefined)).toEqual([]);
    expect(busiestSecond('PutMetricAlarm')).toBeLessThanOrEqual(3);
    expect(world.deployment.failures).toEqual([]);
  });

  it('forty backstops, whose two alarms each count too', async () => {
    limitRates(world.parts.account, [
      {
        service: 'cloudwatch',
        operations: ['PutMetricAlarm'],
        perSecond: 3,
        behind: [{ service: 'application-auto-scaling', operation: 'PutScalingPolicy', tokens: 2 }],
      },
    ]);
    let failed = 0;
    world.parts.account.onCall(({ errorCode }) => {
      if (errorCode === 'FailedResourceAccessException') failed += 1;
    });
    const targets = Array.from({ length: 40 }, (_, i) =>
      world.addEndpoint({ endpointName: `endpoint-${i}`, hasPolicy: false }),
    );
    await world.run(300);
    for (const target of targets) {
      world.parts.clock.after(0, () => world.enrol(target, { targetPerInstance: 1500 }));
    }
    await world.run(150);
    expect(world.countOf('PutScalingPolicy')).toBe(40);
    expect(failed).toBe(0);
    expect(world.deployment.failures).toEqual([]);
  });

  it('three hundred endpoints are asked for their tags without being throttled', async () => {
    let throttled = 0;
    const calls = new Map<number, number>();
    world.parts.account.intercept(({ operation }) => {
      if (operation !== 'ListTags') return;
      const second = Math.floor(world.nowSeconds);
      calls.set(second, (calls.get(second) ?? 0) + 1);
      if ((calls.get(second) ?? 0) <= 5) return;
      throttled += 1;
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    });
    const targets = Array.from({ length: 300 }, (_, i) => {
      const isTagged = i % 10 === 0;
      const target = world.addEndpoint({
        endpointName: `endpoint-${i}`,
        ...(isTagged && { tag: 'act' }),
      });
      return { target, isTagged };
    });
    await world.run(780);
    const enrolled = targets.filter(({ target }) => world.alarmThreshold(target) !== undefined);
    expect(enrolled.filter(({ isTagged }) => !isTagged)).toEqual([]);
    expect(enrolled).toHaveLength(30);
    expect(throttled).toBe(0);
    expect(world.deployment.failures).toEqual([]);
  });

  it('tags that cannot be read for twenty minutes release nobody', async () => {
    world.addEndpoint({ tag: 'act' });
    await world.run(130);
    expect(world.alarmThreshold(CHECKOUT)).toBe(200);
    let refused = 0;
    world.parts.account.intercept(({ operation }) => {
      if (operation !== 'ListTags' && operation !== 'ListEndpoints') return;
      refused += 1;
      // Not throttled: the SDK would try that again, in real time.
      throw new AwsError('InternalFailure', 'down', 400);
    });
    await world.run(1300);
    expect(refused).toBeGreaterThan(20);
    expect(world.alarmThreshold(CHECKOUT)).toBe(200);
    expect((await shownIn(world, CHECKOUT)).enrolment?.config.mode).toBe('act');
  });

  it('two hundred changes in a minute cost one convergence each at most', async () => {
    world.addEndpoint();
    await world.run(300);
    await world.apply(CHECKOUT);
    const before = world.countOf('PutMetricAlarm');
    for (let i = 1; i <= 200; i += 1) {
      const wakeFraction = 0.5 + i / 1000;
      world.parts.clock.after(i * 300, () => world.enrol(CHECKOUT, { wakeFraction }));
    }
    await world.run(130);
    expect(world.countOf('PutMetricAlarm') - before).toBeLessThanOrEqual(200);
    expect(busiestSecond('PutMetricAlarm')).toBeLessThanOrEqual(3);
    expect(world.alarmThreshold(CHECKOUT)).toBeCloseTo(0.7 * 250);
    expect((await shownIn(world, CHECKOUT)).enrolment?.config.wakeFraction).toBe(0.7);
    expect(world.deployment.failures).toEqual([]);
  });
});
