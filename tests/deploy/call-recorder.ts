import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One AWS call as it went over the wire. */
export interface RecordedCall {
  /** IAM's name, for example `dynamodb:UpdateItem`. */
  readonly action: string;
  /** Raw text of the request; JSON, a form, or CBOR read as Latin-1. */
  readonly body: string;
}

/** Passes requests on to `upstream` and remembers them. */
export interface CallRecorder {
  readonly url: string;
  /** Calls since the last time this was asked. */
  take(): RecordedCall[];
  readonly all: readonly RecordedCall[];
  stop(): Promise<void>;
}

/** Signing names that differ from the prefix of the service's IAM actions. */
const IAM_PREFIX: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** Operations that have no IAM action of their own. */
const IAM_ACTION: Readonly<Record<string, string>> = {
  'sqs:SendMessageBatch': 'sqs:SendMessage',
};

export async function recordCalls(upstream: string): Promise<CallRecorder> {
  const calls: RecordedCall[] = [];
  let taken = 0;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const { method, headers, url = '/' } = incoming;
    const body = bytes.toString('latin1');
    const target = headers['x-amz-target'];
    calls.push({
      action: actionOf(headers.authorization ?? '', String(target ?? ''), url, body),
      body,
    });
    const forwarded = request(new URL(url, upstream), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.once('error', (error) => outgoing.destroy(error));
    forwarded.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const fresh = calls.slice(taken);
      taken = calls.length;
      return fresh;
    },
    all: calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The service is in the signature's scope; the operation stands where each protocol puts it. */
function actionOf(authorization: string, target: string, url: string, body: string): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1] ?? 'unsigned';
  const operation =
    target.split('.').at(-1) ||
    /\/operation\/(\w+)$/.exec(url)?.[1] ||
    /(?:^|&)Action=(\w+)/.exec(body)?.[1] ||
    'unknown';
  const action = `${IAM_PREFIX[service] ?? service}:${operation}`;
  return IAM_ACTION[action] ?? action;
}
