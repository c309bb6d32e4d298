import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Outcome } from './run-story.ts';

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

/** Runs the stories of many seeds on all processors; `onOutcome` hears of each as it ends. */
export async function runSeeds(
  seeds: readonly number[],
  onOutcome: (seed: number, outcome: Outcome) => void,
): Promise<void> {
  const left = seeds[Symbol.iterator]();
  const count = Math.min(availableParallelism(), seeds.length);
  await Promise.all(Array.from({ length: count }, () => runWorker(left, onOutcome)));
}

async function runWorker(
  left: Iterator<number>,
  onOutcome: (seed: number, outcome: Outcome) => void,
): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: { ...process.env, ...ENVIRONMENT },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = () => {
    const { done, value } = left.next();
    if (done) resolve();
    else worker.postMessage(value);
  };
  worker.on('error', reject);
  worker.on('message', ({ seed, outcome }: Answer) => {
    onOutcome(seed, outcome);
    next();
  });
  next();
  try {
    await promise;
  } finally {
    await worker.terminate();
  }
}
