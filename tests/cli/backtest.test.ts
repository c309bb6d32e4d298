import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { backtestFixture } from './backtest-fixture.ts';

/** Many tests ask for the same days under the same settings; a dozen replays of a day take seconds. */
vi.mock('../../simulator/bench/backtest.ts', async (importOriginal) => {
  const { remembered } = await import('./backtest-fixture.ts');
  return remembered(await importOriginal());
});

const here = backtestFixture();
const { remember, report, run } = here;

describe('of an endpoint', () => {
  it('tells of every setting, of target tracking, and what was', async () => {
    remember(2);
    const { code, stdout } = await run(['checkout', '--days', '1', '--lead-time', '180']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^checkout\/AllTraffic: 24\.0 hours, 2026-01-04T/);
    expect(stdout).toMatch(/with 1500 for an instance, Min 1, Max 6, 180 s/);
    for (const row of ['as it really ran', 'present settings', 'riskPrice 30', 'target-tracking']) {
      expect(stdout).toMatch(new RegExp(`^${row}[ *]+\\d+\\.\\d\\d %`, 'm'));
    }
    expect(stdout).toMatch(/^\* Recommended: /m);
    expect(stdout).toMatch(/A backtest, not a forecast/);
    expect(stdout).toMatch(/bursts\s+inside a minute/);
    expect(stdout).toMatch(/It is not enrolled/);
    expect(stdout).toMatch(/In \d+ minutes an instance had more than its target/);
  });

  it.each([
    ['a kind that starts sooner', 'ml.m5.large', 240],
    ['a kind with an accelerator', 'ml.g5.xlarge', 300],
    ['a kind of which nothing is known', 'ml.x9.large', 300],
  ])('expects the lead time of %s, enrolled or not', async (_, instanceType, expected) => {
    here.world = await OperateWorld.create();
    here.world.addEndpoint({ instanceType, bounds: { min: 1, max: 6 } });
    await here.world.run(180);
    remember(2, () => 600);
    expect((await report('checkout', '--days', '1')).leadTimeSeconds).toBe(expected);
    await here.world.enrol(CHECKOUT);
    expect((await report('checkout', '--days', '1')).leadTimeSeconds).toBe(expected);
  });

  it('goes by the usual lead time where the kind may not be read', async () => {
    here.world = await OperateWorld.create();
    here.world.addEndpoint({ instanceType: 'ml.m5.large', bounds: { min: 1, max: 6 } });
    await here.world.run(180);
    remember(2, () => 600);
    here.world.parts.account.intercept(({ operation }) => {
      if (operation === 'DescribeEndpointConfig')
        throw new AwsError('AccessDeniedException', 'No.');
    });
    expect((await report('checkout', '--days', '1')).leadTimeSeconds).toBe(300);
  });

  it('reckons what was in service from what requests counted for', async () => {
    remember(2);
    const { asItRan, hours, missingMinutes } = await report('checkout', '--days', '1');
    expect(hours).toBe(24);
    // The account itself has not published since it began.
    expect(missingMinutes).toBeLessThan(10);
    expect(asItRan.instanceHours).toBeCloseTo(48, 0);
    // A rush needs 2.8 instances, and 2 were there, for 120 of 1440 minutes.
    expect(asItRan.overloadedMinutes).toBe(120);
    const demanded = 120 * 2.8 + 1320 * 0.4;
    expect(asItRan.unservedFraction).toBeCloseTo((120 * 0.8) / demanded, 2);
    expect(asItRan.latencyRatio).toBeCloseTo(3, 5);
  });

  it('prices what really was unserved, also where every replay serves all', async () => {
    // Two instances were needed and one was there; each replay has three.
    remember(
      2,
      () => 3000,
      () => 1,
    );
    const { code, stdout } = await run(['checkout', '--days', '1', '--min', '3']);
    expect(code).toBe(0);
    const [name, unserved, instanceHours, cost] =
      /^(as it really ran) +([\d.]+) % +([\d.]+) +([\d.]+)/m.exec(stdout)?.slice(1) ?? [];
    expect([name, unserved]).toEqual(['as it really ran', '50.00']);
    expect(Number(cost)).toBeCloseTo(Number(instanceHours) * (1 + DEFAULTS.riskPrice), 0);
  });

  it('keeps an instance where Min is 0, as a realtime endpoint does, and says so', async () => {
    here.world.register(CHECKOUT, { min: 0, max: 6 });
    remember(2);
    const { minCapacity, rows, caveats, hours } = await report('checkout', '--days', '1');
    expect(minCapacity).toBe(1);
    for (const { instanceHours } of rows) expect(instanceHours).toBeGreaterThanOrEqual(hours);
    expect(caveats.join('\n')).toMatch(/Its Min is 0; a variant of a realtime endpoint keeps one/);
    const chosen = await report('checkout', '--days', '1', '--min', '2');
    expect(chosen.minCapacity).toBe(2);
    expect(chosen.caveats.join('\n')).not.toMatch(/Its Min/);
  });

  it('gives a parameter that leaves what was discovered in its mode, and says so', async () => {
    remember(2, (minute) => (minute % 47 < 9 ? 6000 : 600));
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 3, discover: true });
    await here.world.run(180);
    const { recommendation, caveats } = await report(
      ...['checkout', '--days', '1', '--risk-price', '60', '--lead-time', '180'],
    );
    expect(JSON.parse(recommendation.parameter)).toMatchObject({ mode: 'observe' });
    expect(caveats[0]).toMatch(/keeps it in mode observe/);
  });

  it('gives the parameter with what stands in it, ready to put', async () => {
    // Rushes take a fifth of the time: worth holding instances for at thirty, not at three.
    remember(2, (minute) => (minute % 47 < 9 ? 6000 : 600));
    await here.world.enrol(CHECKOUT, { riskPrice: 3, leaseSeconds: 600 });
    const { recommendation, rows, riskPrice } = await report(
      ...['checkout', '--days', '1', '--risk-price', '60', '--lead-time', '180'],
    );
    expect(riskPrice).toBe(60);
    const parameter = JSON.parse(recommendation.parameter);
    expect(recommendation.keepsPresent).toBe(false);
    expect(parameter).toMatchObject({ leaseSeconds: 600 });
    expect(parameter.riskPrice).toBeGreaterThan(3);
    expect(recommendation.command).toBe(
      `aws ssm put-parameter --type String --overwrite --name ${targetParameterName(CHECKOUT)} --value '${recommendation.parameter}'`,
    );
    const row = rows.find(({ name }: { name: string }) => name === recommendation.setting);
    expect(recommendation).toMatchObject({
      unservedFraction: row.unservedFraction,
      instanceHours: row.instanceHours,
    });
    expect(row.cost).toBeLessThan(rows[0].cost);
  });

  it('keeps the present settings where nothing is clearly better', async () => {
    remember(2, () => 600);
    const { recommendation } = await report('checkout', '--days', '1');
    expect(recommendation).toMatchObject({
      setting: 'present settings',
      keepsPresent: true,
      parameter: null,
      command: null,
    });
  });

  it('reaches for a goal instead, and says when it is out of reach', async () => {
    remember(2);
    const { recommendation, unservedAtMost, rows } = await report(
      ...['checkout', '--days', '1', '--unserved-at-most', '0'],
    );
    expect(unservedAtMost).toBe(0);
    const ours = rows.filter(({ changes }: { changes: unknown }) => changes !== null);
    const least = Math.min(
      ...ours.map((row: { unservedFraction: number }) => row.unservedFraction),
    );
    expect(recommendation.unservedFraction).toBe(least);
    expect(recommendation.why).toMatch(/No setting that was tried comes down to 0\.00 %/);
    // The page says it too, with what was replayed and the command that the terminal prints.
    const page = join(here.folder, 'goal.html');
    const args = ['checkout', '--days', '1', '--unserved-at-most', '0', '--report', page];
    const { stdout } = await run(args);
    const [, json = ''] = /id="bench-data">(.*)<\/script>/.exec(readFileSync(page, 'utf8')) ?? [];
    const { verdict } = JSON.parse(json);
    expect(verdict.headline).toMatch(/; the goal is missed\.$/);
    expect(verdict.why).toBe(recommendation.why);
    expect(verdict.facts).toEqual([
      ['Replayed', '24.0 hours'],
      ['From, to (UTC)', expect.stringMatching(/^2026-01-04 \d\d:\d\d – 2026-01-05 \d\d:\d\d$/)],
      ['Target per instance', '1500'],
      ['Min–Max', '1–6'],
      ['Goal', 'at most 0.00 % unserved: missed'],
    ]);
    expect(verdict.command).toBe(recommendation.command);
    expect(stdout.includes('put-parameter')).toBe(verdict.command !== null);
  });

  it('takes concurrency for a target in concurrent requests', async () => {
    remember(2);
    await here.world.enrol(CHECKOUT, { signal: 'concurrency', targetPerInstance: 3 });
    const { targetPerInstance, caveats, hours } = await report('checkout', '--days', '1');
    expect([targetPerInstance, hours]).toEqual([3, 24]);
    expect(caveats.join()).toMatch(/Concurrency is the highest of each minute/);
  });

  it('takes invocations for a target that is given in these and read in concurrent requests', async () => {
    here.world = await OperateWorld.create();
    here.world.addEndpoint({ isEnhanced: false, bounds: { min: 1, max: 6 } });
    await here.world.run(180);
    remember(2);
    await here.world.enrol(CHECKOUT);
    const { targetPerInstance, caveats } = await report('checkout', '--days', '1');
    expect(targetPerInstance).toBe(1500);
    expect(caveats.join()).toMatch(/told from peaks of concurrency/);
    expect(caveats.join()).not.toMatch(/Concurrency is the highest/);
  });

  it('reads the target off a policy that names its metric itself, as the service does', async () => {
    remember(2);
    here.world.parts.autoScaling.putScalingPolicy({
      ServiceNamespace: 'sagemaker',
      ResourceId: CHECKOUT.resourceId,
      ScalableDimension: CHECKOUT.scalableDimension,
      PolicyName: 'owners-policy',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 4,
        CustomizedMetricSpecification: {
          Namespace: 'AWS/SageMaker',
          MetricName: 'ConcurrentRequestsPerModel',
          Dimensions: [{ Name: 'EndpointName', Value: 'checkout' }],
          Statistic: 'Maximum',
        },
      },
    });
    const { targetPerInstance, caveats } = await report('checkout', '--days', '1');
    expect(targetPerInstance).toBe(4);
    expect(caveats.join()).toMatch(/Concurrency is the highest of each minute/);
  });

  it('writes the page', async () => {
    remember(2);
    const page = join(here.folder, 'page.html');
    const { stdout } = await run(['checkout', '--days', '1', '--report', page]);
    expect(stdout).toContain(`Report: ${page}`);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('present settings');
    expect(html).toContain('target-tracking');
    expect(html).toContain('<title>Backtest: checkout/AllTraffic</title>');
    // What is recommended there is what is printed, and it says what it is not.
    const [, printed = ''] = /^\* (Recommended: [\w ]+?) \(/m.exec(stdout) ?? [];
    expect(html).toMatch(
      new RegExp(`<h1>${printed}, with [\\d.]+ % unserved, [\\d.]+ instance-hours`),
    );
    expect(html).toContain('A backtest, not a forecast');
  });
});
