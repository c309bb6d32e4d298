import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A moto server of our own. */
export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

const STARTED = /Running on (http:\/\/127\.0\.0\.1:\d+)/;

/** What a shell, or a version manager's stand-in for the program, ends with for a missing one. */
const COMMAND_NOT_FOUND = 127;

/**
 * Starts `moto_server` on a free port of the loopback interface. It dies with this process, however
 * that ends.
 * @returns undefined where it is not installed
 */
export async function startMoto(): Promise<Moto | undefined> {
  // It writes a file of its own where it stands.
  const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-moto-'));
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void closed.then(() => {
    process.removeListener('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  });
  const url = await new Promise<string | undefined>((resolve, reject) => {
    let output = '';
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    child.once('exit', (code) => {
      if (code === COMMAND_NOT_FOUND) resolve(undefined);
      else reject(new Error(`moto_server ended with ${code} before it was up:\n${output}`));
    });
    child.stderr.on('data', (text) => {
      // Only the start is of interest; each request is a line later on.
      if (output.length < 10_000) output += text;
      const started = STARTED.exec(output);
      if (started) resolve(started[1]);
    });
  });
  if (!url) return undefined;
  return {
    url,
    async stop() {
      kill();
      await closed;
    },
  };
}
