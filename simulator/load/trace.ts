import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UsageError } from './usage-error.ts';

/** Load over time: requests that arrive in each second from second 0. */
export interface Load {
  readonly name: string;
  readonly arrivals: Float64Array;
}

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Reads a trace: CSV, plain or gzipped, header `second,requests` (further columns are ignored), a
 * row for every second from 0.
 * @throws {UsageError} naming file, line and what was expected
 */
export function readTrace(path: string): Load {
  const lines = readText(path).split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  const header = lines[0]?.replace(/^\uFEFF/, '').trim() ?? '';
  if (!/^second,requests(,|$)/.test(header)) {
    throw fault(path, 1, `expected the header "second,requests", found "${shorten(header)}"`);
  }
  if (lines.length === 1) throw fault(path, 2, 'expected a row for second 0, found the end');
  const arrivals = new Float64Array(lines.length - 1);
  for (let second = 0; second < arrivals.length; second += 1) {
    const row = lines[second + 1] as string;
    const [at, requests] = row.split(',', 2);
    if (at?.trim() !== String(second)) {
      throw fault(path, second + 2, `expected second ${second}, found "${shorten(row)}"`);
    }
    arrivals[second] = count(path, second + 2, requests);
  }
  return { name: basename(path).replace(/\.csv(\.gz)?$/, ''), arrivals };
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

function count(path: string, line: number, text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw fault(path, line, `expected a number of requests ≥ 0, found "${shorten(text ?? '')}"`);
  }
  return value;
}

function fault(path: string, line: number, message: string): UsageError {
  return new UsageError(`${path}:${line}: ${message}`);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The highest mean over 60 s of `arrivals`, requests a minute (over the whole load if it is shorter). */
export function peakPerMinute(arrivals: Float64Array): number {
  const span = Math.min(60, arrivals.length);
  let sum = 0;
  let peak = 0;
  for (let second = 0; second < arrivals.length; second += 1) {
    sum +=
      (arrivals[second] as number) - (second >= span ? (arrivals[second - span] as number) : 0);
    if (second >= span - 1) peak = Math.max(peak, sum);
  }
  return (peak * 60) / span;
}
