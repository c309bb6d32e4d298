import { expect, it } from 'vitest';
import { REASONS } from '../../lib/control/reasons.ts';

it('keeps every reason code at its place; new ones go to the end of this list and of the code', () => {
  expect(REASONS).toEqual([
    'no-data',
    'stale-data',
    'demand-measured',
    'demand-growing',
    'capacity-sufficient',
    'ramp-still-steepening',
    'recent-peak-needs-capacity',
    'within-dead-band',
    'scale-out-spacing',
    'scale-in-spacing',
    'flap-guard',
    'endpoint-locked',
    'endpoint-not-scalable',
    'nudge-lost-while-locked',
    'owner-changed-bounds',
    'owner-minimum',
    'owner-maximum',
    'floor-raised',
    'floor-lowered',
    'ceiling-lowered',
    'ceiling-returned',
    'at-rest',
    'mode-paused',
    'target-missing',
    'another-target-first',
    'demand-gone',
    'lease-expired',
    'standing-down',
    'quota-refused',
    'insufficient-capacity',
    'target-released',
  ]);
});
