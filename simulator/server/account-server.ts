import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EmbeddedAccount } from '../account/account.ts';
import { AwsError } from '../account/service.ts';
import { bodyTooLarge } from '../account/wire/body.ts';
import type { WireRequest, WireResponse } from '../account/wire/protocol.ts';
import { answerClientError } from './client-error.ts';
import { readBody } from './read-body.ts';

/** Answers a GET of one path that is no AWS call. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void;

export interface AccountServerOptions {
  readonly account: Pick<EmbeddedAccount, 'answer' | 'refuse' | 'clock'>;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** By path. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Hears of faults of the account itself; the client gets `InternalFailure`. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Bounds within which a connection has to do something, milliseconds. What is silent for longer is
 * closed, so that idle connections cannot pile up.
 */
const BOUNDS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
} as const;

/** An embedded account over HTTP: AWS calls in whatever protocol they come, and a few pages. */
export class AccountServer {
  readonly #options: AccountServerOptions;
  readonly #server: Server;
  /** Requests that wait for their answer. */
  readonly #pending = new Map<ServerResponse, WireRequest>();
  #isStopping = false;

  constructor(options: AccountServerOptions) {
    this.#options = options;
    // The date of an answer is the account's, not the machine's.
    this.#server = createServer(BOUNDS, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('clientError', answerClientError);
  }

  /** Begins to listen; gives the URL. Rejects when the port is taken. */
  async listen(): Promise<string> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const { address, family, port: taken } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
  }

  /** Takes nothing more, refuses what waits, and closes all connections. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const refusal = new AwsError('ServiceUnavailable', 'The emulator is stopping.', 503);
    const refused = [...this.#pending].map(async ([response, request]) =>
      this.#send(response, await this.#options.account.refuse(request, refusal)),
    );
    await Promise.allSettled(refused);
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const page = this.#page(request);
      if (page) page(request, response);
      else await this.#answer(request, response);
    } catch (error) {
      // A caller who has gone away needs no answer.
      if (request.destroyed || response.destroyed) return;
      this.#options.onFault(error);
      response.destroy();
    }
  }

  #page({ method, url = '/' }: IncomingMessage): Page | undefined {
    if (method !== 'GET' || url.includes('Action=')) return undefined;
    const { pages = {} } = this.#options;
    const path = url.split('?')[0] as string;
    return Object.hasOwn(pages, path) ? pages[path] : undefined;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { account } = this.#options;
    const call = {
      method: request.method ?? 'POST',
      path: request.url ?? '/',
      headers: headersOf(request),
    };
    const body = await readBody(request);
    if (body === undefined) {
      await this.#send(response, await account.refuse({ ...call, body: '' }, bodyTooLarge()));
      return;
    }
    const asked = { ...call, body };
    this.#pending.set(response, asked);
    try {
      await this.#send(response, await this.#answerOf(asked));
    } finally {
      this.#pending.delete(response);
    }
  }

  async #answerOf(asked: WireRequest): Promise<WireResponse> {
    const { account, onFault } = this.#options;
    try {
      return await account.answer(asked);
    } catch (error) {
      onFault(error);
      const message = `The emulator failed: ${(error as Error).message}`;
      return account.refuse(asked, new AwsError('InternalFailure', message, 500));
    }
  }

  async #send(
    response: ServerResponse,
    { statusCode, headers, body }: WireResponse,
  ): Promise<void> {
    if (response.headersSent || response.destroyed) return;
    response.statusCode = statusCode;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // The account's own time, which runs as fast as it was told to.
    response.setHeader('date', new Date(this.#options.account.clock.nowMs).toUTCString());
    if (this.#isStopping) response.setHeader('connection', 'close');
    if (typeof body === 'string' || body instanceof Uint8Array) {
      response.setHeader('content-length', Buffer.byteLength(body));
      response.end(body);
    } else {
      response.flushHeaders();
      await pipeline(Readable.from(body, { objectMode: false }), response);
    }
  }
}

/** Header names in lower case; of repeated headers Node has joined the values. */
function headersOf(request: IncomingMessage): Record<string, string> {
  return request.headers as Record<string, string>;
}
