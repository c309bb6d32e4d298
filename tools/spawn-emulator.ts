import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../cli/fast-scaler.js', import.meta.url));

/** An emulator in a process of its own. */
export interface SpawnedEmulator {
  readonly url: string;
  readonly pid: number;
  /** Ends it as Ctrl-C would; gives its exit code and all that it printed. */
  stop(): Promise<{ readonly code: number | null; readonly output: string }>;
}

const LISTENS = /listens on (http:\S+)/;

/**
 * Starts `fast-scaler emulate` with these options, and waits until it listens. It dies with this
 * process, however that ends.
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
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  void closed.then(([code]) => {
    process.off('exit', kill);
    reject(new Error(`the emulator ended with ${code} before it listened:\n${output}`));
  });
  return {
    url: await listening,
    pid: child.pid as number,
    stop: async () => {
      child.kill('SIGINT');
      const [code] = await closed;
      return { code, output };
    },
  };
}
