import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../lib/notify/kinds.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const sources = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => read(join('lib', path)));

describe('the runbook', () => {
  const alarms = [...read('resources/alarms.yml').matchAll(/AlarmName: .*-\$\{sls:stage\}-(\S+)/g)];

  it.each(alarms.map(([, name = '']) => name))('says what to do about %s', (name) => {
    expect(read('docs/runbook.md')).toMatch(new RegExp(`^\\|[^|]*\`${name}\`[^|]*\\|`, 'm'));
  });

  it('speaks of alarms', () => expect(alarms.length).toBeGreaterThan(15));
});

describe('the page of notifications', () => {
  it.each(Object.entries(KINDS))('tells of %s with its severity', (kind, { severity }) => {
    expect(read('docs/notifications.md')).toContain(`| \`${kind}\` | ${severity} |`);
  });
});

describe('the page of metrics', () => {
  const counted = sources.flatMap((text) => [...text.matchAll(/addMetric\('(\w+)'/g)]);
  const measured = [...read('lib/cycle/measure.ts').matchAll(/(\w+): \[\s*MetricUnit/g)];
  const names = new Set([...counted, ...measured].map(([, name = '']) => name));

  it.each([...names].sort())('tells of %s', (name) => {
    expect(read('docs/metrics.md')).toContain(`\`${name}\``);
  });

  it('tells of none that does not exist', () => {
    const rows = [
      ...read('docs/metrics.md').matchAll(/^\| (`[^|]+) \| (?:instance|second|count)/gm),
    ];
    const told = rows.flatMap(([, cell = '']) => cell.split(', ').map((name) => name.slice(1, -1)));
    expect(new Set(told)).toEqual(names);
  });
});
