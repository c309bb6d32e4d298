import { expect, it } from 'vitest';
import { type AuditReport, verdictOn } from '../../tools/audit.ts';

it.each<[label: string, report: AuditReport, isFine: boolean, told: string]>([
  ['without findings', { vulnerabilities: {} }, true, 'no known vulnerabilities'],
  [
    'with one',
    { vulnerabilities: { leftpad: { severity: 'high', range: '<1.2' } } },
    false,
    'high: leftpad <1.2',
  ],
  ['that nobody answered', { message: '405 Method Not Allowed' }, true, 'not run: the registry'],
])('an audit %s', (_, report, isFine, told) => {
  expect(verdictOn(report)).toEqual({ isFine, text: expect.stringContaining(told) });
});
