import { randomUUID } from 'node:crypto';
import { AwsError } from '../service.ts';
import { bodyText } from './body.ts';
import type { Protocol, WireRequest, WireResponse } from './protocol.ts';
import { readForm } from './query-form.ts';
import { elements, writeXml } from './query-xml.ts';
import { operationSchemas, queryErrorCode } from './schemas.ts';
import { credentialScope } from './scope.ts';
import { SERVICES, type ServiceNames } from './services.ts';

/** Errors of every service that the query protocol knew by other codes. */
const FORMER_CODES: Readonly<Record<string, string>> = {
  InvalidSignatureException: 'SignatureDoesNotMatch',
  InvalidParameterValueException: 'InvalidParameterValue',
};

/** AWS query: a form in, XML out. What clients sent to CloudWatch and SQS until about 2023, and send to SNS. */
export const AWS_QUERY: Protocol = {
  async read(request) {
    const form = formOf(request);
    const service = serviceOf(request, form);
    const operation = form.get('Action');
    if (!operation) {
      throw new AwsError('MissingAction', 'The request names no operation: Action is missing.');
    }
    const schemas = await operationSchemas(service.name, operation);
    const input = schemas ? readForm(form, schemas.input) : {};
    // SQS takes the queue also as the path of the request, which its own URL leads to.
    if (service.name === 'sqs') input.QueueUrl ??= queueUrl(request);
    return { service: service.name, operation, input };
  },

  async write(_request, { service, operation }, output) {
    const schemas = await operationSchemas(service, operation);
    const result =
      schemas && !schemas.output.isUnitSchema()
        ? { [`${operation}Result`]: elements(schemas.output, output ?? {}) }
        : {};
    const requestId = randomUUID();
    return xmlResponse(200, requestId, `${operation}Response`, service, {
      ...result,
      ResponseMetadata: { RequestId: requestId },
    });
  },

  async writeError(request, call, error) {
    const service = call?.service ?? serviceByScope(request)?.name;
    const requestId = randomUUID();
    return xmlResponse(error.statusCode, requestId, 'ErrorResponse', service, {
      Error: {
        Type: error.statusCode < 500 ? 'Sender' : 'Receiver',
        Code: FORMER_CODES[error.code] ?? (await queryErrorCode(service, error.code)),
        Message: error.message,
      },
      RequestId: requestId,
    });
  },

  unknownOperation({ service, operation }) {
    return new AwsError(
      'InvalidAction',
      `The embedded account does not serve ${service}:${operation}.`,
    );
  },
};

function formOf(request: WireRequest): URLSearchParams {
  const { path = '/' } = request;
  const form = new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length));
  for (const [name, value] of new URLSearchParams(bodyText(request))) form.append(name, value);
  return form;
}

/** By the signature's scope; where there is none, by the version of the API. */
function serviceOf(request: WireRequest, form: URLSearchParams): ServiceNames {
  const version = form.get('Version');
  const service =
    serviceByScope(request) ??
    SERVICES.find(({ query }) => query !== undefined && query.version === version);
  if (service) return service;
  throw new AwsError(
    'InvalidAction',
    `No service with an AWS query protocol answers to the version "${version}".`,
  );
}

function serviceByScope({ headers }: WireRequest): ServiceNames | undefined {
  const scope = credentialScope(headers);
  return SERVICES.find(({ query, signingName }) => query && signingName === scope?.signingName);
}

function queueUrl({ path = '/' }: WireRequest): string | undefined {
  const [way] = path.split('?') as [string];
  return way === '/' ? undefined : way;
}

function xmlResponse(
  statusCode: number,
  requestId: string,
  element: string,
  service: string | undefined,
  content: object,
): WireResponse {
  const namespace = SERVICES.find(({ name }) => name === service)?.query?.namespace ?? '';
  return {
    statusCode,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: writeXml(element, namespace, content),
  };
}
