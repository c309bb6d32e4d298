import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { accountSettingsSchema } from '../../lib/config/schema.ts';
import { configurationDocs } from '../../tools/write-configuration-docs.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = configurationDocs();

it.each(Object.keys(docs))('%s is what tools/write-configuration-docs.ts writes', (path) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(docs[path]);
});

it('tells of every setting', () => {
  for (const key of Object.keys(accountSettingsSchema.shape)) {
    expect(docs['docs/configuration.md']).toContain(`| \`${key}\` |`);
  }
});
