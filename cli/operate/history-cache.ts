import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { HISTORY_METRICS, type HistoryColumns } from '../../lib/aws/metric-history.ts';
import type { HistoryCache } from '../../lib/operate/history.ts';

/** Rises when what a day holds changes; files of another version are read again from AWS. */
const VERSION = 1;
const DAY_MINUTES = 1440;

/** Days on disk, in the user's cache folder (XDG Base Directory Specification). */
export function historyCache(
  environment: Readonly<Record<string, string | undefined>>,
): HistoryCache {
  const base = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache');
  const file = (endpointId: string, variantName: string, day: string) =>
    join(base, 'fast-scaler', 'history', plain(endpointId), plain(variantName), `${day}.json`);
  return {
    read(endpointId, { variantName }, day) {
      try {
        const kept = JSON.parse(readFileSync(file(endpointId, variantName, day), 'utf8')) as Kept;
        return isWhole(kept) ? kept.columns : undefined;
      } catch {
        // Absent or broken: it is read from CloudWatch again, and written anew.
        return undefined;
      }
    },

    write(endpointId, { variantName }, day, columns) {
      const path = file(endpointId, variantName, day);
      const draft = `${path}.${process.pid}`;
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(draft, JSON.stringify({ version: VERSION, columns } satisfies Kept));
        renameSync(draft, path);
      } catch {
        // A folder that may not be written to, or a full disk: the day is read again next time.
      }
    },
  };
}

interface Kept {
  readonly version: number;
  readonly columns: HistoryColumns;
}

function isWhole({ version, columns }: Kept): boolean {
  return (
    version === VERSION && HISTORY_METRICS.every((name) => columns[name]?.length === DAY_MINUTES)
  );
}

/** A part of a path that leads nowhere else. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '_');
}
