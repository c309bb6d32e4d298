import { describe, expect, it } from 'vitest';
import type { DecisionStep } from '../../lib/control/types.ts';
import { type DecisionRecord, decisionRecord, readRecord } from '../../lib/cycle/record.ts';

/** A record as the first version kept it. */
const FIRST = {
  at: '2026-01-05T00:10:21.050Z',
  endpointName: 'checkout',
  resourceId: 'endpoint/checkout/variant/AllTraffic',
  mode: 'act',
  demand: 9,
  wanted: 9,
  inService: 1,
  desired: 1,
  boundsBefore: { min: 1, max: 20 },
  requested: { bounds: { min: 9, max: 20 }, direction: 'out', from: 1 },
  outcome: { status: 'taken' },
  steps: [
    { name: 'demand', before: null, after: 9, reason: 'demand-measured', constrained: false },
    { name: 'floor', before: 1, after: 9, reason: 'floor-raised', constrained: false },
  ],
} as const;

const record = (changes: Partial<DecisionRecord> = {}) =>
  decisionRecord({ ...FIRST, inputs: null, ...changes });

describe('a record', () => {
  it.each([
    ['accepted', record(), { dryRun: false, taken: { min: 9, max: 20 } }],
    [
      'not done in observe mode',
      record({ mode: 'observe', outcome: { status: 'dry-run' } }),
      { dryRun: true, taken: null },
    ],
    [
      'that failed',
      record({ outcome: { status: 'failed', errorCode: 'ThrottlingException', message: 'slow' } }),
      { dryRun: false, taken: null },
    ],
    [
      'that asked for nothing',
      record({ requested: null, outcome: { status: 'refused' } }),
      { dryRun: false, taken: null },
    ],
  ])('%s tells requested and taken apart', (_, { dryRun, taken }, expected) => {
    expect({ dryRun, taken }).toEqual(expected);
  });

  const step = (name: string, reason: DecisionStep['reason'], constrained = false) => ({
    name,
    before: 9,
    after: 1,
    reason,
    constrained,
  });

  it.each([
    ['the last bound', FIRST.requested, [...FIRST.steps, step('loop', 'at-rest')], 'floor-raised'],
    [
      'what held it back last',
      null,
      [
        step('owner-bounds', 'owner-maximum', true),
        step('hold', 'endpoint-locked', true),
        step('loop', 'at-rest'),
      ],
      'endpoint-locked',
    ],
    [
      'what was learned where nothing followed from it',
      null,
      [
        step('baseline-min', 'owner-changed-bounds'),
        step('baseline-max', 'owner-changed-bounds'),
        step('pending', 'nudge-lost-while-locked'),
        step('hold', 'capacity-sufficient'),
        step('loop', 'at-rest'),
      ],
      'owner-changed-bounds',
    ],
    [
      'what held it back before what was learned',
      null,
      [step('lease', 'lease-expired'), step('hold', 'endpoint-locked', true)],
      'endpoint-locked',
    ],
    [
      'a request that was lost',
      null,
      [step('pending', 'nudge-lost-while-locked'), step('loop', 'at-rest')],
      'nudge-lost-while-locked',
    ],
    [
      'a lease that ended',
      null,
      [step('lease', 'lease-expired'), step('loop', 'at-rest')],
      'lease-expired',
    ],
    ['the last step', null, [step('demand', 'no-data'), step('loop', 'at-rest')], 'at-rest'],
  ] as const)('is settled by %s', (_, requested, steps, reason) => {
    expect(record({ requested, steps }).reason).toBe(reason);
  });
});

describe('reading', () => {
  const text = (value: unknown) => JSON.stringify(value);

  it('gives back what was kept', () => {
    expect(readRecord(text(record()))).toEqual(record());
  });

  it('completes records of the first version', () => {
    expect(readRecord(text(FIRST))).toEqual(record());
  });

  it.each([
    ['a newer version', text({ ...record(), schemaVersion: 3 })],
    ['something else', text({ hello: 'world' })],
    ['a list', text([FIRST])],
    ['no JSON', '{'],
  ])('leaves %s alone', (_, kept) => {
    expect(readRecord(kept)).toBeUndefined();
  });
});
