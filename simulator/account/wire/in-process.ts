import { Readable } from 'node:stream';
import type { HttpRequest } from '@smithy/core/transport';
import { HttpResponse } from '@smithy/core/transport';
import type { WireRequest, WireResponse } from './protocol.ts';

/** Answers one wire request; never throws, refusals are responses. */
export type WireEndpoint = (request: WireRequest) => Promise<WireResponse>;

const utf8 = new TextEncoder();

/**
 * A `requestHandler` for any AWS SDK v3 client whose requests are answered inside this process:
 * everything of the SDK runs (serialisation, retries, parsing), only the socket is left out.
 */
export function inProcessRequestHandler(endpoint: WireEndpoint) {
  return {
    metadata: { handlerProtocol: 'in-process' },
    async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
      const { method, path, headers } = request;
      const answer = await endpoint({ method, path, headers, body: bodyOf(request) });
      const { statusCode, body } = answer;
      return {
        response: new HttpResponse({
          statusCode,
          headers: answer.headers,
          body: isBytes(body) ? bytes(body) : Readable.from(body, { objectMode: false }),
        }),
      };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs() {
      return {};
    },
  };
}

function bodyOf({ body }: HttpRequest): string | Uint8Array {
  if (body === undefined || body === null) return '';
  return body instanceof Uint8Array ? body : String(body);
}

function isBytes(body: WireResponse['body']): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array;
}

function bytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? utf8.encode(body) : body;
}
