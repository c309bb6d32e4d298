import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DecisionRecord, readRecord } from '../../lib/cycle/record.ts';

/** Recorded decisions of one target, with what made them. */
export interface Situation {
  readonly title: string;
  readonly records: readonly DecisionRecord[];
}

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** Every recorded situation by name. */
export function situations(): [name: string, situation: Situation][] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [
      file.slice(0, -'.json'.length),
      readSituation(readFileSync(join(FIXTURES, file), 'utf8')),
    ]);
}

/** Records may be of any version that the service reads. */
function readSituation(text: string): Situation {
  const { title, records } = JSON.parse(text) as Situation;
  return { title, records: records.flatMap((each) => readRecord(JSON.stringify(each)) ?? []) };
}
