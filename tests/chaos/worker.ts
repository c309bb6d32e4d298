import { parentPort } from 'node:worker_threads';
import { runSeed } from './check.ts';
import type { Question } from './pool.ts';

// One of the pool: gets a seed, gives what became of its story.
parentPort?.on('message', async ({ seed, variation }: Question) => {
  parentPort?.postMessage({ seed, outcome: await runSeed(seed, variation) });
});
