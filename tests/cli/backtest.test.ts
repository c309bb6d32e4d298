import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { AwsError } from '../../simulator/account/service.ts';
import type { BacktestInput, BacktestResult } from '../../simulator/bench/backtest.ts';
import { type CommandOptions, fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld, START_SECONDS } from '../operate/world.ts';

/** Many tests ask for the same days under the same settings; a dozen replays of a day take seconds. */
vi.mock('../../simulator/bench/backtest.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../simulator/bench/backtest.ts')>();
  const known = new Map<string, BacktestResult>();
  const backtest = (input: BacktestInput): BacktestResult => {
    const key = JSON.stringify(input);
    const result = known.get(key) ?? original.backtest(input);
    known.set(key, result);
    return result;
  };
  return { ...original, backtest };
});

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;

let world: OperateWorld;
let folder: string;
let reads: number;

/** Requests a minute of an endpoint with 1500 for an instance: quiet, with half an hour of rush. */
const usual = (minute: number) => (minute % 360 < 30 ? 4200 : 600);

/** Writes what SageMaker would have published in the minutes before now. */
function remember(
  days: number,
  requests: (minute: number) => number | null = usual,
  instances: (minute: number) => number = () => 2,
): void {
  const { cloudWatch } = world.parts;
  const untilMs = START_SECONDS * 1000;
  const dimensions = { EndpointName: 'checkout', VariantName: 'AllTraffic' };
  const record = (metricName: string, startMs: number, sum: number, sampleCount: number) =>
    cloudWatch.recordBin({ namespace: 'AWS/SageMaker', metricName, dimensions }, startMs, 60, {
      sum,
      sampleCount,
      minimum: sum / sampleCount,
      maximum: sum / sampleCount,
    });
  for (let minute = 0; minute < days * DAY_MINUTES; minute += 1) {
    const count = requests(minute);
    if (count === null) continue;
    const startMs = untilMs - (days * DAY_MINUTES - minute) * MINUTE_MS;
    record('Invocations', startMs, count, Math.max(1, count));
    record('InvocationsPerInstance', startMs, count / instances(minute), Math.max(1, count));
    record('ConcurrentRequestsPerModel', startMs, count / 500 / instances(minute), 1);
    if (count > 0) record('ModelLatency', startMs, count > 3000 ? 90_000 : 30_000, 1);
  }
}

const run = (args: string[], options: CommandOptions = {}) =>
  fastScaler(world, ['backtest', ...args], {
    ...options,
    environment: { XDG_CACHE_HOME: folder },
  });

async function report(...args: string[]) {
  const { code, stdout, stderr } = await run([...args, '--json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fast-scaler-backtest-'));
  world = await OperateWorld.create();
  world.addEndpoint({ bounds: { min: 1, max: 6 } });
  await world.run(180);
  reads = 0;
  world.parts.account.onCall(({ operation }) => {
    if (operation === 'GetMetricData') reads += 1;
  });
});

afterEach(() => rmSync(folder, { recursive: true }));

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
    world = await OperateWorld.create();
    world.addEndpoint({ instanceType, bounds: { min: 1, max: 6 } });
    await world.run(180);
    remember(2, () => 600);
    expect((await report('checkout', '--days', '1')).leadTimeSeconds).toBe(expected);
    await world.enrol(CHECKOUT);
    expect((await report('checkout', '--days', '1')).leadTimeSeconds).toBe(expected);
  });

  it('goes by the usual lead time where the kind may not be read', async () => {
    world = await OperateWorld.create();
    world.addEndpoint({ instanceType: 'ml.m5.large', bounds: { min: 1, max: 6 } });
    await world.run(180);
    remember(2, () => 600);
    world.parts.account.intercept(({ operation }) => {
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
    world.register(CHECKOUT, { min: 0, max: 6 });
    remember(2);
    const { minCapacity, rows, caveats, hours } = await report('checkout', '--days', '1');
    expect(minCapacity).toBe(1);
    for (const { instanceHours } of rows) expect(instanceHours).toBeGreaterThanOrEqual(hours);
    expect(caveats.join('\n')).toMatch(/Its Min is 0; a variant of a realtime endpoint keeps one/);
    const chosen = await report('checkout', '--days', '1', '--min', '2');
    expect(chosen.minCapacity).toBe(2);
    expect(chosen.caveats.join('\n')).not.toMatch(/Its Min/);
  });

  it('gives the parameter with what stands in it, ready to put', async () => {
    // Rushes take a fifth of the time: worth holding instances for at thirty, not at three.
    remember(2, (minute) => (minute % 47 < 9 ? 6000 : 600));
    await world.enrol(CHECKOUT, { riskPrice: 3, leaseSeconds: 600 });
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
  });

  it('takes concurrency for a target in concurrent requests', async () => {
    remember(2);
    await world.enrol(CHECKOUT, { signal: 'concurrency', targetPerInstance: 3 });
    const { targetPerInstance, caveats, hours } = await report('checkout', '--days', '1');
    expect([targetPerInstance, hours]).toEqual([3, 24]);
    expect(caveats.join()).toMatch(/Concurrency is the highest of each minute/);
  });

  it('reads the target off a policy that names its metric itself, as the service does', async () => {
    remember(2);
    world.parts.autoScaling.putScalingPolicy({
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
    const page = join(folder, 'page.html');
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

describe('the history', () => {
  it('is read a day at a time, and days that are over once only', async () => {
    remember(3);
    const first = await report('checkout', '--days', '2');
    expect(reads).toBe(3);
    const [arn = ''] = readdirSync(join(folder, 'fast-scaler', 'history'));
    const days = readdirSync(join(folder, 'fast-scaler', 'history', arn, 'AllTraffic'));
    expect(days).toEqual(['2026-01-03.json', '2026-01-04.json']);
    reads = 0;
    expect(await report('checkout', '--days', '2')).toEqual(first);
    expect(reads).toBe(1);
    reads = 0;
    await run(['checkout', '--days', '2', '--no-cache']);
    expect(reads).toBe(3);
  });

  it('is not taken for that of another endpoint of the same name, as in the next emulated account', async () => {
    remember(3);
    await run(['checkout', '--days', '1']);
    world = await OperateWorld.create();
    await world.run(60);
    world.addEndpoint({ bounds: { min: 1, max: 6 } });
    await world.run(120);
    remember(3);
    let readAgain = 0;
    world.parts.account.onCall(({ operation }) => {
      if (operation === 'GetMetricData') readAgain += 1;
    });
    await run(['checkout', '--days', '1']);
    expect(readAgain).toBe(2);
  });

  it('is read again where the cache is broken', async () => {
    remember(3);
    const first = await report('checkout', '--days', '1');
    const [arn = ''] = readdirSync(join(folder, 'fast-scaler', 'history'));
    const at = join(folder, 'fast-scaler', 'history', arn, 'AllTraffic', '2026-01-04.json');
    for (const broken of ['{', '{"version":0,"columns":{}}', 'null']) {
      writeFileSync(at, broken);
      expect(await report('checkout', '--days', '1')).toEqual(first);
    }
    expect(JSON.parse(readFileSync(at, 'utf8')).version).toBe(1);
  });

  it('is read without a cache where none can be written', async () => {
    remember(3);
    const noFolder = join(folder, 'a-file');
    writeFileSync(noFolder, '');
    const { code, stderr } = await fastScaler(world, ['backtest', 'checkout', '--days', '1'], {
      environment: { XDG_CACHE_HOME: noFolder },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('waits when there are too many requests, and goes on', async () => {
    remember(2);
    let refusals = 3;
    world.parts.account.intercept(({ operation }) => {
      if (operation !== 'GetMetricData' || refusals === 0) return;
      refusals -= 1;
      throw new AwsError('ThrottlingException', 'Rate exceeded', 400);
    });
    const waited = world.parts.clock.nowMs;
    expect((await run(['checkout', '--days', '1'])).code).toBe(0);
    expect(world.parts.clock.nowMs - waited).toBe(7000);
  });

  it('ends with what AWS says when that lasts', async () => {
    remember(2);
    world.parts.account.intercept(({ operation }) => {
      if (operation === 'GetMetricData') throw new AwsError('ThrottlingException', 'No.', 400);
    });
    const { code, stderr } = await run(['checkout', '--days', '1']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/ThrottlingException/);
  });

  it('is not taken for zero in a gap, and says so', async () => {
    remember(4, (minute) => (minute % 1440 > 600 && minute % 1440 < 700 ? null : usual(minute)));
    const { hours, missingMinutes, longestGapMinutes, caveats } = await report(
      ...['checkout', '--days', '2'],
    );
    expect(missingMinutes).toBeGreaterThanOrEqual(198);
    expect(longestGapMinutes).toBe(99);
    expect(hours).toBeCloseTo(48 - missingMinutes / 60, 0);
    expect(caveats.join('\n')).toMatch(/which is not the same as no load[\s\S]*replayed each/);
    const filled = await report('checkout', '--days', '2', '--gaps', 'zero');
    expect(filled.hours).toBe(48);
  });

  it.each<[string, () => void, string[], RegExp]>([
    ['no data', () => {}, ['checkout'], /no minute of load of checkout\/AllTraffic/],
    [
      'too little',
      () => remember(1, (minute) => (minute < 700 ? null : usual(minute))),
      ['checkout', '--days', '2'],
      /\d+ minutes of load can be replayed, and 1440 are the least[\s\S]*a gap is not taken for no load/,
    ],
    [
      'a Max that is none',
      () => world.register(CHECKOUT, { min: 0, max: 0 }),
      ['checkout'],
      /checkout\/AllTraffic: Max is 0, which no instance fits in; give --max\./,
    ],
    ['an endpoint that there is not', () => {}, ['nothing'], /There is no endpoint nothing/],
    ['a variant that there is not', () => {}, ['checkout/B'], /no variant B, but AllTraffic/],
    ['a name of nothing', () => {}, ['a/b/c/d'], /names no target/],
  ])('ends with 2: %s', async (_, arrange, args, expected) => {
    arrange();
    const { code, stderr } = await run(args);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });
});

describe('from a file', () => {
  const trace = (seconds: number, every = 1800) => {
    const rows = Array.from({ length: seconds }, (_, i) => `${i},${i % every < 300 ? 90 : 10}`);
    const file = join(folder, 'trace.csv');
    writeFileSync(file, ['second,requests', ...rows].join('\n'));
    return file;
  };
  const sizes = ['--target-per-instance', '1500', '--max', '5'];

  it('needs no AWS', async () => {
    world.parts.account.onCall(({ operation }) => {
      throw new Error(`${operation} was called`);
    });
    const { code, stdout } = await run(['--from', trace(7200), ...sizes]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trace: 2\.0 hours$/m);
    expect(stdout).not.toMatch(/as it really ran|inside a minute/);
    expect(stdout).toMatch(/Less than a week/);
    expect(stdout).not.toMatch(/requests come every/);
  });

  it('tells of minutes for seconds', async () => {
    const file = join(folder, 'minutes.csv');
    const rows = Array.from({ length: 120 }, (_, i) => `${i * 60},900`);
    writeFileSync(file, ['second,requests', ...rows].join('\n'));
    const { code, stdout } = await run(['--from', file, ...sizes]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/· minutes: requests come every 60 s only, and all within one second/);
  });

  it.each([
    ['a second below a day', 86_399, true],
    ['a day', 86_400, false],
  ])('names a parameter to fill in from a day on: %s', async (_, seconds, isTooShort) => {
    const page = join(folder, 'page.html');
    const args = [
      '--from',
      trace(seconds, 3600),
      ...sizes,
      '--risk-price',
      '100',
      '--lead-time',
      '180',
    ];
    const { recommendation } = await report(...args);
    const { parameter, command } = recommendation;
    expect(recommendation).toMatchObject({ isTooShort, keepsPresent: false });
    if (isTooShort) expect([parameter, command]).toEqual([null, null]);
    else {
      expect(JSON.parse(parameter).riskPrice).toBeGreaterThan(10);
      expect(command).toBe(
        `aws ssm put-parameter --type String --overwrite --name /fast-scaler/targets/<endpoint>/<variant> --value '${parameter}'`,
      );
    }
    const { stdout } = await run([...args, '--report', page]);
    const short = 'Less than a day, too short to act on. Best on this load: ';
    expect(stdout.replace(/\s+/g, ' ')).toContain(`* ${isTooShort ? short : 'Recommended: '}`);
    expect(stdout.includes('put-parameter')).toBe(!isTooShort);
    expect(readFileSync(page, 'utf8').includes('<h1>Too short to act on.')).toBe(isTooShort);
  });

  it.each<[string, (file: string) => string[], RegExp]>([
    ['nothing to replay', () => [], /expected either TARGET or --from FILE/],
    [
      'both',
      (file) => ['checkout', '--from', file],
      /give TARGET \(checkout\) or --from, not both/,
    ],
    [
      'days of a file',
      (file) => ['--from', file, ...sizes, '--days', '3'],
      /'--days <n>' cannot be used with option '--from <file>'/,
    ],
    [
      'a price below 1',
      (file) => ['--from', file, ...sizes, '--risk-price', '0.9'],
      /Expected a number from 1 to 1000/,
    ],
    [
      'a price above 1000',
      (file) => ['--from', file, ...sizes, '--risk-price', '1001'],
      /Expected a number from 1 to 1000/,
    ],
    [
      'no size of an instance',
      (file) => ['--from', file, '--max', '3'],
      /give --target-per-instance/,
    ],
    ['no Max', (file) => ['--from', file, '--target-per-instance', '9'], /give --min and --max/],
    [
      'a Min that no endpoint has',
      (file) => ['--from', file, ...sizes, '--min', '0'],
      /Expected a whole number from 1 to 10000/,
    ],
    [
      'a Max that no endpoint has',
      (file) => ['--from', file, '--target-per-instance', '9', '--max', '10001'],
      /Expected a whole number from 1 to 10000/,
    ],
    [
      'a lead time of more than an hour',
      (file) => ['--from', file, ...sizes, '--lead-time', '3601'],
      /Expected a number above 0 and up to 3600/,
    ],
    [
      'Min above Max',
      (file) => ['--from', file, ...sizes, '--min', '6'],
      /--min 6 is above --max 5/,
    ],
    [
      'too short',
      (file) => ['--from', file, ...sizes],
      /59 minutes of load can be replayed, and 60/,
    ],
    [
      'shorter than a window',
      () => ['--from', trace(9), ...sizes],
      /trace: the load is too short: expected 10 s or more/,
    ],
    ['no such file', () => ['--from', '/nowhere.csv', ...sizes], /cannot be read/],
    [
      'a page in no folder',
      (file) => ['--from', file, ...sizes, '--report', '/nowhere/at/all.html'],
      /the folder does not exist/,
    ],
    [
      'a folder for a page',
      (file) => ['--from', file, ...sizes, '--report', '/'],
      /--report \/: is a folder, expected a file/,
    ],
  ])('ends with 2: %s', async (_, args, expected) => {
    const { code, stderr } = await run(args(trace(3599)));
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });
});
