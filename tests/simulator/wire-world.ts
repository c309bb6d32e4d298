import type { EmbeddedAccount } from '../../simulator/account/account.ts';
import { createAccount } from '../../simulator/account/create-account.ts';
import type { WireRequest } from '../../simulator/account/wire/protocol.ts';

export const START_MS = Date.UTC(2026, 0, 5, 12);

export function world() {
  const parts = createAccount({
    startMs: START_MS,
    seed: 1,
    model: { instanceThroughputPerSecond: 10, serviceSeconds: 0.1, leadTimeSeconds: 60 },
  });
  const requests: WireRequest[] = [];
  const requestHandler = parts.account.requestHandler();
  const handler = {
    ...requestHandler,
    handle: (request: Parameters<typeof requestHandler.handle>[0]) => {
      requests.push(request as unknown as WireRequest);
      return requestHandler.handle(request);
    },
  };
  const config = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: handler,
    maxAttempts: 1,
  };
  return { ...parts, requests, config };
}

export function signed(service: string, region = 'eu-west-1'): string {
  return `AWS4-HMAC-SHA256 Credential=AKID/20260105/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

export async function query(
  account: EmbeddedAccount,
  service: string | undefined,
  path: string,
  form: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const { statusCode, body } = await account.answer({
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(service && { authorization: signed(service) }),
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: statusCode, body: String(body) };
}
