import { randomUUID } from 'node:crypto';
import { AwsError } from '../service.ts';
import { decodeQuery, isQuery } from '../sns/query.ts';

/** A request reduced to what an AWS protocol needs. Header names are lower case. */
export interface WireRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response ready to be sent. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a request asks for, and how its answer is to be written. */
export interface DecodedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  encode(output: unknown): WireResponse;
  encodeError(error: AwsError): WireResponse;
}

/** `X-Amz-Target` prefixes of the JSON protocols, by service. */
const SERVICE_BY_TARGET_PREFIX: Readonly<Record<string, string>> = {
  AnyScaleFrontendService: 'application-auto-scaling',
  GraniteServiceVersion20100801: 'cloudwatch',
  SageMaker: 'sagemaker',
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AmazonSSM: 'ssm',
  AWSEvents: 'eventbridge',
  ServiceQuotasV20190624: 'service-quotas',
};

/** Finds service and operation of a request by its protocol (AWS JSON, query). Throws {@link AwsError}. */
export function decode(request: WireRequest): DecodedCall {
  if (isQuery(request)) return decodeQuery(request);
  const target = request.headers['x-amz-target'];
  const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.0';
  const [prefix, operation] = splitTarget(target);
  const service = SERVICE_BY_TARGET_PREFIX[prefix];
  if (!service) {
    throw new AwsError(
      'UnknownOperationException',
      `No service answers to the target "${target}".`,
    );
  }
  return {
    service,
    operation,
    input: parseBody(request.body),
    encode: (output) => jsonResponse(200, contentType, output ?? {}),
    encodeError: (error) =>
      jsonResponse(error.statusCode, contentType, {
        __type: error.code,
        message: error.message,
        ...error.members,
      }),
  };
}

function splitTarget(target: string | undefined): [prefix: string, operation: string] {
  const dot = target?.lastIndexOf('.') ?? -1;
  if (!target || dot < 1) {
    throw new AwsError('MissingAction', 'The request names no operation: X-Amz-Target is missing.');
  }
  return [target.slice(0, dot), target.slice(dot + 1)];
}

function parseBody(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = body === '' ? {} : JSON.parse(body);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // falls through to the refusal below, which AWS words the same for both cases
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object.');
}

function jsonResponse(statusCode: number, contentType: string, body: unknown): WireResponse {
  return {
    statusCode,
    headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}
