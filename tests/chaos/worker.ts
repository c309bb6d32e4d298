import { parentPort } from 'node:worker_threads';
import { runSeed } from './check.ts';

// One of the pool: gets a seed, gives what became of its story.
parentPort?.on('message', async (seed: number) => {
  parentPort?.postMessage({ seed, outcome: await runSeed(seed) });
});
