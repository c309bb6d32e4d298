import { expect, it } from 'vitest';
import { passesByItself, registersLater } from '../../lib/operate/registers-later.ts';
import { CONFIG, enrolmentOf } from '../lib/fakes.ts';

const BOUNDS = { mode: 'act', minCapacity: 1, maxCapacity: 2 } as const;

it.each([
  ['is registered later in mode act, with both bounds', BOUNDS, false, true],
  ['is not where it only observes', { ...BOUNDS, mode: 'observe' as const }, false, false],
  ['is not without a Min', { ...BOUNDS, minCapacity: null }, false, false],
  ['is not without a Max', { ...BOUNDS, maxCapacity: null }, false, false],
  ['is not where somebody deregistered it', BOUNDS, true, false],
])('a scalable target %s', (_, changes, wasRegistered, expected) => {
  const enrolment = { ...enrolmentOf({ ...CONFIG, ...changes }), wasRegistered };
  expect(registersLater(enrolment)).toBe(expected);
  const missing = { what: 'There is no scalable target.', fix: '', code: 'unregistered' } as const;
  expect(passesByItself(enrolment, missing)).toBe(expected);
  expect(passesByItself(enrolment, { what: 'No metric.', fix: '' })).toBe(false);
});
