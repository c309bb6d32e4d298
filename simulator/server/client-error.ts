import type { Duplex } from 'node:stream';

/** Status, reason and AWS error code of what Node could not read as HTTP, by its error code. */
const ANSWERS: Readonly<Record<string, readonly [status: string, code: string, message: string]>> =
  {
    HPE_HEADER_OVERFLOW: [
      '431 Request Header Fields Too Large',
      'RequestHeaderSectionTooLarge',
      'The headers of the request are too long.',
    ],
    ERR_HTTP_REQUEST_TIMEOUT: [
      '408 Request Timeout',
      'RequestTimeout',
      'The request did not arrive in time.',
    ],
  };

const MALFORMED = [
  '400 Bad Request',
  'MalformedHttpRequestException',
  'The request is not valid HTTP.',
] as const;

/** Answers what is no HTTP request, in the shape of an AWS error, and closes the connection. */
export function answerClientError(error: Error, socket: Duplex): void {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, __type, message] = ANSWERS[code] ?? MALFORMED;
  const body = JSON.stringify({ __type, message });
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      'connection: close',
      'content-type: application/x-amz-json-1.0',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
