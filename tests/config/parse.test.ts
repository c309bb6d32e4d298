import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  parseAccountSettings,
  parseTag,
  parseTargetSettings,
} from '../../lib/config/parse.ts';

const parse = (text: string) => parseTargetSettings(text, '/fast-scaler/targets/a/b');

describe('a target’s parameter', () => {
  it('holds only what differs', () => {
    expect(parse('{}')).toEqual({});
    expect(parse('{"targetPerInstance":1500}')).toEqual({ targetPerInstance: 1500 });
  });

  it('names the source and every fault at once', () => {
    const text = '{"targetPerInstance":0,"riskPrice":"high","surprise":1}';
    expect(() => parse(text)).toThrow(ConfigError);
    for (const fault of ['targets/a/b', 'targetPerInstance', 'riskPrice', 'surprise']) {
      expect(() => parse(text)).toThrow(fault);
    }
  });

  it.each([
    ['no JSON', '{', /is not JSON/],
    ['no object', '[]', /\(top level\): Invalid input: expected object, received array$/m],
    ['a mode that there is not', '{"mode":"off"}', /mode/],
    ['a risk price below 1', '{"riskPrice":0.9}', /riskPrice/],
    ['a stable span below 30 s', '{"scaleInStableSeconds":29}', /scaleIn/],
    ['a lease below 5 minutes', '{"leaseSeconds":299}', /leaseSeconds/],
    ['a lease above a day', '{"leaseSeconds":86401}', /leaseSeconds/],
    ['half an instance', '{"minCapacity":0.5}', /minCapacity/],
    ['a negative capacity', '{"maxCapacity":-1}', /maxCapacity/],
    ['a setting of the account', '{"discover":true}', /discover/],
    ['a signal that there is not', '{"signal":"cpu"}', /signal: expected "auto", "invocations"/],
    ['a signal of another type', '{"signal":7}', /signal: expected "auto"/],
    [
      'a metric without a statistic',
      '{"signal":{"namespace":"A","metricName":"B"}}',
      /signal\.statistic/,
    ],
    [
      'a misspelt key of a metric',
      '{"signal":{"namespace":"A","metricName":"B","statistic":"Sum","dimension":{}}}',
      /signal: Unrecognized key: "dimension"/,
    ],
    [
      'a misspelt key of a metric, beside another fault of it',
      '{"signal":{"namespace":"A","metricName":"B","dimension":{}}}',
      /signal\.statistic.*\n.*signal: Unrecognized key: "dimension"/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`D${i}`, 'x']));
  it.each([
    ['a colon in front of a namespace', { namespace: ':A' }, /namespace: .*no ":" in front/],
    ['a name of spaces', { metricName: '  ' }, /metricName: .*not spaces alone/],
    ['a letter that is none of ASCII', { metricName: 'Bestände' }, /metricName: .*ASCII/],
    ['a control character', { metricName: 'a\tb' }, /metricName: .*ASCII/],
    ['a colon in front of a dimension', { dimensions: { ':x': 'y' } }, /dimensions/],
    ['a dimension of another alphabet', { dimensions: { x: 'ж' } }, /dimensions\.x: .*ASCII/],
    ['a value that is too long', { dimensions: { x: 'y'.repeat(1025) } }, /dimensions\.x/],
    ['31 dimensions', { dimensions: many(31) }, /dimensions: expected 30 dimensions at most/],
  ])('refuses a metric that CloudWatch would: %s', (_, changed, message) => {
    const signal = { namespace: 'A', metricName: 'B', statistic: 'Sum', ...changed };
    expect(() => parse(JSON.stringify({ signal }))).toThrow(message);
  });

  it.each([
    ['a colon within', { namespace: 'A:B/C', metricName: 'a b' }],
    ['30 dimensions, and a colon in front of a value', { dimensions: { ...many(29), x: ':y' } }],
    ['the longest value', { dimensions: { x: 'y'.repeat(1024) } }],
  ])('takes a metric that CloudWatch would: %s', (_, changed) => {
    const signal = { namespace: 'A', metricName: 'B', statistic: 'Sum', ...changed };
    expect(parse(JSON.stringify({ signal })).signal).toMatchObject(changed);
  });

  it.each([
    ['a risk price of 1', '{"riskPrice":1}'],
    ['a stable span of 30 s', '{"scaleInStableSeconds":30}'],
    ['no fixed stable span', '{"scaleInStableSeconds":null}'],
    ['the shortest lease', '{"leaseSeconds":300}'],
    ['the longest lease', '{"leaseSeconds":86400}'],
    ['no instance at all', '{"minCapacity":0,"maxCapacity":0}'],
    ['a metric', '{"signal":{"namespace":"A","metricName":"B","statistic":"Sum"}}'],
  ])('takes %s', (_, text) => {
    expect(() => parse(text)).not.toThrow();
  });
});

it('takes discovery for the account', () => {
  const text = '{"discover":true,"riskPrice":20}';
  expect(parseAccountSettings(text, 'p')).toEqual({ discover: true, riskPrice: 20 });
});

it.each(['act', 'observe'] as const)('reads the mode off the tag %s', (mode) => {
  expect(parseTag(mode, 'tag')).toEqual({ mode });
});

it.each(['paused', 'Act', ''])('refuses the tag "%s"', (value) => {
  expect(() => parseTag(value, 'The tag')).toThrow(
    `The tag is "${value}": expected "act" or "observe"`,
  );
});
