import type { AwsError } from '../service.ts';

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
