import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateLoad, SCENARIOS } from '../load/scenarios.ts';
import { readTrace } from '../load/trace.ts';
import { UsageError } from '../load/usage-error.ts';
import type { LoadSource } from './runner.ts';

/** The generated scenarios, the same for the same seed. */
export function generatedSources(seed: number): LoadSource[] {
  return Object.keys(SCENARIOS).map((name) => ({
    name,
    load: (leadTimeSeconds) => generateLoad(name, seed, leadTimeSeconds),
  }));
}

/**
 * The traces in a folder: every .csv and .csv.gz, by name. All are read at once, so that a faulty one
 * is told before anything runs.
 * @throws {UsageError} when the folder cannot be read, holds no trace, or one of them is faulty
 */
export function traceSources(directory: string): LoadSource[] {
  const files = list(directory)
    .filter((file) => /\.csv(\.gz)?$/.test(file))
    .sort();
  if (files.length === 0) {
    throw new UsageError(`${directory}: expected a .csv or .csv.gz file, found none`);
  }
  const loads = files.map((file) => readTrace(join(directory, file)));
  loads.forEach(({ name }, i) => {
    if (name === loads[i - 1]?.name) {
      throw new UsageError(
        `${directory}: ${files[i - 1]} and ${files[i]} have one name: expected one`,
      );
    }
  });
  return loads.map((load) => ({ name: load.name, load: () => load }));
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`${directory}: expected a folder of traces: ${message}`, { cause });
  }
}
