import { readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler as alarm } from '../../handlers/alarm.ts';
import { createHandler as endpoint } from '../../handlers/endpoint.ts';
import { createHandler as farewell } from '../../handlers/farewell.ts';
import { createHandler as parameter } from '../../handlers/parameter.ts';
import { createHandler as prewarm } from '../../handlers/prewarm.ts';
import { createHandler as recheck } from '../../handlers/recheck.ts';
import { createHandler as surge } from '../../handlers/surge.ts';
import { createHandler as sweep } from '../../handlers/sweep.ts';
import {
  cycleRuntime,
  endpointRuntime,
  enrolmentRuntime,
  prewarmRuntime,
  releaseRuntime,
} from '../../lib/lambda/runtimes.ts';
import type { Surroundings } from '../../lib/lambda/surroundings.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { serviceRoles } from '../lifecycle/roles.ts';
import { CHECKOUT, LifecycleWorld } from '../lifecycle/world.ts';

const SECRETS = {
  secretAccessKey: 'wJalr-sentinel-secret-key',
  sessionToken: 'sentinel-session-token',
  answerSignature: 'sentinel-answer-signature',
};

/** Everything that was printed. */
let printed: string;
let world: LifecycleWorld;

beforeEach(async () => {
  printed = '';
  const keep = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  world = await LifecycleWorld.create();
  world.addEndpoint();
  await world.run(60);
  await world.apply(CHECKOUT);
});

// biome-ignore lint/suspicious/noExplicitAny: a sample is whatever AWS sends
const sample = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8'));

/** The functions, talking as much as they can, with credentials that one would know again. */
function functions() {
  const { account, clock } = world.parts;
  const { secretAccessKey, sessionToken } = SECRETS;
  const surroundings: Surroundings = {
    now: () => clock.nowMs,
    sleep: async () => {},
    logger: new Logger({ logLevel: 'TRACE' }),
    metrics: new Metrics({ namespace: 'FastScaler' }),
    tableName: () => 'Table',
    recheckQueueUrl: () => 'https://sqs.eu-west-1.amazonaws.com/123456789012/Rechecks',
    notificationsTopicArn: () => 'arn:aws:sns:eu-west-1:123456789012:Notifications',
    clientConfig: {
      region: account.context.region,
      credentials: { accessKeyId: 'AKIASENTINEL', secretAccessKey, sessionToken },
      requestHandler: account.requestHandler(),
      maxAttempts: 1,
    },
  };
  const respond = async () => {};
  return {
    alarm: alarm(cycleRuntime(surroundings)),
    endpoint: endpoint(endpointRuntime(surroundings)),
    parameter: parameter(enrolmentRuntime(surroundings)),
    prewarm: prewarm(prewarmRuntime(surroundings)),
    recheck: recheck(cycleRuntime(surroundings)),
    surge: surge(cycleRuntime(surroundings)),
    sweep: sweep(enrolmentRuntime(surroundings)),
    farewell: farewell({ ...releaseRuntime(surroundings), respond }),
  };
}

const SAMPLES = {
  alarm: 'alarm-state-change',
  endpoint: 'endpoint-state-change',
  parameter: 'parameter-change',
  prewarm: 'prewarm-request',
  recheck: 'recheck',
  surge: 'load-surge',
  sweep: 'schedule',
  farewell: 'custom-resource',
} as const;

it('every function is among them', () => {
  expect(NAMES.toSorted()).toEqual([...serviceRoles().keys()].toSorted());
});

type FunctionName = keyof typeof SAMPLES;
const NAMES = Object.keys(SAMPLES) as FunctionName[];

function withSignature(name: FunctionName) {
  const event = sample(SAMPLES[name]);
  if (name === 'farewell') {
    event.ResponseURL = `https://bucket.s3.amazonaws.com/answer?X-Amz-Signature=${SECRETS.answerSignature}`;
  }
  return event;
}

async function invoke(name: FunctionName, event: unknown): Promise<void> {
  const handler = functions()[name] as (event: never, context: never) => Promise<unknown>;
  const context = { functionName: name, awsRequestId: '1' };
  // What it throws, Lambda prints.
  await handler(event as never, context as never).catch((error: Error) => {
    printed += error.stack;
  });
}

const secretsPrinted = () =>
  Object.entries(SECRETS).flatMap(([name, secret]) => (printed.includes(secret) ? [name] : []));

describe.each(NAMES)('%s prints no secret', (name) => {
  it('when all is well', async () => {
    await invoke(name, withSignature(name));
    expect(secretsPrinted()).toEqual([]);
  });

  it('of an event that makes no sense', async () => {
    const event = withSignature(name);
    await invoke(name, { ...event, source: 1, RequestType: 1, Records: 1, detail: 1 });
    expect(printed).toContain('malformed event dropped');
    expect(secretsPrinted()).toEqual([]);
  });

  it('when AWS refuses every call', async () => {
    world.parts.account.intercept(() => {
      throw new AwsError('AccessDeniedException', 'User is not authorized.');
    });
    await invoke(name, withSignature(name));
    expect(printed).toContain('AccessDeniedException');
    expect(secretsPrinted()).toEqual([]);
  });
});

it('a secret that is printed is found', () => {
  process.stdout.write(JSON.stringify({ level: 'INFO', message: SECRETS.sessionToken }));
  expect(secretsPrinted()).toEqual(['sessionToken']);
});
