import { randomUUID } from 'node:crypto';
import { AwsError } from '../service.ts';
import { bodyBytes } from './body.ts';
import { eventStream } from './event-stream.ts';
import type { Call, Protocol, WireRequest } from './protocol.ts';

/** What SageMaker Runtime's operations take and give here, beside their headers. */
export interface InvocationInput {
  readonly EndpointName: string;
  readonly Body: Uint8Array;
  readonly ContentType?: string;
  readonly Accept?: string;
  readonly CustomAttributes?: string;
  readonly TargetVariant?: string;
  readonly TargetModel?: string;
  readonly InferenceComponentName?: string;
}

export interface InvocationOutput {
  /** Bytes; for a response stream the parts as they come. */
  readonly Body: Uint8Array | AsyncIterable<Uint8Array>;
  readonly ContentType: string;
  readonly InvokedProductionVariant: string;
  readonly CustomAttributes?: string;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  invocations: 'InvokeEndpoint',
  'invocations-response-stream': 'InvokeEndpointWithResponseStream',
  'async-invocations': 'InvokeEndpointAsync',
};

const PATH = /^\/endpoints\/([^/?]+)\/([a-z-]+)$/;

/** Headers by member of the input (SageMaker Runtime API reference). */
const INPUT_HEADERS = {
  ContentType: 'content-type',
  Accept: 'accept',
  CustomAttributes: 'x-amzn-sagemaker-custom-attributes',
  TargetVariant: 'x-amzn-sagemaker-target-variant',
  TargetModel: 'x-amzn-sagemaker-target-model',
  InferenceComponentName: 'x-amzn-sagemaker-inference-component',
} as const;

/** SageMaker Runtime: REST with JSON errors; the bodies of requests and answers are the model's. */
export const RUNTIME_REST: Protocol = {
  read(request) {
    const { method = 'POST', path = '/' } = request;
    const [, name, action] = PATH.exec(path) ?? [];
    const operation = OPERATIONS[action ?? ''];
    if (!name || !operation || method !== 'POST') {
      throw new AwsError(
        'UnknownOperationException',
        `No operation of SageMaker Runtime answers to ${method} ${path}.`,
        404,
      );
    }
    const input = {
      EndpointName: decodeName(name),
      Body: bodyBytes(request),
      ...fromHeaders(request),
    };
    return { service: 'sagemaker-runtime', operation, input };
  },

  write(_request, { operation }: Call, output) {
    const { Body, ContentType, InvokedProductionVariant, CustomAttributes } =
      output as InvocationOutput;
    const isStream = operation === 'InvokeEndpointWithResponseStream';
    return {
      statusCode: 200,
      headers: {
        'x-amzn-requestid': randomUUID(),
        'x-amzn-invoked-production-variant': InvokedProductionVariant,
        ...(isStream
          ? {
              'content-type': 'application/vnd.amazon.eventstream',
              'x-amzn-sagemaker-content-type': ContentType,
            }
          : { 'content-type': ContentType }),
        ...(CustomAttributes && { 'x-amzn-sagemaker-custom-attributes': CustomAttributes }),
      },
      body: isStream
        ? eventStream('PayloadPart', Body as AsyncIterable<Uint8Array>)
        : (Body as Uint8Array),
    };
  },

  writeError(_request, _call, error) {
    return {
      statusCode: error.statusCode,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': randomUUID(),
        'x-amzn-errortype': error.code,
      },
      body: JSON.stringify({ message: error.message, ...error.members }),
    };
  },

  unknownOperation({ service, operation }) {
    return new AwsError(
      'UnknownOperationException',
      `The embedded account does not serve ${service}:${operation}.`,
      404,
    );
  },
};

function fromHeaders({ headers }: WireRequest): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [member, header] of Object.entries(INPUT_HEADERS)) {
    const value = headers[header];
    if (value !== undefined) read[member] = value;
  }
  return read;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new AwsError('ValidationError', `The endpoint name "${name}" is not properly encoded.`);
  }
}
