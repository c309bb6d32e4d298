import { randomUUID } from 'node:crypto';
import { cbor } from '@smithy/core/cbor';
import { AwsError } from '../service.ts';
import { bodyBytes } from './body.ts';
import { fromCbor, toCbor } from './cbor-values.ts';
import type { Protocol, WireResponse } from './protocol.ts';
import { operationSchemas, queryErrorHeader, shapeName } from './schemas.ts';
import { serviceByTarget } from './services.ts';

/** The one protocol id of the family that is served. */
const PROTOCOL_ID = 'rpc-v2-cbor';

const PATH = /^\/service\/([^/?]+)\/operation\/([^/?]+)$/;

/** Smithy RPC v2 CBOR, in which current clients speak to CloudWatch: the operation is in the path. */
export const RPC_V2_CBOR: Protocol = {
  read(request) {
    const { path = '/', method = 'POST', headers } = request;
    const [, prefix = '', operation = ''] = PATH.exec(path) ?? [];
    const service = serviceByTarget(prefix)?.name;
    if (!service || method !== 'POST') {
      throw new AwsError(
        'UnknownOperationException',
        `No service answers to ${method} ${path}.`,
        404,
      );
    }
    if (headers['smithy-protocol'] !== PROTOCOL_ID) {
      throw new AwsError(
        'SerializationException',
        `The protocol "${headers['smithy-protocol']}" is not served; expected ${PROTOCOL_ID}.`,
      );
    }
    return { service, operation, input: parseBody(bodyBytes(request)) };
  },

  async write(_request, { service, operation }, output) {
    const schemas = await operationSchemas(service, operation);
    return cborResponse(200, schemas ? toCbor(schemas.output, output ?? {}) : (output ?? {}));
  },

  async writeError(_request, call, error) {
    return cborResponse(
      error.statusCode,
      {
        __type: await shapeName(call?.service, error.code),
        message: error.message,
        ...error.members,
      },
      await queryErrorHeader(call?.service, error),
    );
  },

  unknownOperation({ service, operation }) {
    return new AwsError(
      'UnknownOperationException',
      `The embedded account does not serve ${service}:${operation}.`,
      404,
    );
  },
};

function parseBody(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = fromCbor(cbor.deserialize(body));
  } catch (cause) {
    throw new AwsError(
      'SerializationException',
      `The request body is not valid CBOR: ${(cause as Error).message}.`,
    );
  }
  if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>;
  }
  throw new AwsError('SerializationException', 'The request body is not a CBOR map.');
}

function cborResponse(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): WireResponse {
  return {
    statusCode,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': PROTOCOL_ID,
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: cbor.serialize(body),
  };
}
