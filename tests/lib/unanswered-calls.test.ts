import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import type { DecisionEvents } from '../../lib/aws/decision-events.ts';
import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { type CallLimits, LIMITS, limited } from '../../lib/lambda/call-limits.ts';
import {
  cycleRuntime,
  endpointRuntime,
  enrolmentRuntime,
  prewarmRuntime,
  releaseRuntime,
} from '../../lib/lambda/runtimes.ts';
import type { Surroundings } from '../../lib/lambda/surroundings.ts';
import type { Message } from '../../lib/notify/message.ts';
import { readStack } from '../../simulator/stack.ts';
import { SERVERLESS_YML } from '../lifecycle/roles.ts';
import { TARGET } from './fakes.ts';

/** Attempts enough that a machine too busy to answer in time fails no test. */
const SHORT: CallLimits = { connectMs: 2000, answerMs: 400, attempts: 5 };
const SHORT_LIMITS = { cycle: SHORT, enrolment: SHORT, listeners: SHORT };

/** A test that nothing ends is red after this long. */
const HANGS = { timeout: 10_000 };

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

const silence: Answering = () => {};

/** The answer begins, and its end never comes. */
const half: Answering = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.write('{"Half":');
};

const whole: Answering = ({ headers }, response) => {
  const isQuery = headers['content-type']?.includes('form');
  response.end(isQuery ? '<PublishResponse><PublishResult/></PublishResponse>' : '{}');
};

/** What becomes of a call whose first attempt meets `first`; the further ones are answered. */
async function outcomeOf(
  call: (surroundings: Surroundings) => Promise<unknown>,
  first: Answering = silence,
): Promise<{ readonly isRepeated: boolean; readonly fault: string | null }> {
  const attempts: string[] = [];
  const server = createServer((request, response) => {
    attempts.push(String(request.headers['amz-sdk-request']));
    (attempts.length === 1 ? first : whole)(request, response);
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const surroundings: Surroundings = {
    now: () => 0,
    sleep: async () => {},
    logger: new Logger({ logLevel: 'SILENT' }),
    metrics: new Metrics({ namespace: 'FastScaler' }),
    tableName: () => 'Table',
    recheckQueueUrl: () => `${endpoint}/123456789012/Rechecks`,
    notificationsTopicArn: () => 'arn:aws:sns:eu-west-1:123456789012:Notifications',
    clientConfig: {
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    },
  };
  try {
    const fault = await call(surroundings).then(
      () => null,
      // An answer without anything in it is one.
      ({ name }: Error) => (name === 'TimeoutError' ? name : null),
    );
    return { isRepeated: attempts[1]?.startsWith('attempt=2') ?? false, fault };
  } finally {
    server.closeAllConnections();
    await new Promise((ends) => server.close(ends));
  }
}

type Call<Runtime> = readonly [name: string, call: (runtime: Runtime) => Promise<unknown>];

const event = { at: '2026-01-05T00:00:00.000Z' } as Parameters<DecisionEvents['put']>[0];
const decision = { endpointName: 'checkout', at: event.at } as DecisionRecord;
const message = { subject: 's', body: 'b', attributes: {} } as unknown as Message;
const pending = { capacity: 1, sentAtSeconds: 0 } as never;

const CYCLE: readonly Call<ReturnType<typeof cycleRuntime>>[] = [
  ['the state', ({ store }) => store.claim('checkout', { cause: 'event' }, 0, 1)],
  ['enrolments', ({ enrolments }) => enrolments.outdate('checkout')],
  ['the load', ({ load }) => load.read([], 0, 60)],
  ['the endpoint', ({ endpoints }) => endpoints.describe('checkout')],
  ['bounds', ({ scalableTargets }) => scalableTargets.describe([TARGET])],
  ['activities', ({ activities }) => activities.refusalOf(TARGET, pending, 0)],
  ['the next look', ({ rechecks }) => rechecks.send({ endpointName: 'a', cause: 're-check' }, 0)],
  ['events', ({ events }) => events.put(event)],
  ['notifications', ({ notifications }) => notifications.publish(message)],
];

const RELEASE: readonly Call<ReturnType<typeof releaseRuntime>>[] = [
  ['decisions', ({ store }) => store.keep(decision, 0)],
  ['enrolments', ({ enrolments }) => enrolments.fleet()],
  ['alarms', ({ alarms }) => alarms.list('fast-scaler/')],
  ['policies', ({ policies }) => policies.list(TARGET)],
  ['bounds', ({ scalableTargets }) => scalableTargets.describe([TARGET])],
  ['events', ({ events }) => events.put(event)],
];

const ENROLMENT: readonly Call<ReturnType<typeof enrolmentRuntime>>[] = [
  ...RELEASE,
  ['the endpoint', ({ endpoints }) => endpoints.describe('checkout')],
  ['tags', ({ tags }) => tags.list()],
  ['instance types', ({ variantInstances }) => variantInstances.types('config')],
  ['measurements', ({ measurements }) => measurements.countedByCallers(TARGET, 0)],
  ['mute rules', ({ muteRules }) => muteRules.active()],
  ['parameters', ({ parameters }) => parameters.read('/fast-scaler/defaults')],
  ['looks', ({ rechecks }) => rechecks.send({ endpointName: 'a', cause: 'sweep' }, 0)],
  ['notices', ({ notices }) => notices.read('defaults')],
  ['notifications', ({ notifications }) => notifications.publish(message)],
];

describe.concurrent('a call whose first attempt is never answered is tried again', () => {
  const again = { isRepeated: true, fault: null };

  it.each(CYCLE)('by a cycle: %s', HANGS, async (_, call) => {
    expect(await outcomeOf((each) => call(cycleRuntime(each, SHORT_LIMITS)))).toEqual(again);
  });

  it.each(RELEASE)('by a release: %s', HANGS, async (_, call) => {
    expect(await outcomeOf((each) => call(releaseRuntime(each, SHORT_LIMITS)))).toEqual(again);
  });

  it.each(ENROLMENT)('by an enrolment: %s', HANGS, async (_, call) => {
    expect(await outcomeOf((each) => call(enrolmentRuntime(each, SHORT_LIMITS)))).toEqual(again);
  });

  it('by a change of an endpoint: the news', HANGS, async () => {
    const news = { endpointName: 'a', isGone: true, endpointConfigName: undefined, tag: undefined };
    const call = (each: Surroundings) =>
      endpointRuntime(each, SHORT_LIMITS).enrolments.noteNews(news);
    expect(await outcomeOf(call)).toEqual(again);
  });

  it('by a prewarm: what is asked for', HANGS, async () => {
    const call = (each: Surroundings) =>
      prewarmRuntime(each, SHORT_LIMITS).prewarms.change(TARGET, (prewarms) => prewarms);
    expect(await outcomeOf(call)).toEqual(again);
  });

  it('where the answer only begins', HANGS, async () => {
    const call = (each: Surroundings) => cycleRuntime(each, SHORT_LIMITS).load.read([], 0, 60);
    expect(await outcomeOf(call, half)).toEqual(again);
  });
});

it('whoever brings a way to AWS keeps it', () => {
  const requestHandler = { handle: async () => ({ response: {} }) };
  expect(limited(LIMITS.cycle, { requestHandler, maxAttempts: 1 })).toEqual({
    requestHandler,
    maxAttempts: 1,
  });
});

describe('the time of a function', () => {
  /** Most attempts of a client that is not told otherwise: those of DynamoDB. */
  const MOST_ATTEMPTS = 4;
  /** Least that must fit behind the last moment at which a call begins. */
  const LEAST_ATTEMPTS = 2;
  /** Between two attempts, at most. */
  const PAUSE_MS = 400;
  /** How long functions begin new work; the cycle's is that of its first call. */
  const BUSY_SECONDS: Readonly<Record<string, number>> = {
    parameter: 40,
    sweep: 100,
    farewell: 270,
  };
  const functions = readStack(SERVERLESS_YML).functions.map(
    ({ name, timeoutSeconds }) => [name, timeoutSeconds] as const,
  );
  const lasts = ({ answerMs }: CallLimits, attempts: number) =>
    (attempts * answerMs + (attempts - 1) * PAUSE_MS) / 1000;

  it.each(functions)('has room for further attempts: %s', (name, timeoutSeconds) => {
    const busySeconds = BUSY_SECONDS[name];
    const attempts =
      busySeconds === undefined
        ? lasts(LIMITS.cycle, MOST_ATTEMPTS)
        : busySeconds + lasts(LIMITS.enrolment, LEAST_ATTEMPTS);
    expect(attempts).toBeLessThan(timeoutSeconds);
  });

  it('is looked at of every function', () => expect(functions).toHaveLength(8));
});
