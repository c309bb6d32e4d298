import { DeleteScalingPolicyCommand } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import {
  CONCURRENCY,
  INVOCATIONS,
  policies,
  registered,
  track,
} from './autoscaling-policy-calls.ts';
import { refusal, TARGET } from './sagemaker-world.ts';

describe('the alarms of a target tracking policy', () => {
  const dimensions = [
    { Name: 'EndpointName', Value: 'Chat' },
    { Name: 'VariantName', Value: 'main' },
  ];

  it('on invocations: 3 of 3 minutes above, 15 of 15 below nine tenths', async () => {
    const world = registered();
    const { PolicyARN } = await track(world, INVOCATIONS);
    const shared = {
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${PolicyARN}.`,
      ActionsEnabled: true,
      AlarmActions: [PolicyARN],
      Namespace: 'AWS/SageMaker',
      MetricName: 'InvocationsPerInstance',
      Dimensions: dimensions,
      Statistic: 'Sum',
      Period: 60,
    };
    expect(world.alarms.inputs.get(world.alarms.named('AlarmHigh'))).toEqual({
      ...shared,
      AlarmName: expect.stringMatching(
        /^TargetTracking-endpoint\/Chat\/variant\/main-AlarmHigh-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      ),
      EvaluationPeriods: 3,
      Threshold: 1500,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    expect(world.alarms.inputs.get(world.alarms.named('AlarmLow'))).toEqual({
      ...shared,
      AlarmName: expect.stringMatching(/^TargetTracking-endpoint\/Chat\/variant\/main-AlarmLow-/),
      EvaluationPeriods: 15,
      Threshold: 1350,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  it('on concurrency: 3 of 3 ten seconds above, but 15 of 15 minutes below', async () => {
    const world = registered();
    await track(world, CONCURRENCY);
    const shared = { MetricName: 'ConcurrentRequestsPerModel', Statistic: 'Maximum' };
    expect(world.alarms.inputs.get(world.alarms.named('AlarmHigh'))).toMatchObject({
      ...shared,
      Period: 10,
      EvaluationPeriods: 3,
      Threshold: 5,
    });
    expect(world.alarms.inputs.get(world.alarms.named('AlarmLow'))).toMatchObject({
      ...shared,
      Period: 60,
      EvaluationPeriods: 15,
      Threshold: 4.5,
    });
  });

  it('on a metric of the customer: at one minute', async () => {
    const world = registered();
    await track(world, {
      TargetValue: 0.7,
      CustomizedMetricSpecification: {
        Namespace: 'App',
        MetricName: 'Busy',
        Dimensions: [{ Name: 'Stage', Value: 'live' }],
        Statistic: 'Average',
        Unit: 'Percent',
      },
    });
    expect(world.alarms.inputs.get(world.alarms.named('AlarmLow'))).toMatchObject({
      Namespace: 'App',
      MetricName: 'Busy',
      Dimensions: [{ Name: 'Stage', Value: 'live' }],
      Statistic: 'Average',
      Unit: 'Percent',
      Period: 60,
      Threshold: 0.63,
    });
  });

  it('is refused with a unit that CloudWatch does not have', async () => {
    const specification = { Namespace: 'App', MetricName: 'Busy', Statistic: 'Average' } as const;
    const policy = track(registered(), {
      TargetValue: 1,
      CustomizedMetricSpecification: { ...specification, Unit: 'Second' },
    });
    expect(await refusal(policy)).toMatch(/^ValidationException: The parameter Unit .* Second\.$/);
  });

  it('keep their names when the policy is changed', async () => {
    const world = registered();
    const first = await track(world, INVOCATIONS);
    const names = [...world.alarms.inputs.keys()];
    const second = await track(world, { ...INVOCATIONS, TargetValue: 1000 });
    expect(second.PolicyARN).toBe(first.PolicyARN);
    expect([...world.alarms.inputs.keys()]).toEqual(names);
    expect([...world.alarms.inputs.values()].map(({ Threshold }) => Threshold)).toEqual([
      1000, 900,
    ]);
  });

  it('lack the low one where scale-in is disabled', async () => {
    const world = registered();
    await track(world, INVOCATIONS);
    await track(world, { ...INVOCATIONS, DisableScaleIn: true });
    expect(() => world.alarms.named('AlarmLow')).toThrow('0 alarms');
    world.alarms.named('AlarmHigh');
    await track(world, { ...INVOCATIONS, DisableScaleIn: false });
    world.alarms.named('AlarmLow');
  });

  it('go with the policy, and with the target', async () => {
    const world = registered();
    await track(world, INVOCATIONS);
    await world.autoScalingClient.send(
      new DeleteScalingPolicyCommand({ ...TARGET, PolicyName: 'track' }),
    );
    expect(world.alarms.inputs.size).toBe(0);
    await track(world, CONCURRENCY);
    expect(world.alarms.inputs.size).toBe(2);
    world.autoScaling.deregisterScalableTarget(TARGET);
    expect(world.alarms.inputs.size).toBe(0);
    expect(await policies(world)).toEqual([]);
  });
});
