import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { FINDING_CODES } from '../../lib/operate/finding.ts';
import { fastScaler } from '../operate/command-line.ts';
import { OperateWorld } from '../operate/world.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = readFileSync(join(root, 'docs/operations.md'), 'utf8');

/** Output that the page shows, and the golden file that a test holds it against. */
const SHOWN: Readonly<Record<string, string>> = {
  status: 'status.txt',
  'status checkout': 'status-checkout.txt',
  'explain checkout': 'explain.txt',
  'explain checkout --at 2026-01-05T09:22:40': 'explain-at.txt',
  doctor: 'doctor.txt',
  'config check - < checkout.json': 'config-faults.txt',
  'pause checkout': 'pause.txt',
  'prewarm checkout --min 6 --for 2h': 'prewarm.txt',
};

const blocks = [...docs.matchAll(/```console\n\$ fast-scaler (.*)\n([\s\S]*?)\n```/g)].map(
  ([, command = '', output = '']) => [command, output] as const,
);

it('shows every command that is meant to be shown', () => {
  expect(blocks.map(([command]) => command)).toEqual(Object.keys(SHOWN));
});

it.each(blocks)('shows what %s really prints', (command, output) => {
  const golden = readFileSync(join(import.meta.dirname, 'golden', SHOWN[command] ?? ''), 'utf8');
  expect(output).toBe(golden.slice(0, golden.indexOf('--- exit')).trimEnd());
});

it.each(FINDING_CODES)('tells what %s means', (code) => {
  expect(docs).toContain(`\`${code}\``);
});

it('lists every right that the commands need, and no other', async () => {
  const world = await OperateWorld.create({ instanceQuota: { 'ml.g5.xlarge': 15 } });
  world.addEndpoint();
  world.addEndpoint({
    endpointName: 'slow',
    isEnhanced: false,
    instanceType: 'ml.m5.large',
    tag: 'act',
  });
  await world.run(600);
  await world.enrol();
  await world.run(60);
  const called = new Set<string>();
  world.parts.account.onCall(({ operation }) => called.add(operation));
  const reading = [
    ['status'],
    ['explain', 'checkout'],
    ['doctor'],
    ['config', 'check', 'checkout'],
  ];
  for (const args of reading) expect((await fastScaler(world, args)).code).toBeLessThan(2);
  const policy = docs.slice(docs.indexOf('"Version"'), docs.indexOf('`pause` and `resume` need'));
  const allowed = [...policy.matchAll(/"[a-z-]+:(\w+)"/g)].map(([, action]) => action);
  expect([...called].sort()).toEqual(allowed.sort());
  called.clear();
  await fastScaler(world, ['pause', 'slow']);
  await fastScaler(world, ['resume', 'slow']);
  const more = [...called].filter((operation) => !allowed.includes(operation));
  expect(more.sort()).toEqual(['DeleteParameter', 'PutParameter']);
  called.clear();
  await fastScaler(world, ['prewarm', 'checkout', '--min', '2', '--for', '1h']);
  // The account counts what the functions call, too.
  expect(called).toContain('PutEvents');
});
