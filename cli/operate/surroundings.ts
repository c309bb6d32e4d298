import { setTimeout } from 'node:timers/promises';

/** Somewhere to write to. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Everything outside the commands: the terminal, the clock, files, and how AWS is reached. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Rejects when `signal` is aborted. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: () => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user interrupts a command that runs until then. */
  readonly interrupted: () => AbortSignal;
  /** Settings that every SDK client is made with, over those of the options. */
  readonly clientConfig: Readonly<Record<string, unknown>>;
}

/** Those of a command line. */
export function processSurroundings(): Surroundings {
  return {
    now: Date.now,
    sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString('utf8');
    },
    environment: process.env,
    interrupted: () => {
      const controller = new AbortController();
      process.once('SIGINT', () => controller.abort());
      return controller.signal;
    },
    // A command may read a whole account: the SDK then slows down by itself when it is throttled.
    clientConfig: { retryMode: 'adaptive', maxAttempts: 8 },
  };
}
