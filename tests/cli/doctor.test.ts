import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { BACKSTOP_NAME } from '../../lib/enrolment/plan.ts';
import {
  type DoctorReport,
  FINDING_CODES,
  type Finding,
  type FindingCode,
} from '../../lib/operate/finding.ts';
import { variantTarget } from '../../lib/target.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { fastScaler } from '../operate/command-line.ts';
import {
  CHECKOUT,
  type EndpointOptions,
  OperateWorld,
  type WorldOptions,
} from '../operate/world.ts';
import { expectGolden } from './golden.ts';

let world: OperateWorld;
const run = (...args: string[]) => fastScaler(world, ['doctor', ...args]);

beforeEach(async () => {
  world = await OperateWorld.create();
});

async function examine(name?: string): Promise<{ code: number; findings: Finding[] }> {
  const { code, stdout, stderr } = await run(...(name ? [name] : []), '--json');
  expect(stderr).toBe('');
  const { account, targets } = JSON.parse(stdout) as DoctorReport;
  return { code, findings: [...account, ...targets.flatMap(({ findings }) => findings)] };
}

/** An endpoint that nothing is wrong with, enrolled. */
async function enrolled(options: EndpointOptions = {}, config: object | string = {}) {
  world.addEndpoint({ bounds: { min: 2, max: 20 }, ...options });
  world.setDemand(0.5);
  await world.run(600);
  await world.enrol(CHECKOUT, config);
  await world.run(60);
}

const deny = (operation: string, error = 'AccessDeniedException') =>
  world.parts.account.intercept((call) => {
    if (call.operation !== operation) return;
    throw new AwsError(error, `User: u is not authorized to perform: ${operation}`);
  });

describe('an account in order', () => {
  it('has no findings and exit code 0', async () => {
    await enrolled();
    expect(await examine()).toEqual({ code: 0, findings: [] });
    await expectGolden('doctor-well.txt', await run());
  });

  it('may have no endpoint', async () => {
    await world.run(200);
    expect(await examine()).toEqual({ code: 0, findings: [] });
  });
});

interface Trouble {
  readonly code: FindingCode;
  readonly world?: WorldOptions;
  readonly arrange: () => Promise<unknown>;
  /** What the fix must say. */
  readonly fix: RegExp;
  readonly severity?: Finding['severity'];
}

const TROUBLES: readonly Trouble[] = [
  {
    code: 'stack-missing',
    world: { isDeployed: false },
    arrange: async () => world.addEndpoint(),
    fix: /^npx serverless deploy --stage prod/,
  },
  {
    code: 'stack-leaving',
    arrange: async () => {
      await enrolled();
      await world.deployment?.remove();
    },
    fix: /npx serverless deploy --stage prod/,
  },
  {
    code: 'sweep-missing',
    arrange: async () => {
      await world.run(120);
      world.deployment?.kill();
      await world.run(800);
    },
    fix: /npx serverless deploy.*\/aws\/lambda\/sagemaker-fast-scaler-prod-sweep/,
  },
  {
    code: 'caller-permission',
    arrange: async () => {
      await enrolled();
      deny('ListServiceQuotas');
    },
    severity: 'warning',
    fix: /^Allow servicequotas:ListServiceQuotas and/,
  },
  {
    code: 'defaults-invalid',
    arrange: async () => {
      await enrolled();
      await world.putParameter(DEFAULTS_PARAMETER, '{"modee": "act"}');
    },
    fix: /^fast-scaler config check \/fast-scaler\/defaults/,
  },
  {
    code: 'not-enrolled',
    arrange: async () => world.addEndpoint(),
    severity: 'hint',
    fix: /^aws ssm put-parameter --type String --name \/fast-scaler\/targets\/checkout\/AllTraffic --value '{}'$/,
  },
  {
    code: 'config-invalid',
    arrange: () => enrolled({}, { riskPrice: 0 }),
    fix: /^fast-scaler config check checkout\/AllTraffic/,
  },
  {
    code: 'no-endpoint',
    arrange: () => world.enrol(CHECKOUT, {}),
    fix: /delete the parameter/,
  },
  {
    code: 'no-target',
    arrange: () => enrolled({ bounds: null }, { targetPerInstance: 1500 }),
    fix: /Set "minCapacity" and "maxCapacity" in .*register-scalable-target/,
  },
  {
    code: 'no-signal',
    arrange: () => enrolled({ cooldowns: null }),
    fix: /Set "targetPerInstance" in \/fast-scaler\/targets\/checkout\/AllTraffic/,
  },
  {
    code: 'endpoint-state',
    arrange: async () => {
      await enrolled();
      failEndpoint();
    },
    fix: /aws sagemaker describe-endpoint --endpoint-name checkout --query FailureReason/,
  },
  {
    code: 'not-taken-up',
    arrange: async () => {
      await enrolled();
      world.addEndpoint({ endpointName: 'late' });
      world.deployment?.kill();
      await world.enrol(variantTarget('late', 'AllTraffic'));
    },
    severity: 'warning',
    fix: /within a minute/,
  },
  {
    code: 'paused',
    arrange: () => enrolled({}, { mode: 'paused' }),
    severity: 'hint',
    fix: /^fast-scaler resume checkout\/AllTraffic --mode act$/,
  },
  {
    code: 'observed',
    arrange: () => enrolled({}, { mode: 'observe' }),
    severity: 'hint',
    fix: /^fast-scaler resume checkout\/AllTraffic --mode act$/,
  },
  {
    code: 'muted',
    arrange: async () => {
      await enrolled();
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
    code: 'alarm-missing',
    arrange: async () => {
      await enrolled();
      world.parts.cloudWatch.deleteAlarms([highAlarmName(CHECKOUT)]);
    },
    fix: /puts it back at 09:40:0\d UTC; at once by aws ssm put-parameter --overwrite .*\/checkout\/AllTraffic --value '{}'$/,
  },
  {
    code: 'backstop-missing',
    arrange: async () => {
      await enrolled({ cooldowns: null }, { targetPerInstance: 1500 });
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
    arrange: async () => {
      await enrolled();
      world.deployment?.kill();
      await world.run(300);
    },
    fix: /logs of the sweep and recheck functions/,
  },
  {
    code: 'lease-overdue',
    arrange: async () => {
      await enrolled();
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
    arrange: () => failedChange('AccessDeniedException'),
    fix: /Deploy the stack again.*service control policy/,
  },
  {
    code: 'change-failed',
    arrange: () => failedChange('LimitExceededException'),
    fix: /The next look tries again/,
  },
  {
    code: 'slow-metrics',
    arrange: () => enrolled({ isEnhanced: false }),
    severity: 'warning',
    fix: /--metrics-config EnableEnhancedMetrics=true,MetricPublishFrequencyInSeconds=10 .*--endpoint-name checkout/,
  },
  {
    code: 'burstable',
    arrange: () => enrolled({ instanceType: 'ml.t2.medium' }),
    fix: /another instance type/,
  },
  {
    code: 'no-room',
    arrange: () => enrolled({ bounds: { min: 3, max: 3 } }),
    severity: 'warning',
    fix: /--min-capacity 3 --max-capacity 6$/,
  },
  {
    code: 'min-zero',
    arrange: () => enrolled({ bounds: { min: 0, max: 3 }, initialCount: 1 }),
    severity: 'warning',
    fix: /--min-capacity 1 --max-capacity 3$/,
  },
  {
    code: 'min-one',
    arrange: () => enrolled({ bounds: { min: 1, max: 3 } }),
    severity: 'hint',
    fix: /--min-capacity 2 --max-capacity 3$/,
  },
  {
    code: 'quota',
    world: { instanceQuota: { 'ml.g5.xlarge': 19 } },
    arrange: () => enrolled(),
    severity: 'warning',
    fix: /request-service-quota-increase --service-code sagemaker --quota-code L-[0-9A-F]{8} --desired-value 20$/,
  },
  {
    code: 'no-policy',
    arrange: () => enrolled({ cooldowns: null }, { mode: 'observe', targetPerInstance: 1500 }),
    severity: 'warning',
    fix: /put-scaling-policy .*"TargetValue":1500/,
  },
  {
    code: 'short-cooldown',
    arrange: () => enrolled({ cooldowns: { out: 10, in: 300 } }),
    severity: 'hint',
    fix: /--policy-name owners-policy .*"TargetValue":1500.*"ScaleOutCooldown":300,"ScaleInCooldown":300/,
  },
];

/** The embedded account fails no endpoint. */
function failEndpoint(): void {
  const operations = world.parts.sageMaker.operations as Record<string, unknown>;
  operations.DescribeEndpoint = (input: { EndpointName: string }) => ({
    ...world.parts.sageMaker.describeEndpoint(input),
    EndpointStatus: 'Failed',
  });
}

async function failedChange(error: string): Promise<void> {
  await enrolled();
  deny('RegisterScalableTarget', error);
  world.setDemand(9);
  await world.run(60);
}

describe('finds', () => {
  it('something in a test for every code', () => {
    expect(TROUBLES.map(({ code }) => code).sort()).toEqual([...FINDING_CODES].sort());
  });

  it.each(TROUBLES)('$code', async ({ code, world: options, arrange, fix, severity = 'error' }) => {
    if (options) world = await OperateWorld.create(options);
    await arrange();
    const { code: exit, findings } = await examine();
    const found = findings.filter((finding) => finding.code === code);
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity, fix: expect.stringMatching(fix) });
    expect(exit).toBe(findings.some((finding) => finding.severity !== 'hint') ? 1 : 0);
  });
});

describe('does not find', () => {
  it.each<[FindingCode, string, () => Promise<unknown>, WorldOptions?]>([
    [
      'quota',
      'a quota that Max just fits in',
      () => enrolled(),
      { instanceQuota: { 'ml.g5.xlarge': 20 } },
    ],
    [
      'short-cooldown',
      'cooldowns as long as the lead time',
      () => enrolled({ cooldowns: { out: 300, in: 300 } }),
    ],
    ['min-one', 'a Min of 2', () => enrolled({ bounds: { min: 2, max: 3 } })],
    [
      'slow-metrics',
      'a signal that was chosen',
      () => enrolled({ isEnhanced: false }, { signal: 'concurrency', targetPerInstance: 4 }),
    ],
    ['no-policy', 'a backstop', () => enrolled({ cooldowns: null }, { targetPerInstance: 1500 })],
    [
      'min-one',
      'a floor that the scaler lowered not',
      async () => {
        await enrolled();
        world.setDemand(9);
        await world.run(60);
      },
    ],
    [
      'change-failed',
      'a failure of more than an hour ago',
      async () => {
        await failedChange('LimitExceededException');
        world.setDemand(0.5);
        await world.run(4000);
      },
    ],
    [
      'not-looked-at',
      'a look three minutes ago',
      async () => {
        await enrolled();
        const [status] = JSON.parse((await fastScaler(world, ['status', '--json'])).stdout).targets;
        world.deployment?.kill();
        const sinceSeconds = world.parts.clock.nowSeconds - Date.parse(status.lookedAt) / 1000;
        await world.run(180 - sinceSeconds);
      },
    ],
  ])('%s with %s', async (code, _, arrange, options) => {
    if (options) world = await OperateWorld.create(options);
    await arrange();
    expect((await examine()).findings.map((finding) => finding.code)).not.toContain(code);
  });
});

it('counts what other endpoints hold of a quota', async () => {
  world = await OperateWorld.create({ instanceQuota: { 'ml.g5.xlarge': 24 } });
  world.addEndpoint({ endpointName: 'other', bounds: { min: 5, max: 6 } });
  await enrolled();
  const { stdout } = await run('checkout', '--json');
  expect(JSON.parse(stdout).targets[0].findings).toEqual([]);
  const { findings } = await examine();
  const found = findings.find(({ code }) => code === 'quota');
  expect(found?.what).toContain('other variants hold 5 of them');
  expect(found?.fix).toMatch(/--desired-value 25$/);
});

describe('without a permission', () => {
  it.each([
    ['dynamodb:Query', 'Query'],
    ['dynamodb:GetItem', 'GetItem'],
    ['ssm:GetParametersByPath', 'GetParametersByPath'],
    ['sagemaker:ListEndpoints', 'ListEndpoints'],
    ['sagemaker:DescribeEndpoint', 'DescribeEndpoint'],
    ['sagemaker:DescribeEndpointConfig', 'DescribeEndpointConfig'],
    ['sagemaker:ListTags', 'ListTags'],
    ['application-autoscaling:DescribeScalableTargets', 'DescribeScalableTargets'],
    ['application-autoscaling:DescribeScalingPolicies', 'DescribeScalingPolicies'],
    ['cloudwatch:DescribeAlarms', 'DescribeAlarms'],
  ])('%s it says so once and concludes nothing', async (action, operation) => {
    await enrolled();
    world.addEndpoint({ endpointName: 'second', bounds: { min: 2, max: 6 } });
    await world.enrol(variantTarget('second', 'AllTraffic'));
    deny(operation);
    const { findings } = await examine();
    const serious = findings.filter(({ severity }) => severity !== 'hint');
    expect(serious.map(({ what }) => what)).toEqual([
      expect.stringMatching(new RegExp(`^You may not call ${action}`)),
    ]);
  });

  it('other faults end it', async () => {
    await enrolled();
    deny('ListEndpoints', 'ThrottlingException');
    const { code, stderr } = await run();
    expect(stderr).toMatch(/AWS does not answer as it should: ThrottlingException/);
    expect(code).toBe(3);
  });
});

it('tells a whole account', async () => {
  world = await OperateWorld.create({ instanceQuota: { 'ml.g5.xlarge': 15 } });
  world.addEndpoint({ cooldowns: { out: 10, in: 100 } });
  world.addEndpoint({
    endpointName: 'search',
    isEnhanced: false,
    tag: 'observe',
    bounds: { min: 2, max: 6 },
  });
  world.addEndpoint({ endpointName: 'ads', instanceType: 'ml.t2.medium', bounds: null });
  world.setDemand(0.3);
  world.setDemand(1.2, variantTarget('search', 'AllTraffic'));
  await world.run(600);
  await world.enrol();
  await world.run(700);
  await expectGolden('doctor.txt', await run());
  await expectGolden('doctor.json', await run('--json'));
});

it('examines a hundred endpoints, ten a second', async () => {
  for (let i = 0; i < 100; i += 1) world.addEndpoint({ endpointName: `endpoint-${i}` });
  const { stdout } = await run('--json');
  expect(JSON.parse(stdout).targets).toHaveLength(100);
});

it('knows no endpoint of that name', async () => {
  await world.run(200);
  const { code, stderr } = await run('nobody');
  expect(stderr).toContain('There is no endpoint nobody');
  expect(code).toBe(2);
});
