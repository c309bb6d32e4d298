import { EXIT, tellExit } from './exit.ts';
import { fastScalerProgram } from './program.ts';

/** Runs the command line; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = await fastScalerProgram(args[0]);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return tellExit(program.name(), error);
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads may have had enough, as `head` has: nothing is left to do then.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`fast-scaler: standard output cannot be written: ${error.message}\n`);
  process.exit(EXIT.usage);
});

process.exitCode = await main(process.argv.slice(2));
