import type { CallInterceptor, EmbeddedAccount } from './account.ts';
import type { VirtualClock } from './clock.ts';
import { AwsError } from './service.ts';

/** How fast an account may call: a bucket of tokens that refills at a constant rate. */
export interface RateLimit {
  /** As a call log names it, for example `cloudwatch`. */
  readonly service: string;
  /** Operations that share the bucket; all of the service when absent. */
  readonly operations?: readonly string[];
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Tokens of a full bucket; default: those of one second. */
  readonly burst?: number;
  /** Tokens that a call takes, by its input; default 1. */
  readonly weight?: (input: Readonly<Record<string, unknown>>) => number;
}

/** True for a call that `limit` counts. */
export function isLimited(
  { service, operations }: RateLimit,
  call: { readonly service: string; readonly operation: string },
): boolean {
  return service === call.service && (operations?.includes(call.operation) ?? true);
}

/**
 * Has an account refuse calls above their rate with a `ThrottlingException`, as AWS does. A refused
 * call takes no tokens.
 */
export function limitRates(
  account: Pick<EmbeddedAccount, 'intercept' | 'clock'>,
  limits: readonly RateLimit[],
): void {
  for (const limit of limits) account.intercept(limiter(account.clock, limit));
}

function limiter(clock: VirtualClock, limit: RateLimit): CallInterceptor {
  const { perSecond, burst = perSecond, weight = () => 1 } = limit;
  let tokens = burst;
  let atMs = clock.nowMs;
  return (call) => {
    if (!isLimited(limit, call)) return;
    tokens = Math.min(burst, tokens + ((clock.nowMs - atMs) / 1000) * perSecond);
    atMs = clock.nowMs;
    const cost = weight(call.input);
    if (tokens < cost) throw new AwsError('ThrottlingException', 'Rate exceeded');
    tokens -= cost;
  };
}
