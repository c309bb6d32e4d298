import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../cli/exit.ts';
import { UsageError } from '../simulator/load/usage-error.ts';

const CLI = fileURLToPath(new URL('../cli/fast-scaler.js', import.meta.url));

/** An emulator in a process of its own. */
export interface SpawnedEmulator {
  readonly url: string;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Ends it as Ctrl-C would. */
  stop(): Promise<Ended>;
}

/** Exit code, null after a signal that was not handled; and all that was printed. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const LISTENS = /listens on (http:\S+)/;

/**
 * Starts `fast-scaler emulate` with these options, and waits until it listens. It dies with this
 * process, however that ends.
 * @throws {UsageError} when it cannot be started with these options
 */
export async function spawnEmulator(
  options: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedEmulator> {
  const child = spawn(process.execPath, [CLI, 'emulate', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>();
  const read = (text: Buffer) => {
    output += text;
    const url = LISTENS.exec(output)?.[1];
    if (url) resolve(url);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = once(child, 'close').then(([code]): Ended => {
    process.off('exit', kill);
    reject(notListening(code, output));
    return { code, output };
  });
  return {
    url: await listening,
    pid: child.pid as number,
    ended,
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** What it complains of in a line, such as a port that is taken, its caller can mend. */
function notListening(code: number | null, output: string): Error {
  const message = `the emulator ended with ${code} before it listened: ${output.trim()}`;
  return code === EXIT.usage ? new UsageError(message) : new Error(message);
}
