import type * as z from 'zod/mini';
import type { customResourceRequest } from './events.ts';
import type { Telemetry } from './surroundings.ts';

type Request = z.infer<typeof customResourceRequest>;

/** Sends the answer to the address that CloudFormation gave. */
export type Respond = (url: string, body: string) => Promise<void>;

export interface RespondingRuntime extends Telemetry {
  readonly respond: Respond;
}

/** CloudFormation refuses an answer of more than 4096 bytes. */
const LONGEST_REASON = 1000;

/**
 * Runs the work of a custom resource and answers CloudFormation in any case: a stack whose custom
 * resource does not answer hangs for an hour.
 */
export async function serveCustomResource(
  { respond, logger }: RespondingRuntime,
  request: Request,
  work: () => Promise<void>,
): Promise<void> {
  let failure: string | undefined;
  try {
    await work();
  } catch (error) {
    failure = (error as Error).message;
    logger.error('custom resource failed', { error, requestType: request.RequestType });
  }
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId } = request;
  await respond(
    request.ResponseURL,
    JSON.stringify({
      Status: failure === undefined ? 'SUCCESS' : 'FAILED',
      Reason: failure?.slice(0, LONGEST_REASON) ?? 'Done',
      // Another id would have CloudFormation delete the old resource, and release every target.
      PhysicalResourceId: PhysicalResourceId ?? LogicalResourceId,
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  );
}

/**
 * Puts the answer where CloudFormation waits for it; one failed attempt is made good.
 * @param limitMs after which an attempt counts as failed
 */
export const respondWithin =
  (limitMs: number): Respond =>
  async (url, body) => {
    const attempt = async () => {
      // The address is signed without a content type.
      const headers = { 'content-type': '' };
      const signal = AbortSignal.timeout(limitMs);
      const response = await fetch(url, { method: 'PUT', body, headers, signal });
      if (!response.ok) throw new Error(`CloudFormation answered ${response.status}.`);
    };
    await attempt().catch(attempt);
  };

/** Both attempts fit into what its work leaves of the function's time. */
export const putResponse = respondWithin(5000);
