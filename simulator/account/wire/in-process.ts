import { gunzipSync } from 'node:zlib';
import type { HttpRequest } from '@smithy/core/transport';
import { HttpResponse } from '@smithy/core/transport';
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
        body: bodyText(request),
      });
      return { response: new HttpResponse({ statusCode, headers, body: utf8.encode(body) }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs() {
      return {};
    },
  };
}

function bodyText({ headers, body }: HttpRequest): string {
  if (body === undefined || body === null) return '';
  if (!(body instanceof Uint8Array)) return String(body);
  // The SDK compresses requests of 10 KB and more where the operation allows it (PutMetricData).
  return text.decode(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
}
