import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { type DoctorReport, FINDING_CODES, type FindingCode } from '../../lib/operate/finding.ts';
import { variantTarget } from '../../lib/target.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld, type WorldOptions } from '../operate/world.ts';
import { examine } from './examine.ts';
import { expectGolden } from './golden.ts';
import { deny, enrolled, failedChange, TROUBLES } from './troubles.ts';

const TWO = variantTarget('two', 'AllTraffic');
let world: OperateWorld;
const run = (...args: string[]) => fastScaler(world, ['doctor', ...args]);

beforeEach(async () => {
  world = await OperateWorld.create();
});

describe('an account in order', () => {
  it('has no findings and exit code 0', async () => {
    await enrolled(world);
    expect(await examine(world)).toEqual({ code: 0, findings: [] });
    await expectGolden('doctor-well.txt', await run());
  });

  it('may have no endpoint', async () => {
    await world.run(200);
    expect(await examine(world)).toEqual({ code: 0, findings: [] });
  });
});

describe('finds', () => {
  it('something in a test for every code', () => {
    expect(TROUBLES.map(({ code }) => code).sort()).toEqual([...FINDING_CODES].sort());
  });

  it.each(TROUBLES)('$code', async ({ code, world: options, arrange, fix, severity = 'error' }) => {
    if (options) world = await OperateWorld.create(options);
    await arrange(world);
    const { code: exit, findings } = await examine(world);
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
      () => enrolled(world),
      { instanceQuota: { 'ml.g5.xlarge': 20 } },
    ],
    [
      'short-cooldown',
      'cooldowns as long as the lead time',
      () => enrolled(world, { cooldowns: { out: 300, in: 300 } }),
    ],
    ['min-one', 'a Min of 2', () => enrolled(world, { bounds: { min: 2, max: 3 } })],
    [
      'capacity-unused',
      'a parameter that says the same',
      () => enrolled(world, {}, { minCapacity: 2, maxCapacity: 20 }),
    ],
    [
      'capacity-unused',
      'a parameter by which the scaler registered the scalable target',
      () =>
        enrolled(
          world,
          { bounds: null, cooldowns: null },
          { minCapacity: 2, maxCapacity: 5, targetPerInstance: 1500 },
        ),
    ],
    [
      'slow-metrics',
      'a signal that was chosen',
      () => enrolled(world, { isEnhanced: false }, { signal: 'concurrency', targetPerInstance: 4 }),
    ],
    [
      'no-policy',
      'a backstop',
      () => enrolled(world, { cooldowns: null }, { targetPerInstance: 1500 }),
    ],
    [
      'min-one',
      'a floor that the scaler lowered not',
      async () => {
        await enrolled(world);
        world.setDemand(9);
        await world.run(60);
      },
    ],
    [
      'change-failed',
      'a failure of more than an hour ago',
      async () => {
        await failedChange(world, 'LimitExceededException');
        world.setDemand(0.5);
        await world.run(4000);
      },
    ],
    [
      'lease-overdue',
      'bounds that the owner set after the lease had ended',
      async () => {
        await enrolled(world);
        world.setDemand(9);
        await world.run(60);
        world.deployment?.kill();
        await world.run(1200);
        world.register(CHECKOUT, { min: 3, max: 7 });
      },
    ],
    [
      'not-looked-at',
      'a look three minutes ago',
      async () => {
        await enrolled(world);
        const [status] = JSON.parse((await fastScaler(world, ['status', '--json'])).stdout).targets;
        world.deployment?.kill();
        const sinceSeconds = world.parts.clock.nowSeconds - Date.parse(status.lookedAt) / 1000;
        await world.run(180 - sinceSeconds);
      },
    ],
  ])('%s with %s', async (code, _, arrange, options) => {
    if (options) world = await OperateWorld.create(options);
    await arrange();
    expect((await examine(world)).findings.map((finding) => finding.code)).not.toContain(code);
  });
});

it('counts what other endpoints hold of a quota', async () => {
  world = await OperateWorld.create({ instanceQuota: { 'ml.g5.xlarge': 24 } });
  world.addEndpoint({ endpointName: 'other', bounds: { min: 5, max: 6 } });
  await enrolled(world);
  const { stdout } = await run('checkout', '--json');
  expect(JSON.parse(stdout).targets[0].findings).toEqual([]);
  const { findings } = await examine(world);
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
    await enrolled(world);
    world.addEndpoint({ endpointName: 'second', bounds: { min: 2, max: 6 } });
    await world.enrol(variantTarget('second', 'AllTraffic'));
    deny(world, operation);
    const { findings } = await examine(world);
    const serious = findings.filter(({ severity }) => severity !== 'hint');
    expect(serious.map(({ what }) => what)).toEqual([
      expect.stringMatching(new RegExp(`^You may not call ${action}`)),
    ]);
  });

  it('other faults end it', async () => {
    await enrolled(world);
    deny(world, 'ListEndpoints', 'ThrottlingException');
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
  await expectGolden('doctor.json.txt', await run('--json'));
});

it('examines an endpoint whose configuration its owner has deleted, and all others', async () => {
  world.addEndpoint({ endpointName: 'two', bounds: { min: 2, max: 3 } });
  await enrolled(world);
  const { account, sageMaker } = world.parts;
  await account.perform(sageMaker, 'DeleteEndpointConfig', { EndpointConfigName: 'two-config' });
  expect(await examine(world)).toMatchObject({ code: 0, findings: [{ code: 'not-enrolled' }] });
  const { stdout } = await run('--json');
  const { targets } = JSON.parse(stdout) as DoctorReport;
  expect(targets.map(({ target }) => target)).toEqual(['checkout/AllTraffic', 'two/AllTraffic']);
});

it('examines a hundred endpoints, ten a second', async () => {
  for (let i = 0; i < 100; i += 1) world.addEndpoint({ endpointName: `endpoint-${i}` });
  const { stdout } = await run('--json');
  expect(JSON.parse(stdout).targets).toHaveLength(100);
});

it.each([
  ['a stack in order', true],
  ['a stack with a fault', false],
])('knows no endpoint of that name, with %s', async (_, isDeployed) => {
  world = await OperateWorld.create({ isDeployed });
  await world.run(200);
  const { code, stdout, stderr } = await run('nobody');
  expect(stderr).toContain('There is no endpoint nobody');
  expect([code, stdout]).toEqual([2, '']);
});

describe('defaults that are not valid', () => {
  const targetFindings = async () => {
    const { targets } = JSON.parse((await run('--json')).stdout) as DoctorReport;
    return targets.flatMap(({ target, mode, findings }) =>
      findings.map(({ code, severity, fix }) => ({ target, mode, code, severity, fix })),
    );
  };

  it('are told once, and what is in force is examined', async () => {
    await enrolled(world, { bounds: { min: 1, max: 3 } });
    await world.putParameter(DEFAULTS_PARAMETER, '{"riskPrice": 0}');
    await world.run(20);
    const { findings } = await examine(world);
    expect(findings.map(({ code }) => code)).toEqual(['defaults-invalid', 'min-one']);
  });

  it('keep a new target from being enrolled', async () => {
    await enrolled(world);
    await world.putParameter(DEFAULTS_PARAMETER, '{"riskPrice": 0}');
    world.addEndpoint({ endpointName: 'two', bounds: { min: 2, max: 3 } });
    await world.enrol(TWO);
    const fix = 'fast-scaler config check /fast-scaler/defaults';
    expect(await targetFindings()).toEqual([
      { target: 'two/AllTraffic', mode: null, code: 'config-invalid', severity: 'hint', fix },
    ]);
  });

  it('hide no fault of a target itself', async () => {
    await enrolled(world);
    await world.putParameter(DEFAULTS_PARAMETER, '{"riskPrice": 0}');
    await world.enrol(CHECKOUT, { riskPrice: 0 });
    const { findings } = await examine(world);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['defaults-invalid', 'error'],
      ['config-invalid', 'error'],
    ]);
    expect(findings[1]?.what).not.toContain('defaults');
  });

  it('leave what would be said of a target that is not enrolled', async () => {
    await world.run(200);
    await world.putParameter(DEFAULTS_PARAMETER, '{"riskPrice": 0}');
    world.addEndpoint({ endpointName: 'two', bounds: { min: 2, max: 3 } });
    expect((await targetFindings()).map(({ code }) => code)).toEqual(['not-enrolled']);
  });
});

it.each([
  ['a kind whose instances start sooner', 'ml.m5.large', 240, false],
  ['a kind whose instances start sooner, a second short', 'ml.m5.large', 239, true],
  ['a kind whose instances start later', 'ml.p4d.24xlarge', 599, true],
  ['such a kind, where the policy says nothing', 'ml.p4d.24xlarge', undefined, true],
  ['a quicker one, where the policy says nothing', 'ml.m5.large', undefined, false],
])('holds cooldowns against the lead time of %s', async (_, instanceType, out, expected) => {
  world.addEndpoint({ instanceType, bounds: { min: 2, max: 3 }, cooldowns: { out, in: 600 } });
  await world.run(200);
  for (const enrol of [false, true]) {
    if (enrol) await world.enrol(CHECKOUT);
    const codes = (await examine(world)).findings.map(({ code }) => code);
    expect(codes.includes('short-cooldown')).toBe(expected);
  }
});

it('a target’s heading bears the mark of its worst finding', async () => {
  world = await OperateWorld.create({ instanceQuota: { 'ml.g5.xlarge': 19 } });
  await enrolled(world);
  expect((await run()).stdout).toMatch(/^! checkout\/AllTraffic: enrolled by parameter/m);
  world.parts.cloudWatch.deleteAlarms([highAlarmName(CHECKOUT)]);
  expect((await run()).stdout).toMatch(/^✗ checkout\/AllTraffic: enrolled by parameter/m);
});
