import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Variation } from './check.ts';
import type { Outcome } from './run-story.ts';

/** What a worker is asked. */
export interface Question {
  readonly seed: number;
  readonly variation: Variation;
}

/** What a worker answers. */
interface Answer {
  readonly seed: number;
  readonly outcome: Outcome;
}

/** Settings of the libraries in a process that only tests: they print nothing. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  POWERTOOLS_METRICS_DISABLED: 'true',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
};

/** Hears of a story as it ends; false: no more are wanted. */
export type OutcomeListener = (seed: number, outcome: Outcome) => boolean;

/** Runs the stories of many seeds on all processors. */
export async function runSeeds(
  seeds: readonly number[],
  variation: Variation,
  onOutcome: OutcomeListener,
): Promise<void> {
  const left = each(seeds);
  const count = Math.min(availableParallelism(), seeds.length);
  await Promise.all(Array.from({ length: count }, () => runWorker(left, variation, onOutcome)));
}

async function runWorker(
  left: Generator<number, void>,
  variation: Variation,
  onOutcome: OutcomeListener,
): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: { ...process.env, ...ENVIRONMENT },
    // Nearly everything that a story leaves behind is garbage at once.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = () => {
    const { done, value } = left.next();
    if (done) resolve();
    else worker.postMessage({ seed: value, variation } satisfies Question);
  };
  worker.on('error', reject);
  worker.on('message', ({ seed, outcome }: Answer) => {
    if (!onOutcome(seed, outcome)) left.return();
    next();
  });
  next();
  try {
    await promise;
  } finally {
    await worker.terminate();
  }
}

/** An iterator that can be ended for all who share it. */
function* each(seeds: readonly number[]): Generator<number, void> {
  yield* seeds;
}
