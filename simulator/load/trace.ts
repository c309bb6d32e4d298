import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Load } from './load.ts';
import { UsageError } from './usage-error.ts';

const GZIP_MAGIC = [0x1f, 0x8b];

/** A trace may last this long, days: beyond it a time is a mistake, and would take all memory. */
const LONGEST_DAYS = 92;

/** The year 5138 in seconds, 1973 in milliseconds: no time of a trace is as late as that. */
const FIRST_MILLISECONDS = 1e11;

/** A second of one instance is worth no more than a few thousand requests; a metric gone mad must not be played. */
const MOST_REQUESTS = 1e9;

/**
 * Reads a trace: CSV, plain or gzipped, header `second,requests` (further columns are ignored). Seconds
 * ascend, from 0 or from any epoch time; those without a row had no requests.
 * @throws {UsageError} naming file, line and what was expected
 */
export function readTrace(path: string): Load {
  const lines = readText(path).split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  const header = lines[0]?.replace(/^\uFEFF/, '').trim() ?? '';
  if (!/^"?second"?\s*,\s*"?requests"?\s*(,|$)/.test(header)) {
    throw fault(path, 1, `expected the header "second,requests", found "${shorten(header)}"`);
  }
  if (lines.length === 1)
    throw fault(path, 2, 'expected a row for the first second, found the end');
  const seconds: number[] = [];
  const requests: number[] = [];
  for (let i = 1; i < lines.length; i += 1) {
    const [at, arrived] = (lines[i] as string).split(',', 2).map(unquoted);
    seconds.push(later(path, i + 1, at, seconds));
    requests.push(count(path, i + 1, arrived));
  }
  const start = seconds[0] as number;
  const arrivals = new Float64Array((seconds.at(-1) as number) - start + 1);
  seconds.forEach((second, i) => {
    arrivals[second - start] = requests[i] as number;
  });
  return { name: basename(path).replace(/\.csv(\.gz)?$/, ''), arrivals };
}

/** Some tools quote every cell. */
function unquoted(cell: string): string {
  return cell.replace(/^\s*"(.*)"\s*$/, '$1');
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    const isGzip = GZIP_MAGIC.every((byte, i) => bytes[i] === byte);
    return (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`${path}: cannot be read as CSV or gzipped CSV: ${message}`, { cause });
  }
}

/** The second of a row that comes after those of `earlier`. */
function later(
  path: string,
  line: number,
  text: string | undefined,
  earlier: readonly number[],
): number {
  const second = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isSafeInteger(second) || second < 0) {
    throw fault(path, line, `expected a whole second, found "${shorten(text ?? '')}"`);
  }
  if (second >= FIRST_MILLISECONDS) {
    throw fault(path, line, `expected seconds, found ${second}, which looks like milliseconds`);
  }
  const before = earlier.at(-1);
  if (before !== undefined && second <= before) {
    throw fault(path, line, `expected a second after ${before}, found ${second}`);
  }
  if (second - (earlier[0] ?? second) >= LONGEST_DAYS * 86_400) {
    const days = `${LONGEST_DAYS} days after the first`;
    throw fault(path, line, `expected a second less than ${days}, found ${second}`);
  }
  return second;
}

function count(path: string, line: number, text: string | undefined): number {
  const value = Number(text);
  const isCount = Number.isFinite(value) && value >= 0 && value <= MOST_REQUESTS;
  if (text === undefined || text.trim() === '' || !isCount) {
    const range = `from 0 to ${MOST_REQUESTS}`;
    throw fault(
      path,
      line,
      `expected a number of requests ${range}, found "${shorten(text ?? '')}"`,
    );
  }
  return value;
}

function fault(path: string, line: number, message: string): UsageError {
  return new UsageError(`${path}:${line}: ${message}`);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
