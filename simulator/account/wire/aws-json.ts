import { randomUUID } from 'node:crypto';
import { AwsError } from '../service.ts';
import { bodyText } from './body.ts';
import type { Protocol, WireResponse } from './protocol.ts';
import { queryErrorHeader, shapeName } from './schemas.ts';
import { serviceByTarget } from './services.ts';

const DEFAULT_CONTENT_TYPE = 'application/x-amz-json-1.0';

/** AWS JSON 1.0 and 1.1: the operation in a header, a JSON object in and out. */
export const AWS_JSON: Protocol = {
  read(request) {
    const target = request.headers['x-amz-target'];
    const [prefix, operation] = splitTarget(target);
    const service = serviceByTarget(prefix)?.name;
    if (!service) {
      throw new AwsError(
        'UnknownOperationException',
        `No service answers to the target "${target}".`,
      );
    }
    return { service, operation, input: parseBody(bodyText(request)) };
  },

  write({ headers }, _call, output) {
    return jsonResponse(200, headers['content-type'], output ?? {});
  },

  async writeError({ headers }, call, error) {
    return jsonResponse(
      error.statusCode,
      headers['content-type'],
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
    );
  },
};

function splitTarget(target: string | undefined): [prefix: string, operation: string] {
  const dot = target?.lastIndexOf('.') ?? -1;
  if (!target || dot < 1) {
    throw new AwsError('MissingAction', 'The request names no operation: X-Amz-Target is missing.');
  }
  return [target.slice(0, dot), target.slice(dot + 1)];
}

function parseBody(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = body === '' ? {} : parseJson(body);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // falls through to the refusal below, which AWS words the same for both cases
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object.');
}

/** A member that is null is one that is not given (Smithy, AWS JSON protocols, "Shape serialization"). */
function parseJson(body: string): unknown {
  if (!body.includes('null')) return JSON.parse(body);
  return JSON.parse(body, function (this: unknown, _name, value) {
    return value === null && !Array.isArray(this) ? undefined : value;
  });
}

function jsonResponse(
  statusCode: number,
  contentType: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): WireResponse {
  return {
    statusCode,
    headers: {
      'content-type': contentType?.startsWith('application/x-amz-json-')
        ? contentType
        : DEFAULT_CONTENT_TYPE,
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
