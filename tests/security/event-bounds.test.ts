import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import {
  alarmStateChange,
  customResourceRequest,
  endpointStateChange,
  loadSurge,
  parameterChange,
  recheckMessages,
  scheduleTick,
} from '../../lib/lambda/events.ts';
import { prewarmEvent } from '../../lib/prewarm/prewarm-event.ts';

const EVENTS = new URL('../../events/', import.meta.url);

/** The schema by which the function of each sample reads it. */
const SCHEMAS: Readonly<Record<string, z.ZodMiniType>> = {
  'alarm-state-change': alarmStateChange,
  'custom-resource': customResourceRequest,
  'endpoint-state-change': endpointStateChange,
  'load-surge': loadSurge,
  'parameter-change': parameterChange,
  'prewarm-cancellation': prewarmEvent,
  'prewarm-request': prewarmEvent,
  recheck: recheckMessages,
  schedule: scheduleTick,
};

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`${name}.json`, EVENTS), 'utf8'));

/** What a handler may be given of an event at most, characters of JSON. */
const MOST_KEPT = 25_000;

const EXCESSES: readonly (readonly [what: string, value: unknown])[] = [
  ['a megabyte of text', 'a'.repeat(1_000_000)],
  ['ten thousand items', new Array(10_000).fill('item')],
  [
    'an object with ten thousand keys',
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])),
  ],
];

/** Every place in a value, deepest last. */
function places(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, each]) => places(each).map((path) => [key, ...path])),
  ];
}

/** The value with another one in a place. */
function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const inner = (value as Record<string, unknown>)[key];
  const changed = { ...(value as object), [key]: replaced(inner, rest, by) };
  return Array.isArray(value) ? Object.values(changed) : changed;
}

it('every sample has its schema', () => {
  const names = readdirSync(EVENTS).map((file) => file.replace('.json', ''));
  expect(Object.keys(SCHEMAS)).toEqual(names.sort());
});

describe.each(Object.entries(SCHEMAS))('%s', (name, schema) => {
  const good = sample(name);

  it('is taken as it is, and what is taken is small', () => {
    expect(JSON.stringify(schema.parse(good)).length).toBeLessThan(MOST_KEPT);
  });

  it.each(EXCESSES)('with %s in any place is refused, or that is left out', (_, excess) => {
    for (const path of places(good)) {
      const { success, data } = schema.safeParse(replaced(good, path, excess));
      const kept = success ? JSON.stringify(data).length : 0;
      expect(kept, path.join('.')).toBeLessThan(MOST_KEPT);
    }
  });
});

describe('a number of an event', () => {
  const NUMBERS: readonly (readonly [event: string, path: readonly string[]])[] = [
    ['load-surge', ['detail', 'observed']],
    ['prewarm-request', ['detail', 'minInstances']],
    ['prewarm-request', ['detail', 'durationMinutes']],
  ];
  const ODD = [-1, 1e12, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY, '5', null];

  it.each(NUMBERS)('of %s at %j has bounds', (name, path) => {
    const schema = SCHEMAS[name];
    for (const odd of ODD) {
      expect(schema?.safeParse(replaced(sample(name), path, odd)).success, String(odd)).toBe(false);
    }
  });
});
