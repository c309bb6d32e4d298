import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lawPicture } from '../../tools/law-picture.ts';
import { ROOT } from './markdown.ts';

it('the picture of the law is drawn from the law as it is (npm run picture)', () => {
  expect(readFileSync(join(ROOT, 'docs/images/control-law.svg'), 'utf8')).toBe(lawPicture());
});
