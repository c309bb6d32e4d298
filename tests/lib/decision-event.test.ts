import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { decisionEventSchema, decisionEvents } from '../../lib/cycle/decision-event.ts';
import {
  type DecisionInputs,
  type DecisionRecord,
  decisionRecord,
} from '../../lib/cycle/record.ts';
import { eventSchemaText } from '../../tools/write-event-schema.ts';

const OWNERS = { min: 1, max: 20 };
const INPUTS: DecisionInputs = {
  newestWindowSeconds: 1_800_000_000,
  endpointStatus: 'InService',
  baseline: OWNERS,
  lease: null,
  pending: null,
  refusal: null,
  leadTimeSeconds: 180,
  targetPerInstance: 1500,
  riskPrice: 10,
};

function record(changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return decisionRecord({
    at: '2026-01-05T00:10:21.050Z',
    endpointName: 'checkout',
    resourceId: 'endpoint/checkout/variant/AllTraffic',
    mode: 'act',
    demand: 9.25,
    wanted: 10,
    inService: 1,
    desired: 1,
    boundsBefore: OWNERS,
    requested: { bounds: { min: 10, max: 20 }, direction: 'out', from: 1 },
    outcome: { status: 'taken' },
    steps: [{ name: 'floor', before: 1, after: 10, reason: 'floor-raised', constrained: false }],
    inputs: INPUTS,
    ...changes,
  });
}

const lowered = { min: 4, max: 4 };
const moved = (bounds: { min: number; max: number }) => ({
  requested: { bounds, direction: 'none' as const, from: 4 },
});
const expired = {
  name: 'lease',
  before: null,
  after: null,
  reason: 'lease-expired' as const,
  constrained: false,
};

describe('an event is put', () => {
  it.each<[string, Partial<DecisionRecord>, object]>([
    ['for more capacity', {}, { change: 'scale-out', boundsAfter: { min: 10, max: 20 } }],
    [
      'for less capacity',
      { requested: { bounds: lowered, direction: 'in', from: 9 } },
      { change: 'scale-in', boundsAfter: lowered },
    ],
    ['for bounds alone', moved({ min: 4, max: 20 }), { change: 'bounds-moved' }],
    ['for the owner’s bounds', moved(OWNERS), { change: 'bounds-returned', boundsAfter: OWNERS }],
    [
      'for a lease that is over',
      { requested: null, outcome: { status: 'refused' }, steps: [expired] },
      { change: 'lease-ended', boundsAfter: OWNERS },
    ],
  ])('%s', (_, changes, expected) => {
    const [event, ...more] = decisionEvents(record(changes));
    expect(more).toEqual([]);
    expect(event).toMatchObject(expected);
    const sent = JSON.parse(JSON.stringify(event));
    expect(z.safeParse(decisionEventSchema, sent).error).toBeUndefined();
    expect(Object.keys(sent)).toEqual(Object.keys(decisionEventSchema.shape));
  });
});

it('a lease that is over is an event beside the nudge that follows it', () => {
  const steps = [expired, ...record().steps];
  expect(decisionEvents(record({ steps }))).toMatchObject([
    { change: 'lease-ended', reason: 'lease-expired', boundsAfter: OWNERS },
    { change: 'scale-out', reason: 'floor-raised', boundsAfter: { min: 10, max: 20 } },
  ]);
});

it.each<[string, Partial<DecisionRecord>]>([
  ['observe mode', { mode: 'observe', outcome: { status: 'dry-run' } }],
  ['a failure', { outcome: { status: 'failed', errorCode: 'X', message: 'x' } }],
  ['a refusal', { requested: null, outcome: { status: 'refused' } }],
  ['what is no variant', { resourceId: 'inference-component/x' }],
])('no event is put for %s', (_, changes) => {
  expect(decisionEvents(record(changes))).toEqual([]);
});

it.each([
  ['a count that is none', { inService: 1.5 }],
  ['a change that does not exist', { change: 'exploded' }],
  ['a time that is none', { at: 'yesterday' }],
  ['a field that is missing', { wanted: undefined }],
])('the schema refuses %s', (_, changes) => {
  const event = { ...decisionEvents(record())[0], ...changes };
  expect(z.safeParse(decisionEventSchema, event).success).toBe(false);
});

describe('the documentation', () => {
  const docs = resolve(import.meta.dirname, '../../docs');
  const page = readFileSync(join(docs, 'events.md'), 'utf8');

  it('has the schema as it is', () => {
    const published = readFileSync(join(docs, 'schema/scaling-decision.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(eventSchemaText()));
  });

  it('tells of every field', () => {
    for (const field of Object.keys(decisionEventSchema.shape))
      expect(page).toContain(`| \`${field}\` |`);
  });

  it('shows an event that fits the schema', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const { detail, ...envelope } = JSON.parse(example);
    expect(envelope).toMatchObject({ source: 'fast-scaler', 'detail-type': 'Scaling Decision' });
    expect(z.safeParse(decisionEventSchema, detail).error).toBeUndefined();
  });
});
