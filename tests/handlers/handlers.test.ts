import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler as alarm } from '../../handlers/alarm.ts';
import { createHandler as endpoint } from '../../handlers/endpoint.ts';
import { createHandler as parameter } from '../../handlers/parameter.ts';
import { createHandler as recheck } from '../../handlers/recheck.ts';
import { createHandler as surge } from '../../handlers/surge.ts';
import { createHandler as sweep } from '../../handlers/sweep.ts';
import { variantTarget } from '../../lib/target.ts';
import { World } from '../lib/fakes.ts';
import { context, sample } from './calls.ts';

let world: World;

beforeEach(() => {
  world = new World();
  world.setDemand(9);
});

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

  it.each<[label: string, tags: unknown, tag: string | undefined]>([
    ['a map of tags', { 'fast-scaler': 'observe', team: 'search' }, 'observe'],
    [
      'a list of tags',
      [
        { Key: 'team', Value: 'search' },
        { Key: 'fast-scaler', Value: 'observe' },
      ],
      'observe',
    ],
    ['a map in which the tag is empty', { 'fast-scaler': '' }, ''],
    ['a list in which the tag is empty', [{ Key: 'fast-scaler', Value: '' }], ''],
    ['a list without the tag', [{ Key: 'team', Value: 'search' }], undefined],
    ['tags of a form that nobody knows', 'fast-scaler=observe', undefined],
    ['no tags', null, undefined],
  ])(
    'of an endpoint with %s runs a cycle, and what else it tells is noted',
    async (_, tags, tag) => {
      const event = sample('endpoint-state-change');
      event.detail.Tags = tags;
      await endpoint(world.runtime())(event, context);
      expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
      expect(world.enrolments.news).toEqual([
        {
          endpointName: 'checkout',
          isGone: false,
          endpointConfigName: event.detail.EndpointConfigName,
          tag,
        },
      ]);
    },
  );

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

  it.each([null, 'text', 7, []])('is dropped though it is no object at all: %j', async (event) => {
    const runtime = world.runtime();
    const counted = vi.spyOn(runtime.metrics, 'addMetric');
    await expect(alarm(runtime)(event as never, context)).resolves.toEqual({});
    expect(counted).toHaveBeenCalledWith('MalformedEvent', 'Count', 1);
  });

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
