import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventPattern, matches } from '../../simulator/account/eventbridge/pattern.ts';

const alarm = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  resources: ['arn:aws:cloudwatch:eu-central-1:123456789012:alarm:fastscaler-chat-high'],
  detail: {
    alarmName: 'fastscaler-chat-high',
    state: { value: 'ALARM', count: 5, muted: null, ready: true, note: '' },
    tags: ['blue', 'green'],
    empty: [],
    employees: [
      { first: 'Anna', last: 'Smith' },
      { first: 'Peter', last: 'Jones' },
    ],
  },
};

/** A pattern on `detail.state`. */
const state = (fields: object): EventPattern => ({ detail: { state: fields } });

const table: [label: string, matching: EventPattern, nearMiss: EventPattern][] = [
  ['exact string', { source: ['aws.cloudwatch'] }, { source: ['aws.cloudwatc'] }],
  ['any of several values', { source: ['x', 'aws.cloudwatch'] }, { source: ['x', 'y'] }],
  [
    'all fields',
    { source: ['aws.cloudwatch'], ...state({ value: ['ALARM'] }) },
    { source: ['aws.cloudwatch'], ...state({ value: ['OK'] }) },
  ],
  ['case counts', state({ value: ['ALARM'] }), state({ value: ['alarm'] })],
  ['number is not its text', state({ count: [5] }), state({ count: ['5'] })],
  ['boolean is not its text', state({ ready: [true] }), state({ ready: ['true'] })],
  ['null', state({ muted: [null] }), state({ note: [null] })],
  ['empty string', state({ note: [''] }), state({ muted: [''] })],
  ['prefix', state({ value: [{ prefix: 'ALA' }] }), state({ value: [{ prefix: 'LAR' }] })],
  [
    'prefix, any case',
    state({ value: [{ prefix: { 'equals-ignore-case': 'ala' } }] }),
    state({ value: [{ prefix: 'ala' }] }),
  ],
  [
    'prefix in an array of the event',
    { resources: [{ prefix: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:fastscaler-' }] },
    { resources: [{ prefix: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:other-' }] },
  ],
  ['suffix', state({ value: [{ suffix: 'RM' }] }), state({ value: [{ suffix: 'AR' }] })],
  ['prefix is for strings', state({ value: [{ prefix: '' }] }), state({ count: [{ prefix: '' }] })],
  [
    'wildcard',
    { detail: { alarmName: [{ wildcard: 'fastscaler-*-high' }] } },
    { detail: { alarmName: [{ wildcard: 'fastscaler-*-low' }] } },
  ],
  [
    'wildcard stands for nothing too',
    state({ value: [{ wildcard: 'AL*ARM' }] }),
    state({ value: [{ wildcard: 'AL*LARM' }] }),
  ],
  [
    'wildcard reaches to the end',
    state({ value: [{ wildcard: '*LAR*' }] }),
    state({ value: [{ wildcard: '*LAR' }] }),
  ],
  [
    'wildcard begins at the start',
    state({ value: [{ wildcard: 'A*' }] }),
    state({ value: [{ wildcard: 'LAR*' }] }),
  ],
  [
    'dot in a wildcard is a dot',
    { source: [{ wildcard: 'aws.*' }] },
    { source: [{ wildcard: 'a.s*' }] },
  ],
  [
    'equals-ignore-case',
    state({ value: [{ 'equals-ignore-case': 'alarm' }] }),
    state({ value: [{ 'equals-ignore-case': 'alar' }] }),
  ],
  [
    'anything-but a value',
    state({ value: [{ 'anything-but': 'OK' }] }),
    state({ value: [{ 'anything-but': 'ALARM' }] }),
  ],
  [
    'anything-but a list',
    state({ value: [{ 'anything-but': ['OK', 'X'] }] }),
    state({ value: [{ 'anything-but': ['OK', 'ALARM'] }] }),
  ],
  [
    'anything-but numbers',
    state({ count: [{ 'anything-but': [4, 6] }] }),
    state({ count: [{ 'anything-but': [5] }] }),
  ],
  [
    'anything-but a prefix',
    state({ value: [{ 'anything-but': { prefix: 'OK' } }] }),
    state({ value: [{ 'anything-but': { prefix: 'AL' } }] }),
  ],
  [
    'anything-but prefixes',
    state({ value: [{ 'anything-but': { prefix: ['O', 'I'] } }] }),
    state({ value: [{ 'anything-but': { prefix: ['O', 'A'] } }] }),
  ],
  [
    'anything-but a suffix',
    state({ value: [{ 'anything-but': { suffix: 'K' } }] }),
    state({ value: [{ 'anything-but': { suffix: 'M' } }] }),
  ],
  [
    'anything-but a wildcard',
    state({ value: [{ 'anything-but': { wildcard: 'O*' } }] }),
    state({ value: [{ 'anything-but': { wildcard: 'A*M' } }] }),
  ],
  [
    'anything-but needs the field',
    state({ value: [{ 'anything-but': 'x' }] }),
    state({ absent: [{ 'anything-but': 'x' }] }),
  ],
  [
    'anything-but, any element of an array',
    { detail: { tags: [{ 'anything-but': 'blue' }] } },
    { detail: { tags: [{ 'anything-but': ['blue', 'green'] }] } },
  ],
  ['exists', state({ value: [{ exists: true }] }), state({ absent: [{ exists: true }] })],
  ['exists, of null', state({ muted: [{ exists: true }] }), state({ muted: [{ exists: false }] })],
  ['exists not', state({ absent: [{ exists: false }] }), state({ value: [{ exists: false }] })],
  [
    'exists not, below what is missing',
    { detail: { no: { such: [{ exists: false }] } } },
    { detail: { no: { such: [{ exists: true }] } } },
  ],
  [
    'exists looks at leaves only',
    { detail: { state: [{ exists: false }] } },
    { detail: { state: [{ exists: true }] } },
  ],
  [
    'an empty array is absent',
    { detail: { empty: [{ exists: false }] } },
    { detail: { empty: [{ exists: true }] } },
  ],
  [
    'numeric =',
    state({ count: [{ numeric: ['=', 5] }] }),
    state({ count: [{ numeric: ['=', 5.5] }] }),
  ],
  [
    'numeric <',
    state({ count: [{ numeric: ['<', 6] }] }),
    state({ count: [{ numeric: ['<', 5] }] }),
  ],
  [
    'numeric <=',
    state({ count: [{ numeric: ['<=', 5] }] }),
    state({ count: [{ numeric: ['<=', 4.9] }] }),
  ],
  [
    'numeric >',
    state({ count: [{ numeric: ['>', 4] }] }),
    state({ count: [{ numeric: ['>', 5] }] }),
  ],
  [
    'numeric >=',
    state({ count: [{ numeric: ['>=', 5] }] }),
    state({ count: [{ numeric: ['>=', 5.1] }] }),
  ],
  [
    'numeric range',
    state({ count: [{ numeric: ['>', 4, '<=', 5] }] }),
    state({ count: [{ numeric: ['>=', 4, '<', 5] }] }),
  ],
  [
    'numeric is for numbers',
    state({ count: [{ numeric: ['<', 10] }] }),
    state({ value: [{ numeric: ['<', 10] }] }),
  ],
  ['any element of an array', { detail: { tags: ['green'] } }, { detail: { tags: ['red'] } }],
  [
    'fields of one element',
    { detail: { employees: { first: ['Anna'], last: ['Smith'] } } },
    { detail: { employees: { first: ['Anna'], last: ['Jones'] } } },
  ],
  [
    '$or',
    { $or: [{ source: ['x'] }, { 'detail-type': [{ prefix: 'CloudWatch' }] }] },
    { $or: [{ source: ['x'] }, { 'detail-type': ['CloudWatch'] }] },
  ],
  [
    '$or beside a field',
    { source: ['aws.cloudwatch'], $or: [{ resources: ['x'] }, state({ count: [5] })] },
    { source: ['x'], $or: [{ resources: ['x'] }, state({ count: [5] })] },
  ],
  [
    '$or below',
    { detail: { $or: [{ alarmName: ['x'] }, { state: { value: ['ALARM'] } }] } },
    { detail: { $or: [{ alarmName: ['x'] }, { state: { value: ['OK'] } }] } },
  ],
  [
    'all of an alternative',
    { $or: [{ source: ['x'] }, { source: ['aws.cloudwatch'], ...state({ count: [5] }) }] },
    { $or: [{ source: ['x'] }, { source: ['aws.cloudwatch'], ...state({ count: [6] }) }] },
  ],
];

describe('event patterns', () => {
  it.each(table)('%s: matches', (_label, pattern) => {
    expect(matches(pattern, alarm)).toBe(true);
  });

  it.each(table)('%s: near miss', (_label, _pattern, nearMiss) => {
    expect(matches(nearMiss, alarm)).toBe(false);
  });

  it('takes * after a backslash as an asterisk', () => {
    const pattern = { name: [{ wildcard: 'a\\**' }] };
    expect(matches(pattern, { name: 'a*bc' })).toBe(true);
    expect(matches(pattern, { name: 'abc' })).toBe(false);
    expect(matches({ name: [{ wildcard: 'a\\\\b' }] }, { name: 'a\\b' })).toBe(true);
  });

  it('takes $or over a plain object as a field', () => {
    const pattern = { $or: { kind: ['a'] } };
    expect(matches(pattern, { $or: { kind: 'a' } })).toBe(true);
    expect(matches(pattern, { kind: 'a' })).toBe(false);
  });

  it.each<[string, unknown]>([
    ['no object', ['a']],
    ['an empty object', {}],
    ['an empty object below', { detail: {} }],
    ['an empty array', { source: [] }],
    ['a bare value', { source: 'aws.cloudwatch' }],
    ['an array in an array', { source: [['a']] }],
    ['an unknown filter', { source: [{ glob: 'a' }] }],
    ['two filters in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['no filter', { source: [{}] }],
    ['prefix of a number', { source: [{ prefix: 1 }] }],
    ['exists of a string', { source: [{ exists: 'yes' }] }],
    ['two wildcards in a row', { source: [{ wildcard: 'a**' }] }],
    ['an escape of a letter', { source: [{ wildcard: 'a\\b' }] }],
    ['a lone backslash at the end', { source: [{ wildcard: 'a\\' }] }],
    ['numeric without a bound', { source: [{ numeric: ['<'] }] }],
    ['numeric with an unknown operator', { source: [{ numeric: ['!', 1] }] }],
    ['numeric with a text', { source: [{ numeric: ['<', '1'] }] }],
    ['numeric beyond the limit', { source: [{ numeric: ['<', 5e9 + 1] }] }],
    ['numeric range upside down', { source: [{ numeric: ['<', 1, '>', 0] }] }],
    ['numeric range without room', { source: [{ numeric: ['>', 1, '<', 1] }] }],
    ['anything-but of mixed kinds', { source: [{ 'anything-but': ['a', 1] }] }],
    ['anything-but of nothing', { source: [{ 'anything-but': [] }] }],
    ['anything-but of exists', { source: [{ 'anything-but': { exists: true } }] }],
  ])('refuses %s', (_label, pattern) => {
    expect(() => matches(pattern as EventPattern, alarm)).toThrow(
      expect.objectContaining({ code: 'InvalidEventPatternException' }),
    );
  });

  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const field = fc.stringMatching(/^[a-z]{1,6}$/);
  const event = fc.letrec<{ node: Record<string, unknown>; value: unknown }>((tie) => ({
    node: fc.dictionary(field, tie('value'), { minKeys: 1, maxKeys: 4 }),
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(leaf, { minLength: 1, maxLength: 3 }),
      tie('node'),
    ),
  })).node;

  /** The pattern that asks for just what an event holds. */
  function ownPattern(node: Record<string, unknown>): EventPattern {
    const entries = Object.entries(node).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value];
      if (value !== null && typeof value === 'object') {
        return [key, ownPattern(value as Record<string, unknown>)];
      }
      return [key, [value]];
    });
    return Object.fromEntries(entries);
  }

  it('matches every event with the pattern of its own values', () => {
    fc.assert(fc.property(event, (own) => matches(ownPattern(own), own)));
  });

  it('matches no event with a pattern that asks for one more field', () => {
    fc.assert(fc.property(event, (own) => !matches({ ...ownPattern(own), Absent: [1] }, own)));
  });

  it('matches either a prefix or anything but it, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (text, prefix) => {
        const is = matches({ text: [{ prefix }] }, { text });
        const isNot = matches({ text: [{ 'anything-but': { prefix } }] }, { text });
        return is !== isNot;
      }),
    );
  });
});
