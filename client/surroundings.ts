import { randomInt } from 'node:crypto';

/** What the reporter needs of the process that it lives in. */
export interface Surroundings {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `task` once, later; never keeps the process alive. Returns a canceller. */
  after(delayMs: number, task: () => unknown): () => void;
  /** Runs `task` once, when the process has nothing left to do. Returns a canceller. */
  beforeExit(task: () => unknown): () => void;
  /** Writes a line where Lambda's log is. */
  writeLine(line: string): void;
  /** How long after a window this process publishes it, so that not all callers do at once. */
  readonly jitterMs: number;
}

/** Longest wait after a window; the scaler waits a little longer. */
const MOST_JITTER_MS = 1000;

/** The Node.js process. */
export function processSurroundings(): Surroundings {
  return {
    now: Date.now,
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs).unref();
      return () => clearTimeout(timer);
    },
    beforeExit(task) {
      process.once('beforeExit', task);
      return () => process.removeListener('beforeExit', task);
    },
    writeLine: (line) => process.stdout.write(`${line}\n`),
    jitterMs: randomInt(MOST_JITTER_MS),
  };
}
