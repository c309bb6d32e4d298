import { HttpResponse } from '@smithy/core/transport';
import type { HttpRequest } from '@smithy/core/transport';
import type { WireRequest, WireResponse } from './protocol.ts';

/** Answers one wire request; never throws, refusals are responses. */
export type WireEndpoint = (request: WireRequest) => Promise<WireResponse>;

const utf8 = new TextEncoder();
const text = new TextDecoder();

/**
 * A `requestHandler` for any AWS SDK v3 client whose requests are answered inside this process:
 * everything of the SDK runs (serialisation, signing, retries, parsing), only the socket is left out.
 */
export function inProcessRequestHandler(endpoint: WireEndpoint) {
  return {
    metadata: { handlerProtocol: 'in-process' },
    async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
      const { statusCode, headers, body } = await endpoint({
        headers: request.headers,
        body: bodyText(request.body),
      });
      return { response: new HttpResponse({ statusCode, headers, body: utf8.encode(body) }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs() {
      return {};
    },
  };
}

function bodyText(body: unknown): string {
  if (body === undefined || body === null) return '';
  return body instanceof Uint8Array ? text.decode(body) : String(body);
}
