import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '../../lib/control/reasons.ts';
import type { DecisionInputs, DecisionRecord } from '../../lib/cycle/record.ts';
import { explain } from '../../lib/operate/explain.ts';
import { SENTENCES, sentence } from '../../lib/operate/sentences.ts';
import { RECORD, step } from './record.ts';
import { type Situation, situations } from './situations.ts';

const TOLD = {
  record: RECORD,
  sinceScaleOutSeconds: 12,
  sinceScaleInSeconds: 34,
  lastErrorCode: null,
};

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
    [
      'a floor that goes back to its owner',
      'load-unseen',
      8,
      1,
      { inputs: { baseline: { min: 1, max: 20 } } as DecisionInputs },
      /from 8 to 1, which is yours: /,
    ],
    ['a floor that something else holds', 'load-unseen', 8, 6, {}, /from 8 to 6: for a quarter/],
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

  const by = /By \S+, .* later, \d+ instances are in service\./;
  const at = /At \S+, .* later, \d+ instances are seen in service; they may have come earlier\./;
  it.each([
    ['soon after the lead time', [240], by],
    ['later, nobody having looked before', [241], at],
    ['later, nobody having looked shortly before', [10, 299, 360], at],
    ['later, after a look that did not', [300, 360], by],
    ['too late to tell when they came', [361], undefined],
  ])('instances that a decision sees %s', (_, looksAfter, told) => {
    const { records } = Object.fromEntries(situations())['surge-and-back'] as Situation;
    const first = records.find(({ requested }) => requested?.direction === 'out') as DecisionRecord;
    const inputs = { ...(first.inputs as DecisionInputs), leadTimeSeconds: 180 };
    const out = { ...first, inputs };
    const capacity = out.requested?.bounds.min ?? 0;
    const looks = looksAfter.map((seconds, i) => ({
      ...RECORD,
      at: new Date(Date.parse(out.at) + 1000 * seconds).toISOString(),
      // The last one sees all of them.
      inService: i === looksAfter.length - 1 ? capacity : capacity - 1,
    }));
    const sentences = explain([out, ...looks]).entries[0]?.sentences.join(' ') ?? '';
    expect([by, at].filter((each) => each.test(sentences))).toEqual(told ? [told] : []);
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
