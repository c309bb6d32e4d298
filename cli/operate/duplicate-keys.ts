import { parseDocument } from 'yaml';
import { isJson } from '../../lib/is-json.ts';
import type { Fault } from '../../lib/operate/config-check.ts';

/** Longer than any parameter may be (8 KB); what is longer is refused for its length. */
const LONGEST = 16_384;

const STRING = /"(?:[^"\\]|\\.)*"/y;

/**
 * Keys that an object of a JSON text has more than once: of those JSON.parse keeps the last without a
 * word. The YAML parser tells of them, with their place, and JSON is YAML. Text that is no JSON has none.
 */
export function duplicateKeys(text: string): Fault[] {
  if (text.length > LONGEST || !isJson(text)) return [];
  const duplicates = parseDocument(text, { schema: 'json', prettyErrors: true }).errors.filter(
    ({ code }) => code === 'DUPLICATE_KEY',
  );
  return duplicates
    .sort((a, b) => a.pos[0] - b.pos[0])
    .map(({ pos: [at], linePos }) => {
      STRING.lastIndex = at;
      const key = STRING.exec(text)?.[0];
      const [where] = linePos ?? [];
      const place = where ? `line ${where.line}, column ${where.col}: ` : '';
      const message = `${place}the key ${key} stands there again, and only the last one would count`;
      return { path: '', message, allowed: null };
    });
}
