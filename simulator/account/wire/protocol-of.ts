import { AWS_JSON } from './aws-json.ts';
import { AWS_QUERY } from './aws-query.ts';
import type { Protocol, WireRequest } from './protocol.ts';
import { RPC_V2_CBOR } from './rpc-v2-cbor.ts';
import { RUNTIME_REST } from './runtime-rest.ts';

/** The protocol that a request is written in. Whatever is none of the others counts as AWS JSON. */
export function protocolOf({ method = 'POST', path = '/', headers }: WireRequest): Protocol {
  if (headers['smithy-protocol'] !== undefined || path.startsWith('/service/')) return RPC_V2_CBOR;
  if (path.startsWith('/endpoints/')) return RUNTIME_REST;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const isQueryString = method === 'GET' && /[?&]Action=/.test(path);
  return isForm || isQueryString ? AWS_QUERY : AWS_JSON;
}
