import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler as alarm } from '../../handlers/alarm.ts';
import { createHandler as endpoint } from '../../handlers/endpoint.ts';
import { createHandler as parameter } from '../../handlers/parameter.ts';
import { createHandler as prewarm } from '../../handlers/prewarm.ts';
import { createHandler as recheck } from '../../handlers/recheck.ts';
import { createHandler as surge } from '../../handlers/surge.ts';
import { createHandler as sweep } from '../../handlers/sweep.ts';
import { NO_PREWARMS, type Prewarms } from '../../lib/prewarm.ts';
import { variantTarget } from '../../lib/target.ts';
import { World } from '../lib/fakes.ts';

const context = { functionName: 'test', awsRequestId: '1' } as Context;
let world: World;

beforeEach(() => {
  world = new World();
  world.setDemand(9);
});

// biome-ignore lint/suspicious/noExplicitAny: a sample is whatever AWS sends
const sample = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8'));

describe('a sample event', () => {
  it('of an alarm runs a cycle', async () => {
    await alarm(world.runtime())(sample('alarm-state-change'), context);
    expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
  });

  // Longer than the sweep needs to find it so by itself.
  it.each([
    ['for the window', 60, 60],
    ['for no longer than the sweep confirms it', 3600, 90],
  ])('of a muted alarm pauses its target %s', async (_, leftSeconds, pausedSeconds) => {
    const event = sample('alarm-state-change');
    const end = new Date(world.nowMs + 1000 * leftSeconds).toISOString().replace('Z', '+0000');
    event.detail.muteDetail = { mutedByArn: 'arn:rule', muteWindowEnd: end };
    await alarm(world.runtime())(event, context);
    expect(world.nudges).toEqual([]);
    const [state] = [...(world.saved[0]?.values() ?? [])];
    expect(state?.mutedUntilSeconds).toBe(world.nowMs / 1000 + pausedSeconds);
  });

  it('of an endpoint runs a cycle, and what else it tells is noted', async () => {
    const event = sample('endpoint-state-change');
    event.detail.Tags = { 'fast-scaler': 'observe', team: 'search' };
    await endpoint(world.runtime())(event, context);
    expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
    expect(world.enrolments.news).toEqual([
      {
        endpointName: 'checkout',
        isGone: false,
        endpointConfigName: event.detail.EndpointConfigName,
        tag: 'observe',
      },
    ]);
  });

  it.each(['DELETING', 'DELETED'])('of an endpoint that is %s is noted', async (status) => {
    const event = sample('endpoint-state-change');
    event.detail.EndpointStatus = status;
    await endpoint(world.runtime())(event, context);
    expect(world.enrolments.news).toMatchObject([{ endpointName: 'checkout', isGone: true }]);
  });

  it('of the defaults reaches every target', async () => {
    world.parameters.set('/fast-scaler/targets/checkout/AllTraffic', '{"targetPerInstance":1500}');
    const event = sample('parameter-change');
    event.detail.name = '/fast-scaler/defaults';
    await parameter(world.runtime())(event, context);
    expect([...world.enrolments.inForce.keys()]).toEqual(['endpoint/checkout/variant/AllTraffic']);
  });

  it('of a parameter enrols its target', async () => {
    world.parameters.set('/fast-scaler/targets/checkout/AllTraffic', '{"targetPerInstance":1500}');
    await parameter(world.runtime())(sample('parameter-change'), context);
    expect([...world.enrolments.inForce.keys()]).toEqual(['endpoint/checkout/variant/AllTraffic']);
  });

  it('of a re-check runs a cycle', async () => {
    const response = await recheck(world.runtime())(sample('recheck'), context);
    expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
    expect(response).toEqual({ batchItemFailures: [] });
  });

  it('of a surge runs a cycle', async () => {
    await surge(world.runtime())(sample('load-surge'), context);
    expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
  });

  it('of a surge that the metrics do not show yet has the endpoint looked at again', async () => {
    world.setDemand(0.1);
    await surge(world.runtime())(sample('load-surge'), context);
    expect(world.nudges).toEqual([]);
    expect(world.rechecks).toEqual([
      { recheck: { endpointName: 'checkout', cause: 're-check', loop: 7 }, delaySeconds: 10 },
    ]);
  });

  it('of an alarm whose target is at rest asks for no other look', async () => {
    world.setDemand(0.1);
    await alarm(world.runtime())(sample('alarm-state-change'), context);
    expect(world.rechecks).toEqual([]);
  });

  it('of the schedule asks for a look at every endpoint', async () => {
    for (const endpointName of ['checkout', 'search']) {
      const { resourceId } = variantTarget(endpointName, 'AllTraffic');
      const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
      world.enrolments.entries.set(endpointName, { tag: undefined, news: 0, targets });
    }
    await sweep(world.runtime())(sample('schedule'), context);
    expect(world.rechecks.map((each) => each.recheck)).toEqual([
      { endpointName: 'checkout', cause: 'sweep' },
      { endpointName: 'search', cause: 'sweep' },
    ]);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: whatever somebody may send
const withSurge = (detail: any) => {
  const event = sample('load-surge');
  return { ...event, detail: { ...event.detail, ...detail } };
};

describe('the detail of a surge', () => {
  it.each([
    ['nothing observed', { observed: 0 }, true],
    ['no variant', { variantName: undefined }, true],
    ['more than the client tells', { queueName: 'jobs', reason: 'queue' }, true],
    ['as much as is believed', { observed: 1e9 }, true],
    ['more than is believed', { observed: 1e9 + 1 }, false],
    ['less than nothing', { observed: -0.001 }, false],
    ['no number', { observed: '1' }, false],
    ['another version', { schemaVersion: 2 }, false],
    ['an unknown reason', { reason: 'because' }, false],
    ['a path for an endpoint', { endpointName: '../x' }, false],
    ['an endless endpoint', { endpointName: 'a'.repeat(64) }, false],
    ['the longest endpoint', { endpointName: 'a'.repeat(63) }, true],
    ['a path for a variant', { variantName: 'a/b' }, false],
  ])('%s', async (_, detail, isTaken) => {
    const runtime = world.runtime();
    const claim = vi.spyOn(runtime.store, 'claim');
    await surge(runtime)(withSurge(detail), context);
    expect(claim).toHaveBeenCalledTimes(isTaken ? 1 : 0);
  });
});

/** A runtime with the prewarms of one enrolled target. */
function prewarming() {
  let kept: Prewarms = NO_PREWARMS;
  const change = vi.fn(async (target: { endpointName: string }, how: (p: Prewarms) => Prewarms) => {
    if (target.endpointName !== 'checkout') return undefined;
    kept = how(kept);
    return kept;
  });
  return { runtime: { ...world.runtime(), prewarms: { change } }, change, kept: () => kept };
}

describe('a request for a prewarm', () => {
  const at = (nowSeconds: number) => {
    world.nowMs = nowSeconds * 1000;
    return prewarming();
  };
  const asked = Date.parse(sample('prewarm-request').time) / 1000;

  it('is kept, and its endpoint looked at', async () => {
    const { runtime, kept } = at(asked + 1);
    const claim = vi.spyOn(runtime.store, 'claim');
    await prewarm(runtime)(sample('prewarm-request'), context);
    const times = { fromSeconds: asked, untilSeconds: asked + 7200, askedAtSeconds: asked };
    expect(kept().list).toEqual([{ minInstances: 6, ...times }]);
    expect(claim.mock.calls.map(([name, by]) => [name, by.cause])).toEqual([['checkout', 'event']]);
  });

  it('that comes twice is kept once', async () => {
    const { runtime, kept } = at(asked + 1);
    for (let n = 0; n < 2; n += 1) await prewarm(runtime)(sample('prewarm-request'), context);
    expect(kept().list).toHaveLength(1);
  });

  it('is dropped by its cancellation', async () => {
    const { runtime, kept } = at(asked + 1);
    await prewarm(runtime)(sample('prewarm-request'), context);
    await prewarm(runtime)(sample('prewarm-cancellation'), context);
    expect(kept().list).toEqual([]);
  });

  const dated = (name: string, afterSeconds: number) => ({
    ...sample(name),
    time: new Date((asked + afterSeconds) * 1000).toISOString(),
  });

  it.each([
    ['a minute ahead', 60, 59, []],
    ['a minute ahead', 60, 60, [6]],
    ['a year ahead', 365 * 86_400, 59, []],
    ['a year ahead', 365 * 86_400, 60, [6]],
  ])('after a cancellation that is dated %s (%i s), %i s later', async (_, ahead, after, taken) => {
    const { runtime, kept } = at(asked);
    await prewarm(runtime)(dated('prewarm-cancellation', ahead), context);
    world.nowMs = (asked + after) * 1000;
    await prewarm(runtime)(dated('prewarm-request', after), context);
    expect(kept().list.map(({ minInstances }) => minInstances)).toEqual(taken);
  });

  it('that is dated a year ahead can be cancelled', async () => {
    const { runtime, kept } = at(asked);
    const detail = {
      ...sample('prewarm-request').detail,
      from: new Date(asked * 1000).toISOString(),
    };
    await prewarm(runtime)({ ...dated('prewarm-request', 365 * 86_400), detail }, context);
    expect(kept().list).toHaveLength(1);
    world.nowMs = (asked + 120) * 1000;
    await prewarm(runtime)(dated('prewarm-cancellation', 120), context);
    expect(kept().list).toEqual([]);
  });

  it.each([
    ['over', 7200, {}],
    ['for a target that is not enrolled', 1, { endpointName: 'ads' }],
  ])('is refused and counted when it is %s', async (_, afterSeconds, detail) => {
    const { runtime, kept } = at(asked + afterSeconds);
    const counted = vi.spyOn(runtime.metrics, 'addMetric');
    const event = sample('prewarm-request');
    await prewarm(runtime)({ ...event, detail: { ...event.detail, ...detail } }, context);
    expect(counted).toHaveBeenCalledWith('PrewarmRefused', 'Count', 1);
    expect([kept().list, world.rechecks]).toEqual([[], []]);
  });

  it.each([
    ['a moment to begin at', { from: '2026-11-23T12:00:00Z' }, true],
    ['a moment with an offset', { from: '2026-11-23T13:00+01:00' }, true],
    ['a moment without a zone', { from: '2026-11-23T12:00:00' }, false],
    ['a day', { from: '2026-11-23' }, false],
    ['no day of the calendar', { from: '2026-13-45T12:00:00Z' }, false],
    ['one instance', { minInstances: 1 }, true],
    ['no instance', { minInstances: 0 }, false],
    ['the most instances', { minInstances: 10_000 }, true],
    ['more than the most', { minInstances: 10_001 }, false],
    ['half an instance', { minInstances: 1.5 }, false],
    ['a minute', { durationMinutes: 1 }, true],
    ['no time', { durationMinutes: 0 }, false],
    ['a week', { durationMinutes: 10_080 }, true],
    ['more than a week', { durationMinutes: 10_081 }, false],
    ['another version', { schemaVersion: 2 }, false],
    ['a path for an endpoint', { endpointName: '../x' }, false],
    ['no variant', { variantName: undefined }, false],
    ['a misspelt key', { minInstance: 4 }, false],
  ])('with %s', async (_, detail, isTaken) => {
    const { runtime, change } = at(asked);
    const event = sample('prewarm-request');
    await prewarm(runtime)({ ...event, detail: { ...event.detail, ...detail } }, context);
    expect(change).toHaveBeenCalledTimes(isTaken ? 1 : 0);
  });

  it('of an unknown kind is told', async () => {
    const { runtime } = at(asked);
    const logged = vi.spyOn(runtime.logger, 'error');
    await prewarm(runtime)({ ...sample('prewarm-request'), 'detail-type': 'Prewarm' }, context);
    expect(logged).toHaveBeenCalledWith('malformed event dropped', expect.anything());
  });
});

describe('an event that does not fit', () => {
  const broken = {
    alarm: { ...sample('alarm-state-change'), detail: { alarmName: 'somebody-elses' } },
    endpoint: { ...sample('endpoint-state-change'), detail: { EndpointName: '../etc' } },
    parameter: { ...sample('parameter-change'), source: 'aws.other' },
    recheck: { Records: 'none' },
    surge: withSurge({ observed: -1 }),
    sweep: {},
  };

  it.each([
    ['alarm', alarm, 'somebody-elses'],
    ['endpoint', endpoint, 'EndpointName'],
    ['parameter', parameter, 'aws.ssm'],
    ['recheck', recheck, 'expected array'],
    ['surge', surge, 'observed'],
    ['sweep', sweep, 'aws.events'],
  ] as const)(
    'is logged with what is wrong and counted by %s',
    async (name, createHandler, fault) => {
      const runtime = world.runtime();
      const logged = vi.spyOn(runtime.logger, 'error');
      const counted = vi.spyOn(runtime.metrics, 'addMetric');
      const handle = createHandler(runtime) as (
        event: unknown,
        context: Context,
      ) => Promise<unknown>;
      await handle(broken[name], context);
      expect(logged).toHaveBeenCalledWith(
        'malformed event dropped',
        expect.objectContaining({ complaint: expect.stringContaining(fault), event: broken[name] }),
      );
      expect(counted).toHaveBeenCalledWith('MalformedEvent', 'Count', 1);
      expect([world.nudges, world.rechecks, world.saved]).toEqual([[], [], []]);
    },
  );

  it('drops a re-check whose body cannot be read, and goes on with the others', async () => {
    const [record] = sample('recheck').Records;
    const event = { Records: [{ ...record, body: '{"endpointName":1}' }, record] };
    const response = await recheck(world.runtime())(event, context);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(world.nudges).toHaveLength(1);
  });
});

it('hands a re-check back to the queue when its state cannot be claimed', async () => {
  world.fail('claim');
  const response = await recheck(world.runtime())(sample('recheck'), context);
  expect(response).toEqual({
    batchItemFailures: [{ itemIdentifier: sample('recheck').Records[0].messageId }],
  });
});
