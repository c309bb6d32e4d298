import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isPermitted, listLicences } from '../../tools/licences.ts';

const packages = listLicences(fileURLToPath(new URL('../..', import.meta.url)));

describe('licences of the dependencies', () => {
  it('are all known and permitted', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter((each) => !isPermitted(each))).toEqual([]);
  });

  it('of what is deployed are known of the SDK and of zod', () => {
    const shipped = packages.filter(({ isShipped }) => isShipped);
    const licenceOf = (name: string) => shipped.find((each) => each.name === name)?.licence;
    expect(licenceOf('@aws-sdk/client-dynamodb')).toBe('Apache-2.0');
    expect(licenceOf('zod')).toBe('MIT');
  });

  it.each([
    ['a permissive one', 'MIT', true, true],
    ['one with conditions on files, shipped', 'MPL-2.0', true, false],
    ['the same in a tool', 'MPL-2.0', false, true],
    ['a copyleft one', 'GPL-3.0-only', false, false],
    ['a choice with a permitted side', '(GPL-2.0-only OR MIT)', true, true],
    ['a choice without one', '(GPL-2.0-only OR AGPL-3.0-only)', true, false],
    ['two together, both permitted', '(MIT AND Zlib)', false, true],
    ['two together, one of them not', '(MIT AND GPL-3.0-only)', false, false],
    ['nothing said', 'unknown', false, false],
  ])('%s', (_, licence, isShipped, permitted) => {
    expect(isPermitted({ licence, isShipped })).toBe(permitted);
  });
});
