import { isUnconnected } from './connection.ts';
import type { Outcome } from './load-counter.ts';
import type { SurgeReason } from './names.ts';

/** What an error of the SDK says about the load. */
export interface Failure {
  readonly outcome: Outcome;
  /** Set where the endpoint refused for want of capacity. */
  readonly reason?: Extract<SurgeReason, 'throttled' | 'not-ready'>;
}

/** Refusals for want of capacity, by status: too many requests, service unavailable. */
const REFUSING_STATUS = [429, 503];

/** The same by the names that SageMaker Runtime and the services before it use. */
const REFUSING_NAMES = [
  'ThrottlingException',
  'TooManyRequestsException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
];

/** Of answers that refuse a request, the one that comes from the model. */
const MODEL_ERROR_STATUS = 424;

/** What became of a request that ended in `error`. A caller that gave up says nothing of the endpoint. */
export function failureOf(error: unknown): Failure {
  const { name, $metadata, OriginalStatusCode } = (error ?? {}) as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    /** Of a ModelError: what the container answered. */
    readonly OriginalStatusCode?: number;
  };
  if (name === 'AbortError') return { outcome: 'served' };
  if (name === 'ModelNotReadyException') return { outcome: 'throttled', reason: 'not-ready' };
  const isRefusal =
    REFUSING_NAMES.includes(name ?? '') ||
    [$metadata?.httpStatusCode, OriginalStatusCode].some(
      (status) => status !== undefined && REFUSING_STATUS.includes(status),
    );
  if (isRefusal) return { outcome: 'throttled', reason: 'throttled' };
  const isUnreached = isInvalid($metadata?.httpStatusCode) || isUnconnected(error);
  return { outcome: isUnreached ? 'unreached' : 'failed' };
}

/** SageMaker itself turned the request away: not allowed, no such endpoint, not to be understood. */
function isInvalid(status = 0): boolean {
  return status >= 400 && status < 500 && status !== MODEL_ERROR_STATUS;
}
