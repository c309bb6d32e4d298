import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '../../lib/control/reasons.ts';
import { around, explain, failedChange, preview } from '../../lib/operate/explain.ts';
import { headline } from '../../lib/operate/headline.ts';
import { SENTENCES, sentence } from '../../lib/operate/sentences.ts';
import { type DecisionInputs, type DecisionRecord, decisionRecord } from '../../lib/record.ts';
import { type Situation, situations } from './situations.ts';

const RECORD: DecisionRecord = decisionRecord({
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
const TOLD = {
  record: RECORD,
  sinceScaleOutSeconds: 12,
  sinceScaleInSeconds: 34,
  lastErrorCode: null,
};
const step = (reason: Reason, before: number | null, after: number | null) => ({
  name: 'step',
  before,
  after,
  reason,
  constrained: false,
});

describe('a sentence', () => {
  it.each(REASONS)('tells %s, as nothing else does', (reason) => {
    const told = sentence(step(reason, 7, 5), TOLD);
    expect(told).toMatch(/^[A-Z0-9].*\.$/);
    expect(told).not.toMatch(/undefined|NaN|null/);
    const others = REASONS.filter((each) => each !== reason);
    expect(others.map((each) => sentence(step(each, 7, 5), TOLD))).not.toContain(told);
  });

  it('stands for every reason and no other', () => {
    expect(Object.keys(SENTENCES).sort()).toEqual([...REASONS].sort());
  });

  it.each<[string, Reason, number | null, number | null, Partial<DecisionRecord>, RegExp]>([
    [
      'one instance',
      'demand-measured',
      null,
      1,
      { inService: 1, desired: 1 },
      /1 is in service\..* 1 instance\.$/,
    ],
    [
      'instances that leave',
      'demand-measured',
      null,
      3,
      { inService: 4 },
      /4 are in service, 1 of them is leaving/,
    ],
    [
      'a surge that is taken as it is',
      'demand-growing',
      null,
      5,
      {},
      /That is a surge: 5 instances are needed/,
    ],
    [
      'a surge that is reckoned on',
      'demand-growing',
      null,
      6,
      {},
      /reckoned on to this moment, it needs 6/,
    ],
    ['a lock of its own', 'endpoint-locked', 5, 3, {}, /busy with the change from 2 to 3/],
    [
      'a lock of another variant',
      'endpoint-locked',
      5,
      3,
      { desired: 2 },
      /another variant or a deployment/,
    ],
    [
      'a floor that was set',
      'floor-raised',
      1,
      5,
      { outcome: { status: 'taken' } },
      /Min goes from 1 to 5, .*start 2 instances/,
    ],
    [
      'a floor that would be',
      'floor-raised',
      1,
      5,
      { outcome: { status: 'dry-run' } },
      /Min would go from 1 to 5/,
    ],
    [
      'a floor that failed',
      'floor-raised',
      1,
      5,
      { outcome: { status: 'failed', errorCode: 'X', message: 'y' } },
      /Min is to go from 1 to 5/,
    ],
    [
      'a floor set again',
      'floor-raised',
      5,
      5,
      { outcome: { status: 'taken' } },
      /Min goes to 5 again/,
    ],
    ['an owner’s first bound', 'owner-changed-bounds', null, 5, {}, /Your Max is 5\./],
    ['a bound that stays', 'owner-changed-bounds', 5, 5, {}, /Your Max stays 5\./],
    ['a stand-down that is done', 'standing-down', null, null, {}, /your Min and Max stand again/],
    ['a stand-down of one bound', 'standing-down', 5, 5, {}, /Max stays 5\./],
  ])('tells %s', (_, reason, before, after, record, expected) => {
    const told = { ...TOLD, record: { ...RECORD, ...record } };
    expect(sentence(step(reason, before, after), told)).toMatch(expected);
  });

  it('knows no "ago" without an earlier decision', () => {
    const told = { ...TOLD, sinceScaleOutSeconds: null };
    expect(sentence(step('scale-out-spacing', 5, 3), told)).toContain('moments ago');
  });

  it('of a request that came to nothing names the error that it met', () => {
    const lost = step('nudge-lost-while-locked', null, null);
    expect(sentence(lost, TOLD)).toMatch(/did not take hold: the endpoint was updating/);
    const told = { ...TOLD, lastErrorCode: 'AccessDeniedException' };
    expect(sentence(lost, told)).toMatch(/^The last request failed with AccessDeniedException\./);
  });

  it('of a newer version is told by its code', () => {
    expect(sentence(step('moon-phase' as Reason, 1, null), TOLD)).toBe('moon-phase (1 → –).');
  });
});

describe('the story of', () => {
  it.each(situations())('%s', async (name, { title, records }) => {
    const { summary, entries } = explain(records);
    const lines = entries.flatMap(({ at, headline: head, sentences }) => [
      '',
      `${at.slice(11, 19)}  ${head}`,
      ...sentences.map((text) => `  ${text}`),
    ]);
    const text = [title, ...(summary ? ['', summary] : []), ...lines, ''].join('\n');
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'golden', `${name}.txt`));
  });

  it('ten situations at least', () => {
    expect(situations().length).toBeGreaterThanOrEqual(10);
  });

  it('says how long ago by decisions before those that are told', () => {
    const { records } = Object.fromEntries(situations())['no-permission'] as Situation;
    const [first, second] = records as [DecisionRecord, DecisionRecord];
    expect(explain([second], [first]).entries[0]?.sentences.join(' ')).toContain('8 s ago');
    expect(explain([second]).entries[0]?.sentences.join(' ')).toContain('moments ago');
  });

  it.each([
    ['within two lead times', 360, true],
    ['too late to tell when they came', 361, false],
  ])('instances that a decision sees %s', (_, seconds, isTold) => {
    const { records } = Object.fromEntries(situations())['surge-and-back'] as Situation;
    const first = records.find(({ requested }) => requested?.direction === 'out') as DecisionRecord;
    const inputs = { ...(first.inputs as DecisionInputs), leadTimeSeconds: 180 };
    const out = { ...first, inputs };
    const seen = {
      ...RECORD,
      at: new Date(Date.parse(out.at) + 1000 * seconds).toISOString(),
      inService: out.requested?.bounds.min ?? 0,
    };
    const told = explain([out, seen]).entries[0]?.sentences.join(' ');
    expect(/later, \d+ instances are in service/.test(told ?? '')).toBe(isTold);
  });

  it('two days names both', () => {
    const { records } = Object.fromEntries(situations())['surge-and-back'] as Situation;
    const first = records.find(({ requested }) => requested?.direction === 'out') as DecisionRecord;
    const out = { ...first, at: '2026-01-05T23:58:10.000Z' };
    const seen = {
      ...RECORD,
      at: '2026-01-06T00:01:10.000Z',
      inService: out.requested?.bounds.min ?? 0,
    };
    const { summary, entries } = explain([out, seen]);
    expect(summary).toMatch(/^From 2026-01-05 23:58:10 to 2026-01-06 00:01:10 \(3 min\): /);
    expect(entries[0]?.sentences.at(-1)).toMatch(/^By 2026-01-06 00:01:10, 3 min later, /);
    const told = explain([out, seen], [], (ms, beside) => `+${(ms - beside) / 1000}`);
    expect(told.entries[0]?.sentences.at(-1)).toMatch(/^By \+180, /);
  });
});

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
