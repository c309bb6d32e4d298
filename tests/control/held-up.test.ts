import { expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import type { CapacityWindow } from '../../lib/control/windows.ts';
import { CONFIG, NOW, observed, stateWith, steady } from './fixtures.ts';

const FLOOR: CapacityWindow = {
  source: 'schedule',
  fromSeconds: NOW - 60,
  untilSeconds: NOW + 3600,
  atLeast: 9,
  atMost: null,
};

it.each<[string, readonly CapacityWindow[], number, number | null, number | null]>([
  ['as long as one asks for more', [FLOOR], 9, null, 1],
  ['as long as what it held up still stands', [], 9, 1, 1],
  ['no longer than that', [], 1, 1, null],
  ['not where none held anything up', [], 9, null, null],
])(
  'what load alone wants is remembered beside windows: %s',
  (_, windows, desired, before, after) => {
    const { state } = decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({ withoutWindows: before, written: { min: desired, max: 20 } }),
      observation: observed(steady(1), { desired }, { min: desired, max: 20 }),
      windows,
    });
    expect(state.withoutWindows).toBe(after);
  },
);
