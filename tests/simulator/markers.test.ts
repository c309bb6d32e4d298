import { describe, expect, it } from 'vitest';
import type { Reason } from '../../lib/control/reasons.ts';
import { type DecisionRecord, decisionRecord } from '../../lib/cycle/record.ts';
import { decisionMarkers } from '../../simulator/run/markers.ts';

const record = (facts: Partial<DecisionRecord>) =>
  decisionRecord({
    at: '2026-01-05T09:00:00.000Z',
    endpointName: 'checkout',
    resourceId: 'endpoint/checkout/variant/AllTraffic',
    mode: 'act',
    demand: 1.6,
    wanted: 2,
    inService: 2,
    desired: 2,
    boundsBefore: { min: 1, max: 20 },
    requested: null,
    outcome: { status: 'refused' },
    steps: [],
    inputs: null,
    ...facts,
  });
const step = (reason: Reason, name = 'step', constrained = false) => ({
  name,
  before: 5,
  after: 2,
  reason,
  constrained,
});
const out = { bounds: { min: 5, max: 20 }, direction: 'out', from: 2 } as const;
const still = { bounds: { min: 1, max: 20 }, direction: 'none', from: 2 } as const;
const failed = { status: 'failed', errorCode: 'Throttled', message: 'Too fast.' } as const;

describe('the mark of', () => {
  it.each<[string, Partial<DecisionRecord>, string, string]>([
    [
      'an owner’s change of Min and Max',
      { steps: [step('owner-changed-bounds')] },
      'notice',
      'Min or Max was changed by their owner',
    ],
    [
      'a change that was put off',
      { steps: [step('endpoint-locked', 'hold', true)] },
      'refused',
      'Scale-out from 2 to 5 put off',
    ],
    ['a scale-out', { requested: out, outcome: { status: 'taken' } }, 'scale-out', 'Min 1 → 5'],
    [
      'a scale-out that failed',
      { requested: out, outcome: failed },
      'refused',
      'Min 1 → 5, failed: Throttled',
    ],
    [
      'bounds alone',
      { requested: still, boundsBefore: { min: 2, max: 20 }, outcome: { status: 'taken' } },
      'bounds',
      'Min 2 → 1',
    ],
  ])('%s', (_, facts, kind, title) => {
    expect(decisionMarkers([record(facts)], 0)).toMatchObject([{ kind, title }]);
  });
});
