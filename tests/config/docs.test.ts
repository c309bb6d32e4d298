import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { accountSettingsSchema } from '../../lib/config/schema.ts';
import { configurationDocs } from '../../tools/write-configuration-docs.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = configurationDocs();

/** Without what a formatter does to tables: the width of their columns. */
const plain = (markdown: string) => markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

it.each(Object.keys(docs))('%s is what tools/write-configuration-docs.ts writes', (path) => {
  const written = readFileSync(join(root, path), 'utf8');
  if (path.endsWith('.json')) expect(JSON.parse(written)).toEqual(JSON.parse(docs[path] ?? ''));
  else expect(plain(written)).toBe(plain(docs[path] ?? ''));
});

it('tells of every setting', () => {
  for (const key of Object.keys(accountSettingsSchema.shape)) {
    expect(docs['docs/configuration.md']).toContain(`| \`${key}\` |`);
  }
});
