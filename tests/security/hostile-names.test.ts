import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { alarmTarget } from '../../lib/enrolment/alarm-specs.ts';
import { parameterTarget } from '../../lib/enrolment/parameter-name.ts';
import { isResourceName, parseResourceId, variantTarget } from '../../lib/target.ts';
import { LifecycleWorld } from '../lifecycle/world.ts';

/** Names that would mean something else in an ARN, a path, a resource id, a key or a log. */
const HOSTILE: readonly (readonly [what: string, name: string])[] = [
  ['nothing', ''],
  ['a wildcard', '*'],
  ['a wildcard at the end', 'checkout*'],
  ['one character of any kind', 'checkou?'],
  ['a step up', '..'],
  ['a path', 'a/../../defaults'],
  ['a slash', 'a/b'],
  ['a backslash', 'a\\b'],
  ['an ARN', 'arn:aws:sagemaker:eu-west-1:123456789012:endpoint/checkout'],
  ['a colon', 'a:b'],
  ['a variable of a policy', '\u0024{aws:username}'],
  ['a key of the table', 'endpoint#checkout'],
  ['the mark of a leaving stack', '#leaving'],
  ['a key of an object', '__proto__x'],
  ['a line break', 'checkout\nadmin'],
  ['a line break at the end', 'checkout\n'],
  ['a null byte', 'checkout\0'],
  ['a space', 'check out'],
  ['a quotation mark', 'checkout"'],
  ['a letter that only looks like one', 'сheckout'],
  ['a percent sign', 'a%2Fb'],
  ['64 characters', 'a'.repeat(64)],
  ['a megabyte', 'a'.repeat(1_000_000)],
  ['hyphens without end', '-'.repeat(10_000)],
  ['a hyphen at the end', 'checkout-'],
];

describe.each(HOSTILE)('%s', (_, name) => {
  it('is no name, and nothing is made of it', () => {
    expect(isResourceName(name)).toBe(false);
    expect(() => variantTarget(name, 'AllTraffic')).toThrow(RangeError);
    expect(() => variantTarget('checkout', name)).toThrow(RangeError);
    for (const [endpoint, variant] of [
      [name, 'AllTraffic'],
      ['checkout', name],
    ]) {
      const resourceId = `endpoint/${endpoint}/variant/${variant}`;
      expect(parseResourceId(resourceId)).toBeUndefined();
      expect(alarmTarget(`fast-scaler/${resourceId}/high`)).toBeUndefined();
      expect(parameterTarget(`/fast-scaler/targets/${endpoint}/${variant}`)).toBeUndefined();
    }
  });
});

/** Every place of every event that a name is taken from. */
const PLACES: readonly (readonly [event: string, put: (event: Sample, name: string) => void])[] = [
  [
    'alarm-state-change',
    (event, name) => {
      event.detail.alarmName = `fast-scaler/endpoint/${name}/variant/AllTraffic/high`;
    },
  ],
  [
    'alarm-state-change',
    (event, name) => {
      event.detail.alarmName = `fast-scaler/endpoint/checkout/variant/${name}/high`;
    },
  ],
  [
    'endpoint-state-change',
    (event, name) => {
      event.detail.EndpointName = name;
    },
  ],
  [
    'endpoint-state-change',
    (event, name) => {
      event.detail.EndpointConfigName = name;
    },
  ],
  [
    'parameter-change',
    (event, name) => {
      event.detail.name = `/fast-scaler/targets/${name}/AllTraffic`;
    },
  ],
  [
    'parameter-change',
    (event, name) => {
      event.detail.name = `/fast-scaler/targets/checkout/${name}`;
    },
  ],
  ...['load-surge', 'prewarm-request', 'prewarm-cancellation'].flatMap((event) =>
    ['endpointName', 'variantName'].map(
      (key) =>
        [
          event,
          (told: Sample, name: string) => {
            told.detail[key] = name;
          },
        ] as const,
    ),
  ),
];

interface Sample {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown>;
}

const sample = (name: string): Sample =>
  JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8'));

describe('an event', () => {
  let world: LifecycleWorld;

  beforeEach(async () => {
    world = await LifecycleWorld.create();
  });

  const emit = ({ source, resources, detail, ...event }: Sample) =>
    world.parts.bus.emit({ source, detailType: event['detail-type'], resources, detail });

  it('with a good name is listened to, in every place', async () => {
    for (const [event, put] of PLACES) {
      const good = sample(event);
      put(good, 'checkout');
      world.calls.length = 0;
      emit(good);
      await world.run(2);
      expect(world.calls.length, event).toBeGreaterThan(0);
    }
  });

  it.each(HOSTILE)(
    'with %s for a name makes no call, in any place, and fails nothing',
    async (_, name) => {
      for (const [event, put] of PLACES) {
        const hostile = sample(event);
        put(hostile, name);
        emit(hostile);
        await world.run(2);
      }
      expect(world.calls).toEqual([]);
      expect(world.deployment.failures).toEqual([]);
    },
  );

  it.each(HOSTILE)('a message with %s makes no call', async (_, name) => {
    const { account, sqs } = world.parts;
    const { QueueUrl } = (await account.perform(sqs, 'GetQueueUrl', { QueueName: 'Rechecks' })) as {
      QueueUrl: string;
    };
    // SQS itself takes a megabyte at most.
    const endpointName = name.slice(0, 100_000);
    const MessageBody = JSON.stringify({ endpointName, cause: 'sweep' });
    await account.perform(sqs, 'SendMessage', { QueueUrl, MessageBody });
    await world.run(2);
    expect(world.calls).toEqual([]);
    expect(world.deployment.failures).toEqual([]);
  });
});
