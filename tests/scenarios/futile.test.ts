import { describe, expect, it, vi } from 'vitest';
import { AwsError } from '../../simulator/account/service.ts';
import { ScenarioWorld, TARGET } from './world.ts';

const SURGE_AT = 600;
const HOUR = 3600;

/** What the scaler asked for in vain, with the time, as Application Auto Scaling shows it. */
function refused(world: ScenarioWorld, statusCode: 'Failed' | 'Unfulfilled') {
  const { ScalingActivities } = world.parts.autoScaling.describeScalingActivities({
    ServiceNamespace: 'sagemaker',
    ResourceId: TARGET.resourceId,
  });
  return ScalingActivities.filter(
    ({ StatusCode, Cause }) => StatusCode === statusCode && Cause?.startsWith('minimum capacity'),
  )
    .map(({ Description, StartTime }) => ({
      capacity: Number(/\d+/.exec(Description ?? '')?.[0]),
      atSeconds: Math.round((StartTime as unknown as number) - world.startSeconds),
    }))
    .reverse();
}

/**
 * The owner's policy has nothing to say: on its own it asks again every minute, by the rules of
 * Application Auto Scaling, whatever the scaler does.
 */
function silenceOwnersPolicy(world: ScenarioWorld): void {
  world.parts.autoScaling.putScalingPolicy({
    ServiceNamespace: 'sagemaker',
    ResourceId: TARGET.resourceId,
    ScalableDimension: TARGET.scalableDimension,
    PolicyName: 'target-tracking-invocations',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 1e6,
      DisableScaleIn: true,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
      },
    },
  });
}

const gaps = (times: readonly number[]) => times.slice(1).map((at, i) => at - (times[i] as number));

describe('a quota of 4 instances against a demand of 9', () => {
  const quota = { instanceQuota: { 'ml.g5.xlarge': 4 } };

  it('gives what the quota allows within two looks, tells once, and tries again ever more rarely', async () => {
    const world = await ScenarioWorld.create(1, quota);
    silenceOwnersPolicy(world);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    expect(world.capacity.desired).toBe(4);
    expect(world.bounds.min).toBe(4);
    expect(refused(world, 'Failed')).toMatchObject([{ capacity: expect.any(Number) }]);

    await world.runTo(SURGE_AT + 3 * HOUR);
    const attempts = refused(world, 'Failed').map(({ atSeconds }) => atSeconds);
    const spacing = gaps(attempts);
    expect(attempts.length).toBeGreaterThanOrEqual(6);
    expect(attempts.length).toBeLessThanOrEqual(14);
    expect(spacing.at(-1)).toBeGreaterThanOrEqual(1800);
    // The first attempt after the instances that the quota allowed came into service waited longer.
    expect(spacing.slice(1)).toEqual([...spacing.slice(1)].sort((a, b) => a - b));
    expect(world.capacity).toEqual({ inService: 4, desired: 4 });

    const [told, ...more] = world.notifications('quota-refused');
    expect(more).toEqual([]);
    expect(told?.attributes).toEqual({
      kind: 'quota-refused',
      severity: 'critical',
      endpoint: 'checkout',
    });
    expect(told?.line).toContain('"ml.g5.xlarge for endpoint usage"');
    expect(told?.line).toContain(
      'aws service-quotas request-service-quota-increase --region eu-west-1 --service-code sagemaker --quota-code "$(',
    );
    expect(told?.line).toMatch(/--desired-value \d+$/);
    expect(told?.document.details).toMatchObject({
      quota: 'ml.g5.xlarge for endpoint usage',
      limit: 4,
      inUse: 1,
      possible: 4,
    });
    expect(world.deployment.failures).toEqual([]);
  });

  it('says in its records what was refused and why', async () => {
    const world = await ScenarioWorld.create(1, quota);
    silenceOwnersPolicy(world);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    const records = await world.deployment.decisions('checkout');
    const learned = records.find(({ inputs }) => inputs?.refusal);
    expect(learned?.inputs?.refusal).toEqual({
      reason: 'quota-refused',
      quota: {
        name: 'ml.g5.xlarge for endpoint usage',
        limit: 4,
        inUse: 1,
        asked: expect.any(Number),
      },
    });
    expect(learned?.steps.map(({ name, reason }) => [name, reason])).toContainEqual([
      'pending',
      'quota-refused',
    ]);
    expect(learned).toMatchObject({ taken: { min: 4, max: 20 }, outcome: { status: 'taken' } });
  });

  it('gives all that is needed once the quota is raised, and the next refusal is news', async () => {
    const instanceQuota = { 'ml.g5.xlarge': 4 };
    const world = await ScenarioWorld.create(1, { instanceQuota });
    silenceOwnersPolicy(world);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 1200);
    instanceQuota['ml.g5.xlarge'] = 100;
    await world.runTo(SURGE_AT + 1200 + 1800 + 200);
    expect(world.capacity.inService).toBeGreaterThanOrEqual(9);
    expect(world.notifications('quota-refused')).toHaveLength(1);

    instanceQuota['ml.g5.xlarge'] = 12;
    await world.runTo(SURGE_AT + 2 * HOUR);
    world.setDemand(SURGE_AT + 2 * HOUR, 18);
    await world.runTo(SURGE_AT + 2 * HOUR + 120);
    expect(world.notifications('quota-refused')).toHaveLength(2);
    expect(world.capacity.desired).toBe(12);
  });

  it('asks for nothing more where the quota is used up', async () => {
    const world = await ScenarioWorld.create(1, { instanceQuota: { 'ml.g5.xlarge': 1 } });
    silenceOwnersPolicy(world);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + HOUR);
    expect(world.capacity).toEqual({ inService: 1, desired: 1 });
    expect(refused(world, 'Failed').length).toBeLessThanOrEqual(8);
    expect(world.notifications('quota-refused')).toHaveLength(1);
    // The floor that nobody can reach does not stand: every policy run would ask for it again.
    expect(world.bounds.min).toBe(1);
  });

  it('sends again as after any loss when nobody can tell why a request came to nothing', async () => {
    const world = await ScenarioWorld.create(1, quota);
    world.parts.account.intercept(({ operation }) => {
      if (operation === 'DescribeScalingActivities') throw world.fault();
    });
    silenceOwnersPolicy(world);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 120);
    expect(world.timesOf('RegisterScalableTarget').length).toBeGreaterThan(3);
    expect(world.notifications('quota-refused')).toEqual([]);
    expect(world.deployment.failures).toEqual([]);
  });
});

it('a prewarm beyond a quota is tried again ever more rarely, with rest in between', async () => {
  const world = await ScenarioWorld.create(1, { instanceQuota: { 'ml.g5.xlarge': 4 } });
  silenceOwnersPolicy(world);
  world.setDemand(0, 0.5);
  await world.runTo(SURGE_AT);
  await world.prewarm({ minInstances: 6, durationMinutes: 600 });
  await world.runTo(SURGE_AT + HOUR);
  expect(world.capacity.desired).toBe(4);
  const looks = world.timesOf('DescribeEndpoint').length;
  const attempts = refused(world, 'Failed').length;
  await world.runTo(SURGE_AT + 3 * HOUR);
  expect(refused(world, 'Failed').length - attempts).toBeGreaterThanOrEqual(3);
  // The sweep looks every minute.
  expect(world.timesOf('DescribeEndpoint').length - looks).toBeLessThan(2 * 80);
  expect(world.bounds.min).toBe(4);
});

it('a request that fails for a reason nobody knows is tried ever more rarely, and told once', async () => {
  const world = await ScenarioWorld.create(1);
  silenceOwnersPolicy(world);
  const setDesired = vi.spyOn(world.parts.sageMaker, 'setDesired').mockImplementation(() => {
    throw new AwsError('ValidationException', 'The model data of the variant is gone.');
  });
  world.setDemand(SURGE_AT, 9);
  await world.runTo(SURGE_AT + HOUR);
  const attempts = refused(world, 'Failed').map(({ atSeconds }) => atSeconds);
  const spacing = gaps(attempts);
  expect(attempts.length).toBeGreaterThan(3);
  expect(attempts.length).toBeLessThanOrEqual(8);
  expect(spacing).toEqual([...spacing].sort((a, b) => a - b));
  expect(world.bounds.min).toBe(1);
  expect(world.notifications('request-failed')).toMatchObject([
    { line: expect.stringContaining('describe-scaling-activities') },
  ]);

  setDesired.mockRestore();
  await world.runTo(SURGE_AT + 2 * HOUR);
  expect(world.capacity.inService).toBeGreaterThanOrEqual(9);
});

describe('no capacity in EC2 for half an hour', () => {
  const forSeconds = 1800;
  const until = SURGE_AT + 2 * HOUR;

  it('is waited out: nothing is stacked, one notification, attempts with growing spacing', async () => {
    const world = await ScenarioWorld.create(1, {
      insufficientCapacity: ({ atMs }) =>
        atMs / 1000 - world.startSeconds < until ? { forSeconds } : undefined,
    });
    silenceOwnersPolicy(world);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 1700);
    expect(world.endpointStatus).toBe('Updating');
    const [sentAt] = world.timesOf('RegisterScalableTarget');
    // While the endpoint is locked nothing else is asked for.
    expect(world.timesOf('RegisterScalableTarget').filter((at) => at > SURGE_AT)).toEqual([sentAt]);
    expect(world.notifications('insufficient-capacity')).toEqual([]);

    await world.runTo(SURGE_AT + 1860);
    const [told] = world.notifications('insufficient-capacity');
    expect(told?.line).toContain('AWS had none of this type: the endpoint is back at 1');
    expect(told?.document.details).toMatchObject({ desired: 1, attempts: 1 });

    await world.runTo(until + 2 * HOUR);
    expect(world.notifications('insufficient-capacity')).toHaveLength(1);
    expect(world.capacity.inService).toBeGreaterThanOrEqual(9);
    const attempts = refused(world, 'Unfulfilled').map(({ atSeconds }) => atSeconds);
    const waits = gaps(attempts).map((gap) => gap - forSeconds);
    expect(waits.length).toBeGreaterThanOrEqual(2);
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(60 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(60 * 2 ** i + 30);
    });
    expect(world.deployment.failures).toEqual([]);
  });
});
