import { randomUUID } from 'node:crypto';
import { AwsError } from '../service.ts';
import type { DecodedCall, WireRequest, WireResponse } from '../wire/protocol.ts';

/** Version and namespace of SNS's documents (Amazon SNS API reference). */
const VERSION = '2010-03-31';
const NAMESPACE = `http://sns.amazonaws.com/doc/${VERSION}/`;

/** True for a request in the AWS query protocol: a form in, XML out. */
export function isQuery({ headers }: WireRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** Reads a query request to SNS, the one service that speaks this protocol alone. */
export function decodeQuery({ body }: WireRequest): DecodedCall {
  const form = new URLSearchParams(body);
  const operation = form.get('Action');
  if (!operation || form.get('Version') !== VERSION) {
    throw new AwsError('InvalidAction', `Expected an Action of SNS in its version ${VERSION}.`);
  }
  const requestId = randomUUID();
  const respond = (statusCode: number, element: string, content: string): WireResponse => ({
    statusCode,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<${element} xmlns="${NAMESPACE}">${content}</${element}>`,
  });
  return {
    service: 'sns',
    operation,
    input: inputOf(form),
    encode: (output) =>
      respond(
        200,
        `${operation}Response`,
        xml({
          [`${operation}Result`]: output ?? {},
          ResponseMetadata: { RequestId: requestId },
        }),
      ),
    encodeError: ({ code, message, statusCode }) =>
      respond(
        statusCode,
        'ErrorResponse',
        xml({
          Error: { Type: statusCode < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
          RequestId: requestId,
        }),
      ),
  };
}

/** `A.entry.1.Name=x`, `A.entry.1.Value.B=y` to `{ A: { x: { B: y } } }`; `C.member.1=z` to `{ C: [z] }`. */
function inputOf(form: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.');
    const last = path.pop() as string;
    let place = input;
    for (const step of path) {
      place[step] ??= {};
      place = place[step] as Record<string, unknown>;
    }
    place[last] = value;
  }
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, collapsed(value)]));
}

function collapsed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  const { entry, member } = value as Record<string, Record<string, unknown>>;
  if (entry) {
    const entries = Object.values(entry) as { Name: string; Value: unknown }[];
    return Object.fromEntries(entries.map(({ Name, Value }) => [Name, collapsed(Value)]));
  }
  return member ? Object.values(member).map(collapsed) : value;
}

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => `<member>${xml(each)}</member>`).join('');
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([name, below]) => `<${name}>${xml(below)}</${name}>`)
      .join('');
  }
  const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return String(value).replace(/[&<>]/g, (sign) => escapes[sign] as string);
}
