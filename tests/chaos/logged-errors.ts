import { Logger } from '@aws-lambda-powertools/logger';
import { ConfigError } from '../../lib/config/parse.ts';
import { INJECTED } from '../../simulator/faults/faults.ts';
import type { Invocations } from '../../simulator/faults/invocations.ts';

/** Refusals by AWS that a world in which owners act at any moment rightly gives. */
const RIGHTFUL = [
  /targets could not be released .* is not scalable/i,
  /could not find endpoint/i,
  /resource not found for resource id/i,
  /no scalable target (was )?found/i,
  /is not scalable/i,
  /no scalable target registered/i,
];

/** True for an error that follows from a fault or from what the owner did. */
export function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof ConfigError || error.message.includes(INJECTED)) return true;
  return RIGHTFUL.some((text) => text.test(error.message)) || isExpected(error.cause);
}

/** Hears what the functions log as errors, and keeps what nobody can have expected. */
export class LoggedErrors {
  readonly unexpected: string[] = [];
  readonly logger: Logger;

  constructor(invocations: Invocations) {
    const hear = (message: string, extra: Record<string, unknown>) => {
      if (invocations.current?.killed) return;
      const { error, decision } = extra as {
        error?: unknown;
        decision?: { outcome: { errorCode: string; message: string } };
      };
      const { outcome } = decision ?? {};
      const isTold = outcome
        ? outcome.message.includes(INJECTED) || RIGHTFUL.some((text) => text.test(outcome.message))
        : isExpected(error);
      if (isTold) return;
      const what = outcome ? `${outcome.errorCode}: ${outcome.message}` : describeError(error);
      this.unexpected.push(`${message}: ${what || JSON.stringify(extra)}`);
    };
    this.logger = new (class extends Logger {
      override error(input: unknown, ...extra: unknown[]): void {
        hear(String(input), (extra[0] ?? {}) as Record<string, unknown>);
      }
      override warn(): void {}
      override info(): void {}
      override debug(): void {}
    })({ logLevel: 'SILENT' });
  }
}

/** An error with where it came from. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return error === undefined ? '' : String(error);
  const cause = error.cause ? `, because of ${describeError(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
