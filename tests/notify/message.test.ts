import { expect, it } from 'vitest';
import { KINDS, type Kind } from '../../lib/notify/kinds.ts';
import { messageOf } from '../../lib/notify/message.ts';
import { variantTarget } from '../../lib/target.ts';

const LONG = 'a'.repeat(63);
const NOW = Date.UTC(2026, 0, 5) / 1000;
const notice = (kind: Kind) => ({
  kind,
  digest: 'd',
  text: 'First.\n  second: wrong\n  third: wrong',
  details: { fix: 'aws "quoted"' },
});

it.each(Object.keys(KINDS) as Kind[])('%s has a subject that SNS takes', (kind) => {
  const { subject, attributes } = messageOf(notice(kind), variantTarget(LONG, LONG), NOW);
  expect(subject).toMatch(/^[!-~][ -~]*$/);
  expect(subject.length).toBeLessThan(100);
  expect(attributes).toEqual({ kind, severity: KINDS[kind].severity, endpoint: LONG });
});

it('is one line for people and a document after it', () => {
  const target = variantTarget('checkout', 'AllTraffic');
  const { body } = messageOf(notice('quota-refused'), target, NOW);
  const [line, ...rest] = body.split('\n');
  expect(line).toBe('First.; second: wrong; third: wrong');
  expect(JSON.parse(rest.join('\n'))).toEqual({
    schemaVersion: 1,
    kind: 'quota-refused',
    severity: 'critical',
    at: '2026-01-05T00:00:00.000Z',
    endpointName: 'checkout',
    resourceId: 'endpoint/checkout/variant/AllTraffic',
    text: line,
    details: { fix: 'aws "quoted"' },
  });
});

it('names no endpoint where it concerns the account', () => {
  const { attributes, body } = messageOf(notice('configuration-invalid'), {}, NOW);
  expect(attributes).toEqual({ kind: 'configuration-invalid', severity: 'critical' });
  expect(body).toContain('"endpointName": null');
});

it.each([
  ['a curly apostrophe', 'owner’s', "owner's"],
  ['letters with marks', 'größe', 'gr??e'],
  ['a tab', 'a\tb', 'a?b'],
  ['the first and the last that it takes', ' ~', ' ~'],
])('is of ASCII characters in its subject: %s', (_, endpointName, shown) => {
  const { subject } = messageOf(notice('quota-refused'), { endpointName }, NOW);
  expect(subject.split(', ').at(-1)).toBe(shown);
});
