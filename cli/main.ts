import { CommanderError } from 'commander';
import { exitOf } from './exit.ts';
import { fastScalerProgram } from './program.ts';

/** Exit code for something that the user gave and that cannot be used. */
const USAGE_EXIT_CODE = 2;

/** Runs the command line; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = fastScalerProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already said what was wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
    const exit = exitOf(error);
    if (!exit) throw error;
    if (exit.message !== '') process.stderr.write(`fast-scaler: ${exit.message}\n`);
    return exit.code;
  }
}

// Whoever reads may have had enough, as `head` has: nothing is left to do then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await main(process.argv.slice(2));
