import { AwsError } from '../service.ts';

/** What the signature of a request is good for. */
export interface CredentialScope {
  readonly region: string;
  readonly signingName: string;
}

const CREDENTIAL = /Credential=[^/\s]+\/\d{8}\/([^/\s]+)\/([^/\s]+)\/aws4_request/;

/** The scope in the Authorization header; undefined: the request is not signed. */
export function credentialScope(
  headers: Readonly<Record<string, string>>,
): CredentialScope | undefined {
  const [, region, signingName] = CREDENTIAL.exec(headers.authorization ?? '') ?? [];
  return region && signingName ? { region, signingName } : undefined;
}

/**
 * Refuses a request that is signed for another region, as AWS does. The signature itself is not
 * checked, and a request without one is taken.
 */
export function requireRegion(headers: Readonly<Record<string, string>>, region: string): void {
  const scope = credentialScope(headers);
  if (!scope || scope.region === region) return;
  throw new AwsError(
    'InvalidSignatureException',
    `Credential should be scoped to a valid region, not '${scope.region}'. ` +
      `This account lives in ${region}.`,
    403,
  );
}
