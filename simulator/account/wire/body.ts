import { gunzipSync } from 'node:zlib';
import { AwsError } from '../service.ts';
import type { WireRequest } from './protocol.ts';

/**
 * Most bytes of a request's body, packed or unpacked: what InvokeEndpoint takes, and more than the
 * other operations do (CloudWatch 1 MB, SQS 1 MiB, DynamoDB 400 KB an item).
 */
export const MOST_BODY_BYTES = 6 * 1024 * 1024;

const text = new TextDecoder();

/** The request with its body unpacked. Throws `SerializationException`, `RequestEntityTooLarge`. */
export function unpacked(request: WireRequest): WireRequest {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || encoding === 'aws-chunked') {
    return request;
  }
  if (encoding !== 'gzip') {
    throw new AwsError(
      'SerializationException',
      `The content encoding "${encoding}" is not served; use gzip or none.`,
    );
  }
  const { 'content-encoding': _, ...headers } = request.headers;
  return { ...request, headers, body: gunzip(bodyBytes(request)) };
}

function gunzip(body: Uint8Array): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: MOST_BODY_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge();
    throw new AwsError('SerializationException', 'The request body is not valid gzip.');
  }
}

/** The refusal of a body above {@link MOST_BODY_BYTES}. */
export function bodyTooLarge(): AwsError {
  return new AwsError(
    'RequestEntityTooLarge',
    `The request body must not exceed ${MOST_BODY_BYTES} bytes.`,
    413,
  );
}

export function bodyText({ body }: WireRequest): string {
  return typeof body === 'string' ? body : text.decode(body);
}

export function bodyBytes({ body }: WireRequest): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}
