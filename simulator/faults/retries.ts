import type { VirtualClock } from '../account/clock.ts';
import type { Random } from '../plant/random.ts';

/** Attempts at a call, the first included: the default of the SDK's standard mode. */
export const ATTEMPTS = 3;

/** Longest wait before the first retry, milliseconds; it doubles with every further one. */
const BASE_MS = 100;

/** What the SDK asks of a retry token. */
interface Token {
  getRetryCount(): number;
  getRetryDelay(): number;
  getRetryCost(): number | undefined;
}

/** What the SDK tells of the error. */
interface ErrorInfo {
  readonly errorType: 'TRANSIENT' | 'THROTTLING' | 'SERVER_ERROR' | 'CLIENT_ERROR';
}

/**
 * The retries of the SDK's standard mode (same attempts, same errors, exponential waits with jitter),
 * but the waits pass on the virtual clock and the jitter comes from a seed.
 */
export function virtualRetries(clock: VirtualClock, random: Random) {
  const token = (retries: number): Token => ({
    getRetryCount: () => retries,
    getRetryDelay: () => 0,
    getRetryCost: () => undefined,
  });
  return {
    async acquireInitialRetryToken(): Promise<Token> {
      return token(0);
    },
    async refreshRetryTokenForRetry(used: Token, { errorType }: ErrorInfo): Promise<Token> {
      const retries = used.getRetryCount() + 1;
      const isRetryable = errorType === 'TRANSIENT' || errorType === 'THROTTLING';
      if (!isRetryable || retries >= ATTEMPTS) throw new Error('No attempt is left.');
      await clock.sleep(Math.ceil(random() * BASE_MS * 2 ** (retries - 1)));
      return token(retries);
    },
    recordSuccess(): void {},
  };
}
