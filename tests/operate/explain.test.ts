import { describe, expect, it } from 'vitest';
import type { Reason } from '../../lib/control/reasons.ts';
import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { around, failedChange, preview } from '../../lib/operate/explain.ts';
import { headline } from '../../lib/operate/headline.ts';
import { RECORD, step } from './record.ts';

describe('a headline', () => {
  const out = { bounds: { min: 5, max: 20 }, direction: 'out', from: 3 } as const;
  const still = { bounds: { min: 1, max: 20 }, direction: 'none', from: 3 } as const;
  const held = (reason: Reason, before: number) => ({
    ...step(reason, before, 3),
    name: 'hold',
    constrained: true,
  });
  const floor = (reason: Reason) => ({ ...step(reason, 1, 3), name: 'floor' });

  it.each<[string, Partial<DecisionRecord>, string]>([
    [
      'a scale-out',
      { requested: out, outcome: { status: 'taken' } },
      'Scale-out from 3 to 5 instances',
    ],
    [
      'a hold before a scale-out',
      { steps: [held('endpoint-locked', 5)] },
      'Scale-out from 3 to 5 put off',
    ],
    [
      'a hold before a scale-in',
      { steps: [held('scale-in-spacing', 2)] },
      'Scale-in from 3 to 2 put off',
    ],
    [
      'a ceiling that stands in the way',
      { steps: [step('owner-maximum', 9, 3)] },
      'Held at your Max of 3',
    ],
    [
      'the turn of another',
      { steps: [step('another-target-first', 3, null)], wanted: 3 },
      'Change of capacity put off',
    ],
    [
      'bounds alone',
      { requested: still, steps: [step('floor-lowered', 3, 1)] },
      'Min lowered, capacity unchanged',
    ],
    [
      'a floor for a window',
      { requested: still, steps: [floor('schedule-floor')] },
      'Min raised for a window of its schedule, capacity unchanged',
    ],
    [
      'a floor for a prewarm',
      { requested: still, steps: [floor('prewarm-floor')] },
      'Min raised for a prewarm, capacity unchanged',
    ],
    [
      'a floor for the daily pattern',
      { requested: still, steps: [floor('pattern-floor')] },
      'Min raised for the daily pattern of its load, capacity unchanged',
    ],
    ['nothing', {}, 'No change'],
  ])('for %s', (_, record, expected) => {
    expect(headline({ ...RECORD, ...record })).toBe(expected);
  });

  const back = { bounds: { min: 1, max: 2 }, direction: 'in', from: 3 } as const;
  const lowered = { ...step('budget-spent', 20, 8), name: 'ceiling' };

  it.each<[string, Partial<DecisionRecord>, string]>([
    ['a scale-out', { requested: out }, 'Scale-out from 3 to 5 instances due'],
    ['a scale-in', { requested: back }, 'Scale-in from 3 to 2 instances due'],
    [
      'a floor for a prewarm',
      { requested: still, steps: [floor('prewarm-floor')] },
      'Min due to be raised for a prewarm, capacity unchanged',
    ],
    [
      'a Max that comes back',
      { requested: still, steps: [step('ceiling-returned', 5, 20)] },
      'Your Max due to be given back, capacity unchanged',
    ],
    [
      'a Max that a budget lowers',
      { requested: still, steps: [lowered] },
      'Max due to be set to 8 by its budget of the day',
    ],
    [
      'a stand-down',
      { requested: still, steps: [step('standing-down', 5, 20)] },
      'Your Min and Max due to be given back',
    ],
  ])('for %s that is due', (_, record, expected) => {
    expect(headline({ ...RECORD, ...record, outcome: { status: 'dry-run' } }, true)).toBe(expected);
  });
});

describe('a look at this moment', () => {
  const out = { bounds: { min: 5, max: 20 }, direction: 'out', from: 3 } as const;
  const due = /^The next look does so, within a minute/;

  it.each<[string, DecisionRecord['mode'], boolean, string, RegExp]>([
    ['in act', 'act', true, 'Scale-out from 3 to 5 instances due', due],
    [
      'in observe',
      'observe',
      false,
      'Scale-out from 3 to 5 instances decided, not done',
      /^The mode is observe, so nothing was touched\.$/,
    ],
    ['that stands down', 'observe', true, 'Scale-out from 3 to 5 instances due', due],
  ])('%s tells what comes of it', (_, mode, isDue, expected, last) => {
    const outcome = { status: 'dry-run' } as const;
    const told = preview({ ...RECORD, mode, requested: out, outcome }, isDue, false);
    expect(told.headline).toBe(expected);
    expect(told.sentences.at(-1)).toMatch(last);
  });

  it.each([
    ['and bounds to register one with', true, 'The service registers it with your minCapacity'],
    ['and none to register one with', false, 'it waits until its owner does'],
  ])('without a scalable target %s', (_, registersLater, expected) => {
    const steps = [step('target-missing', null, null)];
    const { sentences } = preview({ ...RECORD, steps }, false, registersLater);
    expect(sentences).toEqual([expect.stringContaining(expected)]);
  });

  it('that changes nothing promises nothing', () => {
    expect(preview(RECORD, false, false)).toMatchObject({ headline: 'No change', sentences: [] });
  });
});

describe('a failed change', () => {
  const failed = { status: 'failed', errorCode: 'Throttled', message: 'Too fast.' } as const;
  const nowMs = Date.parse(RECORD.at);
  const record = (secondsAgo: number, outcome: DecisionRecord['outcome']) => ({
    ...RECORD,
    at: new Date(nowMs - 1000 * secondsAgo).toISOString(),
    outcome,
  });

  it.each<[string, DecisionRecord[], boolean]>([
    ['is told', [record(60, failed)], true],
    ['is not hidden by refusals', [record(60, failed), record(50, { status: 'refused' })], true],
    [
      'is over with a change that was taken',
      [record(60, failed), record(50, { status: 'taken' })],
      false,
    ],
    [
      'counts after one that was taken',
      [record(60, { status: 'taken' }), record(50, failed)],
      true,
    ],
    ['is told for an hour', [record(3600, failed)], true],
    ['is old after that', [record(3601, failed)], false],
    ['needs one', [], false],
  ])('%s', (_, records, expected) => {
    expect(failedChange(records, nowMs) !== undefined).toBe(expected);
  });
});

describe('around a moment', () => {
  const at = (text: string): DecisionRecord => ({ ...RECORD, at: `2026-01-05T${text}.000Z` });
  const records = [at('09:00:00'), at('09:10:00'), at('09:30:00')];
  const ms = (text: string) => Date.parse(`2026-01-05T${text}.000Z`);

  it.each([
    ['a decision itself', '09:10:00', ['09:10:00', '09:30:00'], /^At 09:10:00 it decided this\.$/],
    [
      'between two',
      '09:20:00',
      ['09:10:00', '09:30:00'],
      /10 min earlier and the next came 10 min later/,
    ],
    ['before the first', '08:59:00', ['09:00:00'], /the next came 1 min later/],
    ['after the last', '10:00:00', ['09:30:00'], /before it was 30 min earlier\. A look/],
    ['the last second that is near', '09:05:00', ['09:00:00', '09:10:00'], /5 min earlier/],
  ])('at %s', (_, text, expected, situation) => {
    const found = around(records, ms(text), 0);
    expect(found.records.map((record) => record.at.slice(11, 19))).toEqual(expected);
    expect(found.situation).toMatch(situation);
  });

  it('belongs what lies within five minutes, and no more', () => {
    const many = [at('08:54:59'), at('08:55:00'), at('08:58:00'), at('09:05:00'), at('09:05:01')];
    const found = around(
      [...many.slice(0, 3), at('09:00:00'), ...many.slice(3)],
      ms('09:00:00'),
      0,
    );
    expect(found.records.map((record) => record.at.slice(11, 19))).toEqual([
      '08:55:00',
      '08:58:00',
      '09:00:00',
      '09:05:00',
    ]);
  });

  it.each([
    ['that is forgotten', '08:00:00', '08:00:01', /^Nothing is known of 2026-01-05 08:00:00/, 0],
    ['that is just remembered', '08:00:00', '08:00:00', /nothing was decided: the next came/, 1],
    ['before which something is left', '09:05:00', '09:06:00', /5 min earlier/, 2],
  ])('says of a moment %s what can be known', (_, text, since, situation, told) => {
    const found = around(records, ms(text), ms(since));
    expect(found.situation).toMatch(situation);
    expect(found.records).toHaveLength(told);
  });

  it('without any decision', () => {
    const nothing = 'At 09:00:00 nothing was decided, and no other decision is on record.';
    expect(around([], ms('09:00:00'), 0)).toEqual({ situation: nothing, records: [] });
  });
});
