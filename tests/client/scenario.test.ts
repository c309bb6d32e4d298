import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoEnrolmentStore } from '../../lib/aws/enrolment-store.ts';
import { CHECKOUT, LifecycleWorld, PER_INSTANCE } from '../lifecycle/world.ts';
import { ScenarioCaller } from './scenario-caller.ts';

const OWNERS = { min: 1, max: 20 };

let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
});

async function signal() {
  const { account } = world.parts;
  const client = new DynamoDBClient(account.clientConfig());
  const record = await dynamoEnrolmentStore(client, () => 'Table').read('checkout');
  return record.targets[0]?.enrolment.signal;
}

/** The requests that the endpoint sees: SageMaker's own count of them comes a minute late. */
const endpointSees = (perSecond: number) => world.setDemand(perSecond / PER_INSTANCE);

/** Seconds until `isSo`, up to `most`. */
async function secondsUntil(isSo: () => boolean, most: number): Promise<number> {
  const from = world.nowSeconds;
  while (!isSo() && world.nowSeconds - from < most) await world.run(1);
  return world.nowSeconds - from;
}

const minimum = () => world.bounds(CHECKOUT)?.min ?? 0;

describe('arrivals that two callers count', () => {
  let callers: ScenarioCaller[];

  beforeEach(async () => {
    world.addEndpoint({ isEnhanced: false });
    await world.run(240);
    callers = [new ScenarioCaller(world.parts, 150), new ScenarioCaller(world.parts, 850)];
    callers[0]?.call(1, 100);
    endpointSees(1);
    await world.run(60);
    // One request a second for each instance; the load at rest is well within one.
    await world.apply(CHECKOUT, { targetPerInstance: 120 });
    await world.run(60);
  });

  const callAtOnce = (perSecond: number) => {
    for (const caller of callers) caller.call(perSecond / callers.length, 100);
    endpointSees(perSecond);
  };

  it('are found by auto, wake the scaler by an alarm, and size the jump', async () => {
    expect(await signal()).toMatchObject({
      load: { namespace: 'FastScaler/Client', metricName: 'Arrivals' },
      targetPerInstance: 120,
    });
    expect(world.alarmThreshold(CHECKOUT)).toBe(0.8 * 20);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
    callAtOnce(18);
    const reaction = await secondsUntil(() => minimum() > 1, 120);
    // The window, the lag of the metric, the interval of the alarm, and a window that is waited for.
    expect(reaction).toBeLessThanOrEqual(50);
    await world.run(60);
    expect(minimum()).toBeGreaterThanOrEqual(9);
    expect(minimum()).toBeLessThanOrEqual(11);
  });

  it('that fall back bring the owner’s bounds back', async () => {
    callAtOnce(18);
    await world.run(300);
    expect(minimum()).toBeGreaterThanOrEqual(9);
    callAtOnce(0);
    await world.run(420);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
    expect(world.deployment.failures).toEqual([]);
  });

  it('nothing is lost or counted twice on the way', async () => {
    callAtOnce(18);
    await world.run(120);
    callAtOnce(0);
    await world.run(60);
    const metric = {
      namespace: 'FastScaler/Client',
      metricName: 'Arrivals',
      dimensions: { EndpointName: 'checkout', VariantName: 'AllTraffic' },
    };
    const { cloudWatch, clock } = world.parts;
    const points = cloudWatch.statistic(metric, 'Sum', 10, clock.nowMs - 7_200_000, clock.nowMs);
    const counted = points.reduce((sum, { value }) => sum + value, 0);
    const dropped = callers.map(({ load }) => load.backlog.dropped.requests);
    expect(dropped).toEqual([0, 0]);
    const sent = callers.reduce((sum, { requests }) => sum + requests, 0);
    expect(sent).toBeGreaterThan(18 * 120);
    expect(counted).toBe(sent);
  });
});

describe('busy seconds', () => {
  it('measure concurrency where the owner’s policy tracks it', async () => {
    world.addEndpoint({ isEnhanced: false, hasPolicy: false });
    world.parts.autoScaling.putScalingPolicy({
      ServiceNamespace: 'sagemaker',
      ResourceId: CHECKOUT.resourceId,
      ScalableDimension: CHECKOUT.scalableDimension,
      PolicyName: 'owners',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 2,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
        },
      },
    });
    await world.run(240);
    const caller = new ScenarioCaller(world.parts, 300);
    caller.call(1, 100);
    endpointSees(1);
    await world.run(60);
    await world.apply(CHECKOUT);
    await world.run(60);
    expect(await signal()).toMatchObject({
      load: { metricName: 'BusySeconds' },
      windowsPerTargetUnit: 0.1,
      targetPerInstance: 2,
    });
    // Eight a second that take two seconds each: sixteen under way, eight instances.
    caller.call(8, 2000);
    endpointSees(8);
    await world.run(120);
    expect(minimum()).toBeGreaterThanOrEqual(8);
    expect(minimum()).toBeLessThanOrEqual(10);
  });
});

describe('callers that fall silent', () => {
  /** Arrivals as callers publish them that leave no process behind: nothing is said of calm. */
  async function publish(perWindow: number, forSeconds: number): Promise<void> {
    const { cloudWatch, account } = world.parts;
    for (let second = 0; second < forSeconds; second += 10) {
      await cloudWatch.operations.PutMetricData?.(
        {
          Namespace: 'FastScaler/Client',
          MetricData: [
            {
              MetricName: 'Arrivals',
              Dimensions: [
                { Name: 'EndpointName', Value: 'checkout' },
                { Name: 'VariantName', Value: 'AllTraffic' },
              ],
              Value: perWindow,
              Timestamp: world.parts.clock.nowSeconds,
              StorageResolution: 1,
            },
          ],
        },
        account.context,
      );
      await world.run(10);
    }
  }

  beforeEach(async () => {
    // Metrics of a minute as late as they may be on AWS.
    world = await LifecycleWorld.create(1, { metricLagSeconds: { standard: 100 } });
    world.addEndpoint({ isEnhanced: false });
    endpointSees(1);
    await publish(10, 300);
    await world.apply(CHECKOUT, { targetPerInstance: 120 });
    expect(await signal()).toMatchObject({ load: { metricName: 'Arrivals' } });
    endpointSees(18);
    await publish(180, 300);
    expect(minimum()).toBeGreaterThanOrEqual(9);
  });

  it('are believed once SageMaker has counted nothing for a minute', async () => {
    endpointSees(0);
    await world.run(600);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
  });

  it('are not believed while SageMaker counts requests', async () => {
    await world.run(30);
    const standing = world.bounds(CHECKOUT);
    await world.run(600);
    expect(world.bounds(CHECKOUT)).toEqual(standing);
    expect(standing?.min).toBeGreaterThanOrEqual(9);
  });
});

describe('callers that are not all', () => {
  beforeEach(async () => {
    world.addEndpoint({ isEnhanced: false });
    endpointSees(18);
    await world.run(240);
    await world.apply(CHECKOUT, { targetPerInstance: 120 });
    await world.run(300);
    expect(minimum()).toBeGreaterThanOrEqual(6);
  });

  it('change nothing as long as most of the load is not theirs', async () => {
    const canary = new ScenarioCaller(world.parts, 150);
    canary.call(1, 100);
    await world.run(1900);
    expect(await signal()).toMatchObject({ load: { metricName: 'ConcurrentRequestsPerModel' } });
    expect(minimum()).toBeGreaterThanOrEqual(8);
    canary.call(18, 100);
    await world.run(1900);
    expect(await signal()).toMatchObject({ load: { metricName: 'Arrivals' } });
    expect(minimum()).toBeGreaterThanOrEqual(8);
    // It goes without a word, and with it what the scaler went by.
    canary.call(0, 0);
    await canary.load.close();
    await world.run(1900);
    expect(await signal()).toMatchObject({ load: { metricName: 'ConcurrentRequestsPerModel' } });
    expect(minimum()).toBeGreaterThanOrEqual(8);
  });
});

describe('a surge that a caller tells of', () => {
  const looks = () =>
    world.calls.filter(({ operation }) => operation === 'DescribeEndpoint').length;

  beforeEach(async () => {
    world.addEndpoint();
    await world.run(300);
    await world.apply(CHECKOUT);
    // Past the sweep of this minute, and at rest.
    await world.runTo(Math.ceil(world.nowSeconds / 60) * 60 + 55);
  });

  it('wakes a cycle within a second, and one more once the window can be read', async () => {
    const caller = new ScenarioCaller(world.parts, 0, { surge: {} });
    caller.answer = { status: 429, error: 'ThrottlingException' };
    const before = looks();
    caller.call(1, 0);
    await world.run(0.9);
    expect(looks()).toBe(before + 1);
    caller.call(0, 0);
    await world.run(1.1);
    expect(looks()).toBe(before + 1);
    const rechecks = await secondsUntil(() => looks() > before + 1, 30);
    expect(rechecks).toBeLessThanOrEqual(11);
    expect(world.deployment.failures).toEqual([]);
  });

  it('a flood of them makes no more looks than one in five seconds', async () => {
    const { bus, clock } = world.parts;
    const detail = {
      schemaVersion: 1,
      endpointName: 'checkout',
      reason: 'queue',
      observed: 40,
    };
    const before = looks();
    for (let i = 0; i < 500; i += 1) {
      clock.after(i * 20, () => {
        bus.emit({ source: 'fast-scaler', detailType: 'Load Surge', resources: [], detail });
      });
    }
    await world.run(10);
    expect(looks() - before).toBe(2);
  });

  it('of nonsense wakes nobody', async () => {
    const before = looks();
    const detail = { schemaVersion: 1, endpointName: '../checkout', reason: 'queue', observed: 1 };
    world.parts.bus.emit({
      source: 'fast-scaler',
      detailType: 'Load Surge',
      resources: [],
      detail,
    });
    await world.run(2);
    expect(looks()).toBe(before);
    expect(world.deployment.failures).toEqual([]);
  });
});
