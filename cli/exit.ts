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
