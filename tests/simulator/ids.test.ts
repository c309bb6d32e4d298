import { expect, it } from 'vitest';
import { uuidOf } from '../../simulator/account/ids.ts';

it('makes one UUID of one text', () => {
  // The first 32 digits of the SHA-256 of "abc" (FIPS 180-2, appendix B.1).
  expect(uuidOf('abc')).toBe('ba7816bf-8f01-cfea-4141-40de5dae2223');
  expect(uuidOf('abd')).not.toBe(uuidOf('abc'));
});
