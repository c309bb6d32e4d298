import type { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { isUnconnected } from './connection.ts';

/** A CloudWatch client, as far as it is used. */
export interface MetricClient {
  send(command: PutMetricDataCommand): Promise<unknown>;
}

/**
 * A call failed that may have had its effect. The failure is no `cause`: there the SDK would find
 * reasons to try again.
 */
export class OutcomeUnknown extends Error {
  readonly failure: unknown;

  constructor(failure: unknown) {
    super(failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure));
    this.name = 'OutcomeUnknown';
    this.failure = failure;
  }
}

/**
 * Sends, and neither repeats nor lets the SDK repeat what CloudWatch may have taken: sums that
 * arrive twice add up. Rejects with {@link OutcomeUnknown} then, and else with an error that says
 * that nothing was taken.
 */
export async function sendAtMostOnce(
  client: MetricClient,
  command: PutMetricDataCommand,
): Promise<void> {
  /** Of a client that is not the SDK's nobody tells how far it came. */
  let isPending: boolean | undefined;
  command.middlewareStack.add(
    (next) => (args) => {
      isPending = false;
      return next(args);
    },
    { step: 'initialize', name: 'fastScalerPreparing' },
  );
  // Within the SDK's attempts, which repeat nothing that this throws.
  command.middlewareStack.add(
    (next) => async (args) => {
      isPending = true;
      try {
        return await next(args);
      } catch (error) {
        if (!isRefused(error)) throw new OutcomeUnknown(error);
        isPending = false;
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'fastScalerAtMostOnce' },
  );
  try {
    await client.send(command);
  } catch (error) {
    if (error instanceof OutcomeUnknown || isPending === false || isRefused(error)) throw error;
    throw new OutcomeUnknown(error);
  }
}

/** Nothing was taken: the call did not come to CloudWatch, or was turned away by it. */
function isRefused(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return isUnconnected(error) || (status >= 400 && status < 500);
}
