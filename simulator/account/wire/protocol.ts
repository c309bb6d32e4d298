import type { AwsError } from '../service.ts';
import { AWS_JSON } from './aws-json.ts';
import { AWS_QUERY } from './aws-query.ts';
import { RPC_V2_CBOR } from './rpc-v2-cbor.ts';
import { RUNTIME_REST } from './runtime-rest.ts';

/** A request reduced to what an AWS protocol needs. Header names are lower case. */
export interface WireRequest {
  /** Default `POST`. */
  readonly method?: string;
  /** With its query string; default `/`. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A response ready to be sent. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** What a request asks for. Member names of the input are those of the service's API reference. */
export interface Call {
  /** As the account knows it. */
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** A way to write AWS calls down. */
export interface Protocol {
  /** Finds service, operation and input of a request. Throws {@link AwsError}. */
  read(request: WireRequest): Call | Promise<Call>;
  /** Writes down what an operation gave. */
  write(request: WireRequest, call: Call, output: unknown): WireResponse | Promise<WireResponse>;
  /** Writes down a refusal; without a call the request could not be read. */
  writeError(
    request: WireRequest,
    call: Call | undefined,
    error: AwsError,
  ): WireResponse | Promise<WireResponse>;
  /** The refusal of an operation that the account does not serve. */
  unknownOperation(call: Call): AwsError;
}

/** The protocol that a request is written in. Whatever is none of the others counts as AWS JSON. */
export function protocolOf({ method = 'POST', path = '/', headers }: WireRequest): Protocol {
  if (headers['smithy-protocol'] !== undefined || path.startsWith('/service/')) return RPC_V2_CBOR;
  if (path.startsWith('/endpoints/')) return RUNTIME_REST;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const isQueryString = method === 'GET' && /[?&]Action=/.test(path);
  return isForm || isQueryString ? AWS_QUERY : AWS_JSON;
}
