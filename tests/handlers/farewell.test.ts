import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../handlers/farewell.ts';
import { putResponse, respondWithin } from '../../lib/lambda/custom-resource.ts';
import { enrolmentOf, TARGET, World } from '../lib/fakes.ts';

const { resourceId } = TARGET;
const context = { functionName: 'farewell', awsRequestId: '1' } as Context;
const event = JSON.parse(
  readFileSync(new URL('../../events/custom-resource.json', import.meta.url), 'utf8'),
);

let world: World;
let answers: { url: string; body: Record<string, unknown> }[];

beforeEach(() => {
  world = new World();
  answers = [];
  world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
  world.enrolments.states.set(resourceId, {
    baseline: { min: 1, max: 20 },
    written: { min: 9, max: 20 },
  });
  world.bounds.set(resourceId, { min: 9, max: 20 });
  const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
  world.enrolments.entries.set('checkout', { tag: undefined, news: 0, targets });
});

async function run(RequestType: string) {
  const handle = createHandler({
    ...world.runtime(),
    respond: async (url, body) => void answers.push({ url, body: JSON.parse(body) }),
  });
  await handle({ ...event, RequestType }, context);
  expect(answers).toHaveLength(1);
  return answers[0];
}

describe('the custom resource', () => {
  it('releases every target before the stack goes, and answers', async () => {
    const answer = await run('Delete');
    expect(world.nudges[0]).toEqual({ min: 1, max: 20 });
    expect(world.enrolments.inForce.size).toBe(0);
    expect(world.enrolments.leaving).toBe(true);
    expect(answer).toEqual({
      url: event.ResponseURL,
      body: {
        Status: 'SUCCESS',
        Reason: 'Done',
        PhysicalResourceId: 'Farewell',
        StackId: event.StackId,
        RequestId: event.RequestId,
        LogicalResourceId: 'Farewell',
      },
    });
  });

  it('lets the stack go whose table somebody deleted', async () => {
    world.enrolments.setLeaving = async () => false;
    expect((await run('Delete'))?.body.Status).toBe('SUCCESS');
    expect(world.writes).toEqual([]);
  });

  it.each(['Create', 'Update'])(
    'on %s touches no target and lets them be enrolled',
    async (type) => {
      world.enrolments.leaving = true;
      expect((await run(type))?.body.Status).toBe('SUCCESS');
      expect([world.writes, world.enrolments.leaving]).toEqual([[], false]);
    },
  );

  it.each([
    ['denied while its role is new', 'AccessDeniedException', 5, 'SUCCESS', 30],
    ['denied for longer', 'AccessDeniedException', 6, 'FAILED', 30],
    ['another fault', 'ValidationException', 1, 'FAILED', 0],
  ])('on Create, with %s', async (_, name, times, status, waitedSeconds) => {
    let faults = times;
    const startMs = world.nowMs;
    world.enrolments.setLeaving = async () => {
      if (faults === 0) return true;
      faults -= 1;
      throw Object.assign(new Error('no'), { name });
    };
    expect((await run('Create'))?.body.Status).toBe(status);
    expect([faults, (world.nowMs - startMs) / 1000]).toEqual([0, waitedSeconds]);
  });

  it('answers a failure with its reason, and goes on with the others', async () => {
    world.fail('nudge', new Error('slow down'));
    const answer = await run('Delete');
    expect(answer?.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/1 targets .*Error: slow down.*checkout/),
    });
  });

  it('answers a fault before any target was found', async () => {
    world.enrolments.fleet = async () => {
      throw new Error('x'.repeat(5000));
    };
    const answer = await run('Delete');
    expect(answer?.body.Status).toBe('FAILED');
    expect(String(answer?.body.Reason).length).toBe(1000);
  });

  it('says so when the time does not suffice', async () => {
    world.alarms.set('a', { alarmName: `fast-scaler/${resourceId}/high` } as never);
    world.enrolments.lines.set('DeleteAlarms', world.nowMs + 270_001);
    expect((await run('Delete'))?.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('no time was left'),
    });
  });

  it.each([
    ['is left, though nothing has to be waited for', 270_000, 'FAILED', 1],
    ['is released a moment before', 269_999, 'SUCCESS', 0],
  ])('a target found when the time is over %s', async (_, lateMs, status, left) => {
    const { fleet } = world.enrolments;
    world.enrolments.fleet = async () => {
      world.nowMs += lateMs;
      return fleet.call(world.enrolments);
    };
    expect((await run('Delete'))?.body.Status).toBe(status);
    expect(world.enrolments.inForce.size).toBe(left);
  });
});

describe('the answer', () => {
  const withServer = async (
    statuses: (number | 'silent')[],
    use: (url: string) => Promise<void>,
  ) => {
    const received: { method: string | undefined; type: string | undefined; body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { method, headers } = request;
        const body = Buffer.concat(chunks).toString();
        received.push({ method, type: headers['content-type'], body });
        const status = statuses.shift() ?? 200;
        if (status !== 'silent') response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=1`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    return received;
  };

  it('is put without a content type, which the signature does not cover', async () => {
    const received = await withServer([200], (url) => putResponse(url, '{"a":1}'));
    expect(received).toEqual([{ method: 'PUT', type: '', body: '{"a":1}' }]);
  });

  it('is put again after one failure, and only one', async () => {
    expect(await withServer([500, 200], (url) => putResponse(url, '{}'))).toHaveLength(2);
    const twice = withServer([500, 503], (url) => putResponse(url, '{}'));
    await expect(twice).rejects.toThrow('CloudFormation answered 503.');
  });

  it('is put again where nobody takes it', { timeout: 10_000 }, async () => {
    const respond = respondWithin(1000);
    expect(await withServer(['silent'], (url) => respond(url, '{}'))).toHaveLength(2);
  });
});
