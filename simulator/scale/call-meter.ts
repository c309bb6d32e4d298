import type { EmbeddedAccount } from '../account/account.ts';
import { type RateLimit, tokensOf } from '../account/rate-limits.ts';

/** A call as it arrived at the account. */
export interface MeteredCall {
  readonly atMs: number;
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const THROTTLED = [
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'FailedResourceAccessException',
];

/** Writes down every call that arrives at an account, and every one that was refused for its rate. */
export class CallMeter {
  readonly calls: MeteredCall[] = [];
  /** Times of calls that were refused for their rate, by operation. */
  readonly throttled: { readonly atMs: number; readonly operation: string }[] = [];

  constructor(account: EmbeddedAccount) {
    account.intercept(({ service, operation, input }) => {
      this.calls.push({ atMs: account.clock.nowMs, service, operation, input });
    });
    account.onCall(({ atMs, operation, errorCode }) => {
      if (errorCode === undefined || !THROTTLED.includes(errorCode)) return;
      this.throttled.push({ atMs, operation });
    });
  }

  /** Calls that arrived in [fromMs, toMs), those of a limit if one is given. */
  between(fromMs: number, toMs: number, limit?: RateLimit): MeteredCall[] {
    return this.calls.filter(
      (call) =>
        call.atMs >= fromMs &&
        call.atMs < toMs &&
        (limit === undefined || tokensOf(limit, call) > 0),
    );
  }
}

/** Most tokens that `calls`, oldest first, took in any span of `windowMs`. */
export function peak(
  calls: readonly MeteredCall[],
  windowMs: number,
  tokens: (call: MeteredCall) => number = () => 1,
): number {
  let sum = 0;
  let most = 0;
  let first = 0;
  for (const call of calls) {
    sum += tokens(call);
    for (
      let head = calls[first];
      head && head.atMs <= call.atMs - windowMs;
      head = calls[++first]
    ) {
      sum -= tokens(head);
    }
    most = Math.max(most, sum);
  }
  return most;
}
