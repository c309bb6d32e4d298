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
  /** Calls of other services that make the limited ones on the account's behalf. */
  readonly behind?: readonly HiddenCalls[];
}

/** What an operation calls of another service before it answers. */
export interface HiddenCalls {
  readonly service: string;
  readonly operation: string;
  readonly tokens: number;
}

/** A call as an interceptor sees it. */
type LimitedCall = Parameters<CallInterceptor>[0];

/** Tokens of `limit` that a call takes; 0 for one that it does not count. */
export function tokensOf(limit: RateLimit, { service, operation, input }: LimitedCall): number {
  const { operations, weight = () => 1, behind = [] } = limit;
  const isOwn = service === limit.service && (operations?.includes(operation) ?? true);
  if (isOwn) return weight(input);
  const hidden = behind.find((each) => each.service === service && each.operation === operation);
  return hidden?.tokens ?? 0;
}

/**
 * Has an account refuse calls above their rate with a `ThrottlingException`, as AWS does. A refused
 * call takes no tokens. Where the refused call was made for another, that one fails as a whole, with the
 * error by which Application Auto Scaling tells it: a client's fault, which no SDK tries again.
 */
export function limitRates(
  account: Pick<EmbeddedAccount, 'intercept' | 'clock'>,
  limits: readonly RateLimit[],
): void {
  for (const limit of limits) account.intercept(limiter(account.clock, limit));
}

function limiter(clock: VirtualClock, limit: RateLimit): CallInterceptor {
  const { perSecond, burst = perSecond } = limit;
  let tokens = burst;
  let atMs = clock.nowMs;
  return (call) => {
    const cost = tokensOf(limit, call);
    if (cost === 0) return;
    tokens = Math.min(burst, tokens + ((clock.nowMs - atMs) / 1000) * perSecond);
    atMs = clock.nowMs;
    if (tokens < cost) throw refusal(limit, call);
    tokens -= cost;
  };
}

function refusal(limit: RateLimit, call: LimitedCall): AwsError {
  if (call.service === limit.service) return new AwsError('ThrottlingException', 'Rate exceeded');
  const what = call.operation.startsWith('Describe') ? 'retrieve' : 'create';
  return new AwsError(
    'FailedResourceAccessException',
    `Unable to ${what} alarms for scaling policy due to reason: Rate exceeded ` +
      '(Service: AmazonCloudWatch; Status Code: 400; Error Code: Throttling)',
  );
}
