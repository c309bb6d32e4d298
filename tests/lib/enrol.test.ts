import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { converge } from '../../lib/enrolment/enrol.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { TARGET, World } from './fakes.ts';

let world: World;
const name = targetParameterName(TARGET);
const run = () => converge(world.runtime(), TARGET);

beforeEach(() => {
  world = new World();
});

describe('a written parameter', () => {
  it('enrols the target, makes its alarm and asks for a look', async () => {
    world.parameters.set(name, '{"targetPerInstance":1500}');
    await run();
    expect(world.enrolments.get(TARGET.resourceId)).toMatchObject({
      signal: 'invocations',
      targetPerInstance: 1500,
      mode: 'act',
    });
    expect(world.alarms.get('fast-scaler/endpoint/checkout/variant/AllTraffic/high')).toMatchObject(
      {
        metric: { metricName: 'InvocationsPerInstance', statistic: 'Sum' },
        threshold: 0.8 * 250,
      },
    );
    expect(world.rechecks).toEqual([
      { recheck: { endpointName: 'checkout', cause: 'sweep' }, delaySeconds: 0 },
    ]);
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
    world.bounds.set(TARGET.resourceId, { min: 2, max: 9 });
    world.parameters.set(name, text);
    await run();
    const alarm = world.alarms.get(highAlarmName(TARGET));
    expect(alarm?.metric.metricName).toBe(metricName);
    expect(alarm?.threshold).toBeCloseTo(threshold);
  });

  it.each([
    ['not JSON', '{'],
    ['a misspelt key', '{"targetPerInstance":1500,"targetPerInstnace":1}'],
    ['a missing target', '{}'],
  ])('changes nothing when it is invalid: %s', async (_, text) => {
    world.parameters.set(name, text);
    await run();
    expect([world.enrolments.size, world.alarms.size, world.rechecks.length]).toEqual([0, 0, 0]);
  });

  it('lets the caller know of any other fault', async () => {
    world.parameters.set(name, '{"targetPerInstance":1500}');
    world.fail('alarms');
    await expect(run()).rejects.toThrow('alarms is down');
  });
});

describe('a deleted parameter', () => {
  beforeEach(() => {
    world.enrolments.set(TARGET.resourceId, {});
    world.alarms.set(highAlarmName(TARGET), {} as never);
  });

  it.each([
    ['a raised floor', { min: 9, max: 20 }, [{ min: 1, max: 20 }]],
    ['bounds that the owner changed since', { min: 2, max: 6 }, []],
    ['the owner’s bounds', { min: 1, max: 20 }, []],
  ])('brings the baseline back and leaves nothing behind: %s', async (_, observed, nudges) => {
    world.record = world.enrolled({
      baseline: { min: 1, max: 20 },
      written: { min: 9, max: 20 },
      before: { min: 1, max: 20 },
    });
    world.bounds.set(TARGET.resourceId, observed);
    await run();
    expect(world.nudges).toEqual(nudges);
    expect([world.enrolments.size, world.alarms.size]).toEqual([0, 0]);
  });

  it('is no error for a target that was never enrolled', async () => {
    world.record = undefined;
    await run();
    expect(world.nudges).toEqual([]);
  });
});
