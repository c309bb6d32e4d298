import { Command, CommanderError } from 'commander';
import { EXIT, exitOf } from '../../cli/exit.ts';
import { registerOperate } from '../../cli/operate/register.ts';
import type { Surroundings } from '../../cli/operate/surroundings.ts';
import type { OperateWorld } from './world.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly isTerminal?: boolean;
  /** Of the terminal, characters. Default 100. */
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens at each wait of a command; the wait itself passes on the account's clock. */
  readonly onSleep?: (sleeps: number, interrupt: () => void) => void | Promise<void>;
}

/** Runs a command line against the world's account, as the program does. */
export async function fastScaler(
  world: OperateWorld,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const { account, clock } = world.parts;
  let [stdout, stderr, sleeps] = ['', '', 0];
  const interruption = new AbortController();
  const output = (write: (text: string) => void) => ({
    isTTY: options.isTerminal ?? false,
    columns: options.columns ?? 100,
    write,
  });
  const surroundings: Surroundings = {
    now: () => clock.nowMs,
    sleep: async (milliseconds) => {
      // Shorter waits only pace the reading.
      if (milliseconds < 1000) return;
      sleeps += 1;
      await options.onSleep?.(sleeps, () => interruption.abort());
      await clock.runUntil(clock.nowMs + milliseconds);
    },
    stdout: output((text) => {
      stdout += text;
    }),
    // A progress bar is for eyes; what it draws depends on the wall clock.
    stderr: {
      ...output((text) => {
        stderr += text;
      }),
      isTTY: false,
    },
    stdin: async () => options.stdin ?? '',
    environment: { ...options.environment },
    interrupted: () => interruption.signal,
    clientConfig: {
      ...account.clientConfig(),
      maxAttempts: 1,
    },
  };
  const program = new Command('fast-scaler').exitOverride().configureOutput({
    writeOut: (text) => {
      stdout += text;
    },
    writeErr: (text) => {
      stderr += text;
    },
  });
  registerOperate(program, surroundings);
  try {
    await program.parseAsync([...args, '--table', 'Table'], { from: 'user' });
    return { code: EXIT.ok, stdout, stderr };
  } catch (error) {
    if (error instanceof CommanderError) {
      return { code: error.exitCode === 0 ? EXIT.ok : EXIT.usage, stdout, stderr };
    }
    const exit = exitOf(error);
    if (!exit) throw error;
    return { code: exit.code, stdout, stderr: stderr + exit.message };
  }
}
