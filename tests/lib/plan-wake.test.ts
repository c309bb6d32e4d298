import { expect, it } from 'vitest';
import { BUSY, run } from './plan-situation.ts';

it.each([
  ['an owner’s Min of 0 counts as one instance', { min: 0, max: 20 }, 6.4],
  ['an owner’s Min of 1', { min: 1, max: 20 }, 6.4],
  ['an owner’s Min of 3', { min: 3, max: 20 }, 3 * 6.4],
  ['no scalable target counts as one instance', undefined, 6.4],
])('the load of a whole variant wakes by the capacity at rest: %s', (_, baseline, threshold) => {
  const signal = { ...BUSY, dimensions: {}, loadScope: 'variant' } as const;
  const { putAlarms } = run({ signal, targetPerInstance: 8 }, { baseline });
  expect(putAlarms).toMatchObject([{ threshold: expect.closeTo(threshold, 9) }]);
});
