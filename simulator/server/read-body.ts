import type { IncomingMessage } from 'node:http';
import { MOST_BODY_BYTES } from '../account/wire/body.ts';

/** Of a body that is too large so much is thrown away, so that the caller hears the answer, bytes. */
const MOST_DISCARDED_BYTES = 10 * MOST_BODY_BYTES;

/**
 * Reads a request's body; undefined: it is larger than {@link MOST_BODY_BYTES}. What is far larger
 * is not read to its end: the connection is closed.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MOST_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (length > MOST_DISCARDED_BYTES) {
      request.destroy();
      break;
    }
  }
  if (length > MOST_BODY_BYTES) return undefined;
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length);
}
