import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { AccountParts } from '../../simulator/account/create-account.ts';
import { type Enforcement, enforceRoles } from '../../simulator/account/iam/enforce.ts';
import { type FunctionRole, readRoles } from '../../simulator/account/iam/roles.ts';

export const SERVERLESS_YML = fileURLToPath(new URL('../../serverless.yml', import.meta.url));

const CONTEXT = { region: 'eu-west-1', accountId: '123456789012' };
let known: ReadonlyMap<string, FunctionRole> | undefined;

/** The roles of the service's functions, as deployed to an embedded account. */
export function serviceRoles(): ReadonlyMap<string, FunctionRole> {
  known ??= readRoles(SERVERLESS_YML, CONTEXT);
  return known;
}

/**
 * Has every function run with its own role; a test in which one called what its role does not allow
 * fails, whatever became of the call.
 * @param used rights that were used are noted here
 */
export function withRoles({ account }: AccountParts, used?: Set<string>): Enforcement {
  const enforcement = enforceRoles(account, serviceRoles(), used);
  onTestFinished(() => {
    const [first] = enforcement.denials;
    if (first) throw new Error(`${enforcement.denials.length} calls were denied: ${first}`);
  });
  return enforcement;
}
