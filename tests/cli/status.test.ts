import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { type CommandOptions, fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { expectGolden } from './golden.ts';
import { ORDERS, publishOrders, suspend } from './troubles.ts';
import { SEARCH, twoEndpoints } from './two-endpoints.ts';

let world: OperateWorld;
const run = (args: string[], options?: CommandOptions) => fastScaler(world, args, options);

beforeEach(async () => {
  world = await twoEndpoints();
});

describe('status', () => {
  it('lists every target', async () => {
    await expectGolden('status.txt', await run(['status']));
  });

  it.each([80, 60])(
    'lists them on a terminal of %i columns, the last decisions below',
    async (columns) => {
      const environment = { NO_COLOR: '1' };
      const ended = await run(['status'], { isTerminal: true, columns, environment });
      await expectGolden(`status-${columns}.txt`, ended);
    },
  );

  it('lists them as JSON', async () => {
    await expectGolden('status.json.txt', await run(['status', '--json']));
  });

  it.each([
    ['an endpoint with one variant', 'checkout'],
    ['a variant', 'checkout/AllTraffic'],
    ['a resource id', 'endpoint/checkout/variant/AllTraffic'],
  ])('tells all of one target, named by %s', async (_, name) => {
    await expectGolden('status-checkout.txt', await run(['status', name]));
  });

  it('tells all of one target as JSON', async () => {
    await expectGolden('status-search.json.txt', await run(['status', 'search', '--json']));
  });

  it('says no more of a metric without data once its load is seen', async () => {
    await world.enrol(CHECKOUT, ORDERS);
    await world.run(3000);
    publishOrders(world, 5);
    await world.run(30);
    const { stdout } = await run(['status', 'checkout']);
    expect(stdout).toMatch(/load {10}300 a minute/);
    expect(stdout).not.toContain('had no data');
  });

  it('says what to do when nothing is enrolled', async () => {
    world = await OperateWorld.create();
    const { code, stdout } = await run(['status']);
    expect(code).toBe(0);
    expect(stdout).toContain('No target is enrolled. "fast-scaler doctor" lists');
  });

  it.each<[string, string, () => unknown, RegExp]>([
    [
      'a configuration that was refused',
      'checkout',
      () => world.enrol(CHECKOUT, { riskPrice: 0 }),
      /refused, and the last\s+good\s+one\s+is\s+in\s+force:[\s\S]*Too small[\s\S]*fix: fast-scaler config check checkout\/AllTraffic/,
    ],
    [
      'defaults that were refused',
      'checkout',
      async () => {
        await world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 0 });
        await world.run(20);
      },
      /refused, and the last\s+good[\s\S]*fix: fast-scaler config check \/fast-scaler\/defaults\n/,
    ],
    [
      'defaults and a configuration that were refused',
      'checkout',
      async () => {
        await world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 0 });
        await world.enrol(CHECKOUT, { riskPrice: 0 });
      },
      /fix: fast-scaler config check \/fast-scaler\/defaults; fast-scaler config check checkout\/AllTraffic\n/,
    ],
    [
      'a metric that has no data under load',
      'checkout',
      async () => {
        await world.enrol(CHECKOUT, ORDERS);
        await world.run(3000);
      },
      /SageMaker\s+counted[\s\S]*Shop\s+Orders\s+had\s+no\s+data[\s\S]*fix: See that it is published every ten seconds/,
    ],
    [
      'a metric that comes too late',
      'checkout',
      async () => {
        publishOrders(world, 120);
        await world.enrol(CHECKOUT, ORDERS);
        await world.run(3000);
      },
      /seen\s+more\s+than\s+a\s+minute\s+late[\s\S]*fix: Publish it within seconds/,
    ],
    [
      'a metric that is kept by the minute',
      'checkout',
      async () => {
        publishOrders(world, 5, 60);
        await world.enrol(CHECKOUT, ORDERS);
        await world.run(3000);
      },
      /one\s+value\s+a\s+minute[\s\S]*fix: Publish it every ten seconds/,
    ],
    [
      'a first configuration that was refused',
      'fresh/AllTraffic',
      async () => {
        await world.enrol(world.addEndpoint({ endpointName: 'fresh' }), '{');
      },
      /refused, and it is not\s+enrolled:[\s\S]*not\s+JSON/,
    ],
    [
      'an endpoint that is gone',
      'search',
      async () => {
        await world.enrol(SEARCH, {});
        world.parts.sageMaker.deleteEndpoint({ EndpointName: 'search' });
        await world.run(90);
      },
      /endpoint +does not exist[\s\S]*There is no endpoint search/,
    ],
    [
      'a scalable target that is gone',
      'checkout',
      () => world.deregister(CHECKOUT),
      /There is no scalable target; the scaler waits/,
    ],
    [
      'a scalable target that is gone, of a target whose load was not seen in time before',
      'checkout',
      async () => {
        publishOrders(world, 120);
        await world.enrol(CHECKOUT, ORDERS);
        await world.run(3000);
        await world.deregister(CHECKOUT);
      },
      /There is no scalable target; the scaler waits/,
    ],
    [
      'a service that does not look',
      'checkout',
      async () => {
        world.deployment?.kill();
        await world.run(240);
      },
      /Nobody has looked at it for 4 min[\s\S]*fix: fast-scaler doctor/,
    ],
    [
      'a change that failed',
      'search',
      async () => {
        world.parts.account.intercept(({ operation }) => {
          if (operation === 'RegisterScalableTarget') throw new AwsError('Throttled', 'Too fast.');
        });
        await world.enrol(SEARCH, { mode: 'act' });
        world.setDemand(6, SEARCH);
        await world.run(25);
      },
      /The last change failed: Throttled: Too fast\./,
    ],
    [
      'a Max that is too low',
      'checkout',
      async () => {
        world.register(CHECKOUT, { max: 16 });
        await world.run(150);
        world.setDemand(30);
        await world.run(30);
      },
      /The load needs \d+ instances and Max is 16\.[\s\S]*--max-capacity \d+/,
    ],
  ])('exits with 1 and tells of %s', async (_, name, arrange, expected) => {
    await arrange();
    const { code, stdout } = await run(['status', name]);
    expect(stdout).toMatch(expected);
    expect(code).toBe(1);
  });

  it('looks overdue after three minutes and not before', async () => {
    const [{ lookedAt }] = JSON.parse((await run(['status', '--json'])).stdout).targets;
    world.deployment?.kill();
    const sinceSeconds = world.parts.clock.nowSeconds - Date.parse(lookedAt) / 1000;
    await world.run(180 - sinceSeconds);
    expect((await run(['status', 'checkout'])).stdout).not.toContain('Nobody has looked');
    await world.run(1);
    expect((await run(['status', 'checkout'])).stdout).toContain('Nobody has looked');
  });

  it('asks for no higher Max by where a ramp might end', async () => {
    world = await OperateWorld.create();
    world.addEndpoint({ bounds: { min: 1, max: 8 } });
    world.setDemand(0.3);
    await world.run(600);
    await world.enrol(CHECKOUT);
    await world.run(700);
    for (const demand of [1.5, 2.7, 3.9, 5.1, 6.3, 7.5, 7.5, 7.5]) {
      world.setDemand(demand);
      await world.run(10);
      const { code, stdout } = await run(['status', 'checkout']);
      expect(stdout).not.toContain('The load needs');
      expect(code).toBe(0);
    }
  });

  it('shows a muted alarm as the pause that it is', async () => {
    const end = new Date(world.parts.clock.nowMs + 900_000).toISOString();
    world.parts.bus.emit({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [],
      detail: {
        alarmName: highAlarmName(SEARCH),
        state: { value: 'ALARM' },
        muteDetail: { muteWindowEnd: end.replace('Z', '+0000') },
      },
    });
    await world.run(5);
    const { stdout } = await run(['status', 'search']);
    expect(stdout).toMatch(/mode +muted until 09:2\d:\d\d UTC/);
  });

  it('shows suspended scaling as the pause that it is, and how to resume', async () => {
    suspend(world);
    await world.run(70);
    const { stdout } = await run(['status', 'checkout']);
    expect(stdout).toMatch(/mode +suspended/);
    const told = stdout.replaceAll(/\s+/g, ' ');
    expect(told).toContain('On the scalable target scheduled scaling is suspended');
    expect(told).toContain('--suspended-state DynamicScalingInSuspended=false');
    const explained = (await fastScaler(world, ['explain', 'checkout'])).stdout;
    expect(explained).toContain('Your Min and Max given back, as scaling is suspended');
    expect(explained).toMatch(/Scaling is suspended\n/);
    expect(explained.replaceAll(/\s+/g, ' ')).toContain(
      'On the scalable target scheduled scaling is suspended. That pauses this scaler too',
    );
  });

  it('promises of a paused target nothing that resuming does not bring', async () => {
    await run(['pause', 'checkout']);
    suspend(world);
    await world.run(120);
    const { stdout } = await run(['explain', 'checkout']);
    expect(stdout).not.toMatch(/until all is resumed/);
    expect(stdout).toContain('The target is paused');
  });

  it.each([
    ['a terminal', { isTerminal: true }, true],
    ['a pipe', {}, false],
    ['a terminal with NO_COLOR', { isTerminal: true, environment: { NO_COLOR: '1' } }, false],
    [
      'a terminal with an empty NO_COLOR',
      { isTerminal: true, environment: { NO_COLOR: '' } },
      true,
    ],
    ['a dumb terminal', { isTerminal: true, environment: { TERM: 'dumb' } }, false],
  ])('has colours on %s: %j', async (_, options, expected) => {
    const { stdout } = await run(['status', 'checkout'], options);
    expect(stdout.includes('\u001b[')).toBe(expected);
  });
});

describe('what AWS refuses', () => {
  it.each<[string, AwsError, RegExp]>([
    [
      'a permission',
      new AwsError('AccessDeniedException', 'User: u is not authorized to perform: dynamodb:Query'),
      /^AWS denies it: User: u is not authorized to perform: dynamodb:Query$/,
    ],
    [
      'a table that is not there',
      new AwsError('ResourceNotFoundException', 'Requested resource not found'),
      /^there is no table Table in this account and region\. Deploy the stack/,
    ],
    [
      'credentials that are over',
      new AwsError('ExpiredTokenException', 'The security token is expired.'),
      /^AWS refuses your credentials: The security token is expired\. "aws sts get-caller-identity"/,
    ],
    [
      'another region',
      new AwsError(
        'InvalidSignatureException',
        "Credential should be scoped to a valid region, not 'us-east-1'. This account lives in eu-west-1.",
      ),
      /^AWS takes no request for this region: Credential .* lives in eu-west-1\. Name another with AWS_REGION or --region\.$/,
    ],
    [
      'anything else',
      new AwsError('ProvisionedThroughputExceededException', 'Too much.'),
      /^AWS does not answer as it should: ProvisionedThroughputExceededException: Too much\.$/,
    ],
  ])('ends with 3: %s', async (_, error, message) => {
    world.parts.account.intercept(({ operation }) => {
      if (operation === 'Query') throw error;
    });
    const { code, stdout, stderr } = await run(['status']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

it('tells defaults apart from what a target itself sets', async () => {
  await world.putParameter(DEFAULTS_PARAMETER, { leaseSeconds: 600 });
  await world.run(20);
  const { stdout } = await run(['status', 'search']);
  expect(stdout).toMatch(/mode +"observe" +tag\n/);
  expect(stdout).toMatch(/leaseSeconds +600 +defaults\n/);
  expect(stdout).toMatch(/riskPrice +10 +built-in\n/);
});
