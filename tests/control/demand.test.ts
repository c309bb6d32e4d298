import { describe, expect, it } from 'vitest';
import { quantile, typicalStep } from '../../lib/control/demand.ts';

describe('the typical step', () => {
  it.each([
    ['nothing without two windows', [5], 0],
    ['nothing without any', [], 0],
    ['of two windows', [5, 3], 2],
    ['up and down alike', [1, 3, 1, 3], 2],
    ['of neighbours, not of windows further apart', [0, 5, 0, 5, 0], 5],
    ['the median: one leap is none', [1, 2, 3, 90], 1],
  ])('is %s', (_, values, expected) => {
    expect(typicalStep(values)).toBe(expected);
  });
});

describe('a quantile', () => {
  it.each([
    ['of nothing is zero', [], 0.5, 0],
    ['of none of them is the least', [3, 1, 2], 0, 1],
    ['of half is the middle', [3, 1, 2], 0.5, 2],
    ['of exactly half is the lower', [4, 3, 1, 2], 0.5, 2],
    ['of a hair more is the next', [4, 3, 1, 2], 0.51, 3],
    ['of all is the greatest', [3, 1, 2], 1, 3],
  ])('%s', (_, values, q, expected) => {
    expect(quantile(values, q)).toBe(expected);
  });
});
