import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { BACKSTOP_NAME } from '../../lib/enrolment/plan.ts';
import type { Finding, FindingCode } from '../../lib/operate/finding.ts';
import { variantTarget } from '../../lib/target.ts';
import { AwsError } from '../../simulator/account/service.ts';
import {
  CHECKOUT,
  type EndpointOptions,
  type OperateWorld,
  type WorldOptions,
} from '../operate/world.ts';

/** An endpoint that nothing is wrong with, enrolled. */
export async function enrolled(
  world: OperateWorld,
  options: EndpointOptions = {},
  config: object | string = {},
) {
  world.addEndpoint({ bounds: { min: 2, max: 20 }, ...options });
  world.setDemand(0.5);
  await world.run(600);
  await world.enrol(CHECKOUT, config);
  await world.run(60);
}

/** From now on an operation is refused. */
export const deny = (world: OperateWorld, operation: string, error = 'AccessDeniedException') =>
  world.parts.account.intercept((call) => {
    if (call.operation !== operation) return;
    throw new AwsError(error, `User: u is not authorized to perform: ${operation}`);
  });

/** From now on scheduled actions of the target do not run, nor does a lease end. */
export const suspend = (world: OperateWorld) =>
  world.parts.autoScaling.registerScalableTarget({
    ServiceNamespace: 'sagemaker',
    ResourceId: CHECKOUT.resourceId,
    ScalableDimension: CHECKOUT.scalableDimension,
    SuspendedState: { ScheduledScalingSuspended: true },
  });

const METRIC = { namespace: 'Shop', metricName: 'Orders', dimensions: {} };

/** The configuration of a target that is scaled by a metric of its owner's. */
export const ORDERS = { signal: { ...METRIC, statistic: 'Sum' }, targetPerInstance: 600 };

/** The owner publishes it, so long after the end of each window. */
export function publishOrders(
  { parts: { clock, cloudWatch } }: OperateWorld,
  lateSeconds: number,
  resolutionSeconds = 10,
) {
  const periodMs = resolutionSeconds * 1000;
  const firstMs = Math.ceil(clock.nowMs / periodMs) * periodMs + periodMs;
  const sum = 5 * resolutionSeconds;
  clock.every(firstMs, periodMs, () => {
    const startMs = clock.nowMs - periodMs;
    const bin = { sum, minimum: 1, maximum: 1, sampleCount: sum };
    clock.at(clock.nowMs + lateSeconds * 1000, () =>
      cloudWatch.recordBin(METRIC, startMs, resolutionSeconds, bin),
    );
  });
}

/** Something that the doctor must find. */
export interface Trouble {
  readonly code: FindingCode;
  readonly world?: WorldOptions;
  readonly arrange: (world: OperateWorld) => Promise<unknown>;
  /** What the fix must say. */
  readonly fix: RegExp;
  readonly severity?: Finding['severity'];
}

/** One for every code. */
export const TROUBLES: readonly Trouble[] = [
  {
    code: 'stack-missing',
    world: { isDeployed: false },
    arrange: async (world) => world.addEndpoint(),
    fix: /^npx serverless deploy --stage prod/,
  },
  {
    code: 'stack-leaving',
    arrange: async (world) => {
      await enrolled(world);
      await world.deployment?.remove();
    },
    fix: /npx serverless remove --stage prod --region eu-west-1/,
  },
  {
    code: 'sweep-missing',
    arrange: async (world) => {
      await world.run(120);
      world.deployment?.kill();
      await world.run(800);
    },
    fix: /npx serverless deploy --stage prod --region eu-west-1 .*\/aws\/lambda\/sagemaker-fast-scaler-prod-sweep/,
  },
  {
    code: 'caller-permission',
    arrange: async (world) => {
      await enrolled(world);
      deny(world, 'ListServiceQuotas');
    },
    severity: 'warning',
    fix: /^Allow servicequotas:ListServiceQuotas and/,
  },
  {
    code: 'defaults-invalid',
    arrange: async (world) => {
      await enrolled(world);
      await world.putParameter(DEFAULTS_PARAMETER, '{"modee": "act"}');
    },
    fix: /^fast-scaler config check \/fast-scaler\/defaults/,
  },
  {
    code: 'not-enrolled',
    arrange: async (world) => world.addEndpoint(),
    severity: 'hint',
    fix: /^aws ssm put-parameter --type String --name \/fast-scaler\/targets\/checkout\/AllTraffic --value '{}'$/,
  },
  {
    code: 'config-invalid',
    arrange: (world) => enrolled(world, {}, { riskPrice: 0 }),
    fix: /^fast-scaler config check checkout\/AllTraffic/,
  },
  {
    code: 'no-endpoint',
    arrange: (world) => world.enrol(CHECKOUT, {}),
    fix: /delete the parameter/,
  },
  {
    code: 'no-target',
    arrange: (world) => enrolled(world, { bounds: null }, { targetPerInstance: 1500 }),
    fix: /Set "minCapacity" and "maxCapacity" in .*register-scalable-target/,
  },
  {
    code: 'no-signal',
    arrange: (world) => enrolled(world, { cooldowns: null }),
    fix: /Set "targetPerInstance" in \/fast-scaler\/targets\/checkout\/AllTraffic/,
  },
  {
    code: 'unsupported',
    arrange: async (world) => {
      const told = world.parts.sageMaker.operations as Record<string, unknown>;
      told.DescribeEndpoint = (input: { EndpointName: string }) => ({
        ...world.parts.sageMaker.describeEndpoint(input),
        AsyncInferenceConfig: { OutputConfig: {} },
      });
      await enrolled(world);
    },
    fix: /^Remove the tag of the endpoint, or \/fast-scaler\/targets\/checkout\/AllTraffic \(where it was discovered, .*\), and let a policy on ApproximateBacklogSizePerInstance/,
  },
  {
    code: 'silent-signal',
    arrange: async (world) => {
      await enrolled(world, {}, ORDERS);
      await world.run(1000);
    },
    fix: /published every ten seconds, .* or set another "signal" in \/fast-scaler\/targets\/checkout\/AllTraffic\.$/,
  },
  {
    code: 'late-signal',
    arrange: async (world) => {
      publishOrders(world, 120);
      await enrolled(world, {}, ORDERS);
      await world.run(2400);
    },
    fix: /^Publish it within seconds .* or set another "signal" in \/fast-scaler\/targets\/checkout\/AllTraffic\.$/,
  },
  {
    code: 'coarse-signal',
    arrange: async (world) => {
      publishOrders(world, 5, 60);
      await enrolled(world, {}, ORDERS);
      await world.run(2700);
    },
    severity: 'warning',
    fix: /storage resolution of 1, .* or set another "signal" in \/fast-scaler\/targets\/checkout\/AllTraffic\.$/,
  },
  {
    code: 'endpoint-state',
    arrange: async (world) => {
      await enrolled(world);
      failEndpoint(world);
    },
    fix: /aws sagemaker describe-endpoint --endpoint-name checkout --query FailureReason/,
  },
  {
    code: 'not-taken-up',
    arrange: async (world) => {
      await enrolled(world);
      world.addEndpoint({ endpointName: 'late' });
      world.deployment?.kill();
      await world.enrol(variantTarget('late', 'AllTraffic'));
    },
    severity: 'warning',
    fix: /within a minute/,
  },
  {
    code: 'paused',
    arrange: (world) => enrolled(world, {}, { mode: 'paused' }),
    severity: 'hint',
    fix: /^fast-scaler resume checkout\/AllTraffic --mode act$/,
  },
  {
    code: 'observed',
    arrange: (world) => enrolled(world, {}, { mode: 'observe' }),
    severity: 'hint',
    fix: /^fast-scaler resume checkout\/AllTraffic --mode act$/,
  },
  {
    code: 'muted',
    arrange: async (world) => {
      await enrolled(world);
      const end = new Date(world.parts.clock.nowMs + 900_000).toISOString();
      const muteDetail = { muteWindowEnd: end.replace('Z', '+0000') };
      world.parts.bus.emit({
        source: 'aws.cloudwatch',
        detailType: 'CloudWatch Alarm State Change',
        resources: [],
        detail: { alarmName: highAlarmName(CHECKOUT), state: { value: 'ALARM' }, muteDetail },
      });
      await world.run(5);
    },
    severity: 'hint',
    fix: /Delete the alarm mute rule/,
  },
  {
    code: 'scaling-suspended',
    arrange: async (world) => {
      await enrolled(world);
      suspend(world);
    },
    severity: 'warning',
    fix: /register-scalable-target .* --suspended-state DynamicScalingInSuspended=false,/,
  },
  {
    code: 'alarm-missing',
    arrange: async (world) => {
      await enrolled(world);
      world.parts.cloudWatch.deleteAlarms([highAlarmName(CHECKOUT)]);
    },
    fix: /puts it back at 09:40:0\d UTC; at once by aws ssm put-parameter --overwrite .*\/checkout\/AllTraffic --value '{}'$/,
  },
  {
    code: 'backstop-missing',
    arrange: async (world) => {
      await enrolled(world, { cooldowns: null }, { targetPerInstance: 1500 });
      world.parts.autoScaling.deleteScalingPolicy({
        ServiceNamespace: 'sagemaker',
        ResourceId: CHECKOUT.resourceId,
        ScalableDimension: CHECKOUT.scalableDimension,
        PolicyName: BACKSTOP_NAME,
      });
    },
    severity: 'warning',
    fix: /puts it back at 09:40:0\d UTC/,
  },
  {
    code: 'not-looked-at',
    arrange: async (world) => {
      await enrolled(world);
      world.deployment?.kill();
      await world.run(300);
    },
    fix: /logs of the sweep and recheck functions/,
  },
  {
    code: 'lease-overdue',
    arrange: async (world) => {
      await enrolled(world);
      world.setDemand(9);
      await world.run(60);
      world.deployment?.kill();
      world.parts.autoScaling.deleteScheduledAction({
        ServiceNamespace: 'sagemaker',
        ResourceId: CHECKOUT.resourceId,
        ScalableDimension: CHECKOUT.scalableDimension,
        ScheduledActionName: 'fast-scaler-restore',
      });
      await world.run(1200);
    },
    fix: /register-scalable-target .* --min-capacity 2 --max-capacity 20$/,
  },
  {
    code: 'service-permission',
    arrange: (world) => failedChange(world, 'AccessDeniedException'),
    fix: /Deploy the stack again.*service control policy/,
  },
  {
    code: 'change-failed',
    arrange: (world) => failedChange(world, 'LimitExceededException'),
    fix: /The next look tries again/,
  },
  {
    code: 'slow-metrics',
    arrange: (world) => enrolled(world, { isEnhanced: false }),
    severity: 'warning',
    fix: /--metrics-config EnableEnhancedMetrics=true,MetricPublishFrequencyInSeconds=10 .*--endpoint-name checkout/,
  },
  {
    code: 'burstable',
    arrange: (world) => enrolled(world, { instanceType: 'ml.t2.medium' }),
    fix: /another instance type/,
  },
  {
    code: 'no-room',
    arrange: (world) => enrolled(world, { bounds: { min: 3, max: 3 } }),
    severity: 'warning',
    fix: /--min-capacity 3 --max-capacity 6$/,
  },
  {
    code: 'min-zero',
    arrange: (world) => enrolled(world, { bounds: { min: 0, max: 3 }, initialCount: 1 }),
    severity: 'warning',
    fix: /--min-capacity 1 --max-capacity 3$/,
  },
  {
    code: 'min-one',
    arrange: (world) => enrolled(world, { bounds: { min: 1, max: 3 } }),
    severity: 'hint',
    fix: /--min-capacity 2 --max-capacity 3$/,
  },
  {
    code: 'capacity-unused',
    arrange: (world) => enrolled(world, {}, { minCapacity: 3, maxCapacity: 20 }),
    severity: 'hint',
    fix: /--min-capacity 3 --max-capacity 20$/,
  },
  {
    code: 'quota',
    world: { instanceQuota: { 'ml.g5.xlarge': 19 } },
    arrange: (world) => enrolled(world),
    severity: 'warning',
    fix: /request-service-quota-increase --service-code sagemaker --quota-code L-[0-9A-F]{8} --desired-value 20$/,
  },
  {
    code: 'no-policy',
    arrange: (world) =>
      enrolled(world, { cooldowns: null }, { mode: 'observe', targetPerInstance: 1500 }),
    severity: 'warning',
    fix: /put-scaling-policy .*"TargetValue":1500/,
  },
  {
    code: 'short-cooldown',
    arrange: (world) => enrolled(world, { cooldowns: { out: 10, in: 300 } }),
    severity: 'hint',
    fix: /--policy-name owners-policy .*"TargetValue":1500.*"ScaleOutCooldown":300,"ScaleInCooldown":300/,
  },
];

/** The embedded account fails no endpoint. */
function failEndpoint(world: OperateWorld): void {
  const operations = world.parts.sageMaker.operations as Record<string, unknown>;
  operations.DescribeEndpoint = (input: { EndpointName: string }) => ({
    ...world.parts.sageMaker.describeEndpoint(input),
    EndpointStatus: 'Failed',
  });
}

export async function failedChange(world: OperateWorld, error: string): Promise<void> {
  await enrolled(world);
  deny(world, 'RegisterScalableTarget', error);
  world.setDemand(9);
  await world.run(60);
}
