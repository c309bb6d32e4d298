import { describe, expect, it } from 'vitest';
import { type LookDone, nextLookAt, spreadSeconds } from '../../lib/cycle/next-look.ts';
import { NOW_SECONDS } from './fakes.ts';

const NAME = Array.from({ length: 100 }, (_, i) => `endpoint-${i}`).find(
  (name) => spreadSeconds(name) === 7,
) as string;

interface Situation {
  readonly at?: number | null;
  readonly wanted?: number | null;
  readonly locked?: boolean;
  readonly nudges?: boolean;
}

/** A look at a target that has two instances, as far as the next look depends on it. */
function lookOf({
  at = NOW_SECONDS,
  wanted = 2,
  locked = false,
  nudges = false,
}: Situation): LookDone {
  return {
    decision: { nextLookAtSeconds: at, wanted, proposal: nudges ? {} : null },
    observation: { capacity: { inService: 2, desired: 2, locked, scalable: true } },
  } as LookDone;
}

describe('the next look at an endpoint', () => {
  const at = NOW_SECONDS;
  it.each<[label: string, situations: Situation[], expected: number | null]>([
    ['short of capacity: at once when there is news', [{ wanted: 3 }], at],
    ['as much as it wants: in its own second', [{ wanted: 2 }], at + 7],
    ['more than it wants: in its own second', [{ wanted: 1 }], at + 7],
    ['without data: in its own second', [{ wanted: null }], at + 7],
    ['short, but locked: in its own second', [{ wanted: 3, locked: true }], at + 7],
    ['short, but just nudged: in its own second', [{ wanted: 3, nudges: true }], at + 7],
    ['one of two short: at once', [{ wanted: 1 }, { wanted: 3 }], at],
    ['the earlier of two', [{ at: at + 10 }, { at }], at + 7],
    ['one of two at rest', [{ at: null }, { at }], at + 7],
    ['all at rest: never', [{ at: null }, { at: null }], null],
    ['nothing looked at: never', [], null],
  ])('%s', (_, situations, expected) => {
    expect(nextLookAt(NAME, situations.map(lookOf))).toBe(expected);
  });
});

it('spreads looks over eight seconds, the same for a name every time', () => {
  const delays = Array.from({ length: 500 }, (_, i) => spreadSeconds(`endpoint-${i}`));
  expect(new Set(delays)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(spreadSeconds('endpoint-1')).toBe(delays[1]);
});
