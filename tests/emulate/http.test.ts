import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_BODY_BYTES } from '../../simulator/account/wire/body.ts';
import { startTestEmulator } from './emulators.ts';

let emulator: Awaited<ReturnType<typeof startTestEmulator>>;

beforeAll(async () => {
  emulator = await startTestEmulator({
    // Years from what the machine's clock says, so that a time shows whose it is.
    startMs: Date.UTC(2020, 0, 1),
    withScaler: false,
    endpoint: {
      endpointName: 'checkout',
      variantName: 'AllTraffic',
      minCapacity: 1,
      maxCapacity: 4,
      enrolled: false,
    },
  });
});

afterAll(async () => {
  await emulator.stop();
  expect(emulator.troubles).toEqual([]);
});

const port = () => Number(new URL(emulator.url).port);

async function open(): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes as they stand; gives all that comes back until the connection ends. */
async function exchange(text: string): Promise<string> {
  const socket = await open();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** Posts a body of so many bytes, with or without telling its length first. */
function post(
  path: string,
  bytes: number,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: port(), path, method: 'POST', headers, agent: false },
      (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body }),
        );
      },
    );
    request.once('error', reject);
    request.end(Buffer.alloc(bytes, 'x'));
  });
}

describe('bodies', () => {
  const invocations = '/endpoints/checkout/invocations';

  it.each([
    ['with its length', { 'content-type': 'text/plain' }],
    ['in chunks', { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' }],
  ])('as large as may be, %s, are taken', async (_label, headers) => {
    const { status, body } = await post(invocations, MOST_BODY_BYTES, headers);
    expect([status, body.length]).toEqual([200, MOST_BODY_BYTES]);
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ['SageMaker Runtime', invocations, {}, /^\{"message":"The request body must not exceed/],
    [
      'AWS JSON',
      '/',
      { 'x-amz-target': 'SageMaker.ListEndpoints', 'content-type': 'application/x-amz-json-1.1' },
      /"__type":"RequestEntityTooLarge"/,
    ],
    [
      'AWS query',
      '/',
      { 'content-type': 'application/x-www-form-urlencoded' },
      /<Code>RequestEntityTooLarge<\/Code>/,
    ],
    [
      'RPC v2 CBOR',
      '/service/GraniteServiceVersion20100801/operation/PutMetricData',
      { 'smithy-protocol': 'rpc-v2-cbor' },
      /RequestEntityTooLarge/,
    ],
  ])('a byte larger are refused in the shape of %s', async (_label, path, headers, expected) => {
    const { status, body } = await post(path, MOST_BODY_BYTES + 1, headers);
    expect(status).toBe(413);
    expect(body).toMatch(expected);
  });

  it('that never end are cut off, and the next request is served', async () => {
    const huge = post(invocations, 80 * 1024 * 1024, {});
    await expect(huge).rejects.toThrow();
    expect((await post(invocations, 5, {})).status).toBe(200);
  });
});

describe('a member of the wrong type', () => {
  it('is refused, and named', async () => {
    const response = await fetch(emulator.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AnyScaleFrontendService.RegisterScalableTarget',
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify({ ServiceNamespace: 'sagemaker', MinCapacity: '3' }),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        __type: 'SerializationException',
        message: 'The member MinCapacity has the wrong type: expected a number, found a string.',
      },
    ]);
  });
});

describe('what is no AWS call', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400', 'MalformedHttpRequestException'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(40_000)}\r\n\r\n`,
      '431',
      'RequestHeaderSectionTooLarge',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
      '400',
      'MalformedHttpRequestException',
    ],
    [
      'a path that nobody answers',
      'GET /robots.txt HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      '400',
      'MissingAction',
    ],
  ])('%s: status and error code', async (_label, text, status, code) => {
    const answer = await exchange(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`"__type":"${code}"`);
  });

  it('a caller who goes away leaves nothing behind', async () => {
    const socket = await open();
    socket.write(
      'POST /endpoints/checkout/invocations HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhal',
    );
    socket.destroy();
    await once(socket, 'close');
    expect((await post('/endpoints/checkout/invocations', 5, {})).status).toBe(200);
  });
});

describe('time', () => {
  it('is told by the account’s clock', async () => {
    const { headers } = await post('/endpoints/checkout/invocations', 5, {});
    const toldMs = Date.parse(headers.date as string);
    const { nowMs } = emulator.parts.clock;
    expect(nowMs - toldMs).toBeGreaterThanOrEqual(0);
    expect(nowMs - toldMs).toBeLessThan(120_000);
  });
});
