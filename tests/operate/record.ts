import type { Reason } from '../../lib/control/reasons.ts';
import { type DecisionRecord, decisionRecord } from '../../lib/cycle/record.ts';

export const RECORD: DecisionRecord = decisionRecord({
  at: '2026-01-05T09:00:00.000Z',
  endpointName: 'checkout',
  resourceId: 'endpoint/checkout/variant/AllTraffic',
  mode: 'act',
  demand: 4.2,
  wanted: 5,
  inService: 2,
  desired: 3,
  boundsBefore: { min: 1, max: 20 },
  requested: null,
  outcome: { status: 'refused' },
  steps: [],
  inputs: null,
});

export const step = (reason: Reason, before: number | null, after: number | null) => ({
  name: 'step',
  before,
  after,
  reason,
  constrained: false,
});
