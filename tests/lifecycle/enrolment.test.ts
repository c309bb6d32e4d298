import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import type { ScalableTarget } from '../../lib/target.ts';
import { shownIn } from './shown.ts';
import { CHECKOUT, LifecycleWorld, PER_INSTANCE } from './world.ts';

let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
});

const shown = (target: ScalableTarget) => shownIn(world, target);

const signalOf = async (target = CHECKOUT) => {
  const { enrolment } = await shown(target);
  const { signal } = enrolment ?? {};
  return signal && [signal.load.metricName, signal.targetPerInstance];
};

describe('adoption', () => {
  it('takes everything off the question’s endpoint: an empty parameter is enough', async () => {
    world.addEndpoint();
    await world.run(300);
    await world.apply(CHECKOUT);
    expect(await signalOf()).toEqual(['Invocations', 1500]);
    expect(world.alarmThreshold(CHECKOUT)).toBe(200);
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 20 });
    expect(world.policies(CHECKOUT)).toEqual(['target-tracking-invocations-1700000000']);
    expect((await shown(CHECKOUT)).enrolment?.problems).toEqual([]);
    expect(world.countOf('PutScalingPolicy')).toBe(0);
    world.setDemand(9);
    await world.run(40);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
  });

  it('turns 1500 invocations into concurrency where nothing faster is published, and says so', async () => {
    world.addEndpoint({ isEnhanced: false });
    world.setDemand(0.5);
    await world.run(900);
    await world.apply(CHECKOUT);
    const [metricName, target = 0] = (await signalOf()) as [string, number];
    expect(metricName).toBe('ConcurrentRequestsPerModel');
    // 25 a second for the 0.2 s of an idle instance at least, and as far above that mean as peaks lie.
    expect(target).toBeGreaterThan(2 * PER_INSTANCE * 0.2);
    expect(target).toBeLessThan(3 * PER_INSTANCE * 0.2);
    const notes = (await shown(CHECKOUT)).enrolment?.notes.join('\n');
    expect(notes).toContain('1500 invocations a minute at a measured latency of');
    expect(notes).toContain('MetricPublishFrequencyInSeconds=10');
  });

  it('says what it assumes where no request was ever measured, and measures the first within minutes', async () => {
    world.addEndpoint({ isEnhanced: false });
    await world.run(300);
    await world.apply(CHECKOUT);
    expect(await signalOf()).toEqual(['ConcurrentRequestsPerModel', 1500]);
    const { notes = [], problems } = (await shown(CHECKOUT)).enrolment ?? {};
    expect(notes.join('\n')).toContain('No request was seen in the last hour');
    expect(notes.join('\n')).toContain('aws sagemaker update-endpoint --endpoint-name checkout');
    expect(problems).toEqual([]);
    world.setDemand(0.5);
    await world.run(240);
    const [, target] = (await signalOf()) as [string, number];
    expect(target).toBeLessThan(3 * PER_INSTANCE * 0.2);
  });

  it('counts what the client library counts where that is published', async () => {
    world.addEndpoint({ isEnhanced: false });
    await world.run(300);
    await world.parts.cloudWatch.operations.PutMetricData?.(
      {
        Namespace: 'FastScaler/Client',
        MetricData: [
          {
            MetricName: 'Arrivals',
            Dimensions: [
              { Name: 'EndpointName', Value: 'checkout' },
              { Name: 'VariantName', Value: 'AllTraffic' },
            ],
            Value: 1,
            StorageResolution: 1,
          },
        ],
      },
      world.parts.account.context,
    );
    await world.run(30);
    await world.apply(CHECKOUT);
    expect(await signalOf()).toEqual(['Arrivals', 1500]);
  });

  it('registers a scalable target and puts a backstop where there is neither', async () => {
    world.addEndpoint({ bounds: null });
    await world.run(300);
    await world.apply(CHECKOUT, { targetPerInstance: 1500, minCapacity: 1, maxCapacity: 8 });
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 8 });
    expect(world.leftovers(CHECKOUT)).toEqual(['alarm', 'fast-scaler-backstop']);
    await world.deleteParameter(CHECKOUT);
    await world.run(5);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 8 });
  });

  it('takes its backstop away when the owner puts a policy', async () => {
    world.addEndpoint({ hasPolicy: false });
    await world.run(300);
    await world.apply(CHECKOUT, { targetPerInstance: 1500 });
    expect(world.policies(CHECKOUT)).toEqual(['fast-scaler-backstop']);
    world.putOwnersPolicy(CHECKOUT, 'SageMakerVariantConcurrentRequestsPerModelHighResolution');
    await world.run(70);
    expect(world.policies(CHECKOUT)).toEqual(['target-tracking-invocations-1700000000']);
  });

  it('makes its backstop again when somebody deleted an alarm of it', async () => {
    world.addEndpoint({ hasPolicy: false });
    await world.run(300);
    await world.apply(CHECKOUT, { targetPerInstance: 1500 });
    const [low] = world.policyAlarms(CHECKOUT).filter((name) => name.includes('AlarmLow'));
    world.parts.cloudWatch.deleteAlarms([low as string]);
    expect(world.policyAlarms(CHECKOUT)).toHaveLength(1);
    await world.run(1900);
    expect(world.policyAlarms(CHECKOUT)).toHaveLength(2);
  });

  it('follows the owner’s policy', async () => {
    world.addEndpoint({ hasPolicy: false });
    await world.run(300);
    await world.apply(CHECKOUT);
    expect((await shown(CHECKOUT)).enrolment?.problems[0]?.fix).toContain('targetPerInstance');
    world.putOwnersPolicy(CHECKOUT);
    await world.run(70);
    expect(await signalOf()).toEqual(['Invocations', 1500]);
  });

  it('waits for an endpoint that is enrolled before it exists', async () => {
    await world.apply(CHECKOUT);
    expect((await shown(CHECKOUT)).enrolment?.problems[0]?.what).toContain('no endpoint checkout');
    world.addEndpoint();
    await world.run(360);
    expect(world.alarmThreshold(CHECKOUT)).toBe(200);
  });
});

describe('tags and discovery', () => {
  it('a tag enrols, and releases when it goes', async () => {
    world.addEndpoint({ tag: 'act' });
    await world.run(400);
    expect((await shown(CHECKOUT)).enrolment?.sources.mode).toBe('tag');
    expect(world.alarmThreshold(CHECKOUT)).toBe(200);
    const { EndpointArn } = world.parts.sageMaker.describeEndpoint({ EndpointName: 'checkout' });
    await world.parts.sageMaker.operations.DeleteTags?.(
      { ResourceArn: EndpointArn, TagKeys: ['fast-scaler'] },
      world.parts.account.context,
    );
    await world.run(700);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });

  it('a tag that there is not enrols nothing', async () => {
    world.addEndpoint({ tag: 'yes' });
    await world.run(400);
    const { enrolment, refusal } = await shown(CHECKOUT);
    expect(enrolment).toBeUndefined();
    expect(refusal?.message).toContain('"yes": expected "act" or "observe"');
  });

  it('discovery observes what is not enrolled, and touches nothing', async () => {
    world.addEndpoint();
    await world.run(300);
    await world.putParameter(DEFAULTS_PARAMETER, { discover: true });
    await world.run(60);
    expect((await shown(CHECKOUT)).enrolment).toMatchObject({
      config: { mode: 'observe' },
      sources: { mode: 'discover' },
    });
    world.setDemand(9);
    await world.run(120);
    const records = await world.deployment.decisions('checkout');
    expect(records[0]).toMatchObject({ mode: 'observe', outcome: { status: 'dry-run' } });
    expect(world.countOf('RegisterScalableTarget')).toBe(0);
    expect(world.countOf('PutScheduledAction')).toBe(0);
    await world.putParameter(DEFAULTS_PARAMETER, {});
    await world.run(70);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });
});

describe('the sweep', () => {
  it.each([
    ['written', async () => world.enrol(CHECKOUT), 200],
    [
      'deleted',
      async () => {
        world.parts.bus.removeRule('sagemaker-fast-scaler-parameter-rule-1');
        await world.deleteParameter(CHECKOUT);
      },
      undefined,
    ],
  ])('makes good a lost event of a %s parameter', async (what, change, threshold) => {
    world.addEndpoint();
    await world.run(300);
    if (what === 'deleted') await world.apply(CHECKOUT);
    else world.parts.bus.removeRule('sagemaker-fast-scaler-parameter-rule-1');
    await change();
    await world.run(70);
    expect(world.alarmThreshold(CHECKOUT)).toBe(threshold);
  });

  it('finds an enrolment unchanged without writing anything', async () => {
    world.addEndpoint();
    await world.run(300);
    await world.apply(CHECKOUT);
    await world.run(60);
    const writes = ['PutMetricAlarm', 'PutScalingPolicy', 'RegisterScalableTarget'];
    const before = writes.map((operation) => world.countOf(operation));
    await world.run(7200);
    expect(writes.map((operation) => world.countOf(operation))).toEqual(before);
  });
});
