import { CommanderError } from 'commander';
import { UsageError } from '../simulator/load/usage-error.ts';

/** Exit codes of the commands that look at an account. */
export const EXIT = {
  /** All is well. */
  ok: 0,
  /** Something needs attention: what was asked about is not as it should be, or a request was not taken. */
  attention: 1,
  /** Something that the user gave cannot be used. */
  usage: 2,
  /** AWS did not answer as it should: no credentials, no permission, no such stack, a fault. */
  aws: 3,
} as const;

/** Ends the command with a code, and a message on standard error unless it is empty. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number, message = '', options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The exit code and the message of an error that a command ended with; undefined: a defect. */
export function exitOf(error: unknown): { code: number; message: string } | undefined {
  if (error instanceof Exit) return { code: error.code, message: error.message };
  if (error instanceof UsageError) return { code: EXIT.usage, message: error.message };
  return undefined;
}

/**
 * The exit code of a program that ends with this error; what there is to say of it goes to standard
 * error, in a line. A defect is thrown on.
 */
export function tellExit(programName: string, error: unknown): number {
  // Commander has already said what was wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const exit = exitOf(error);
  if (!exit) throw error;
  if (exit.message !== '') process.stderr.write(`${programName}: ${printable(exit.message)}\n`);
  return exit.code;
}

/**
 * A message may quote a file that is none of text: a terminal would take its bytes for commands. Ends of lines and
 * tabs stay, since what is quoted may be copied to be mended.
 */
function printable(message: string): string {
  return message.replace(/(?!\r?\n|\t)\p{Cc}/gu, '\ufffd');
}
