import { callingFunction } from '../../stack/caller.ts';
import type { EmbeddedAccount } from '../account.ts';
import { AwsError, validationError } from '../service.ts';
import { type AccessRequest, evaluate } from './policy.ts';
import {
  accessRequests,
  type ObservedCall,
  triedForRegistration,
  usedForPublishing,
} from './requests.ts';
import type { FunctionRole, RoleStatement } from './roles.ts';

/** A right of a role: one action of one statement. */
export interface Right {
  readonly functionName: string;
  readonly policy: string;
  readonly action: string;
  readonly resources: readonly string[];
}

/** What became of the rights of the functions' roles. */
export interface Enforcement {
  /** Calls that were refused, as AWS words it. */
  readonly denials: readonly string[];
}

/**
 * From now on a call of a function must be allowed by the function's role, or is denied as AWS
 * denies it. Calls from outside the stack, an owner's, are not judged.
 * @param used rights that were made use of are noted here, for {@link unusedRights}
 */
export function enforceRoles(
  account: EmbeddedAccount,
  roles: ReadonlyMap<string, FunctionRole>,
  used: Set<string> = new Set(),
): Enforcement {
  const denials: string[] = [];
  const judge = (functionName: string, request: AccessRequest): string | undefined => {
    const role = roles.get(functionName);
    if (!role) throw new RangeError(`The function ${functionName} has no role.`);
    const { isAllowed, by } = evaluate(role.statements, request);
    if (isAllowed) {
      for (const statement of by) used.add(keyOf(statement, request.action));
      return undefined;
    }
    const { action, resource } = request;
    const because =
      by.length > 0
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`;
    return `User: ${role.arn} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  };
  const refuse = (message: string | undefined, error: (text: string) => AwsError) => {
    if (message === undefined) return;
    denials.push(message);
    throw error(message);
  };
  const judged = (call: ObservedCall) => {
    try {
      return accessRequests(call, account.context);
    } catch (error) {
      // A handler may survive it; the one who runs the account must hear of it.
      denials.push((error as Error).message);
      throw error;
    }
  };
  account.intercept((call) => {
    const functionName = callingFunction();
    if (functionName === undefined) return;
    for (const request of judged(call)) {
      refuse(judge(functionName, request), (text) => new AwsError('AccessDeniedException', text));
    }
    if (call.operation === 'Publish') {
      for (const request of usedForPublishing(call.input, account.context)) {
        refuse(judge(functionName, request), (text) => new AwsError('KMSAccessDenied', text));
      }
    }
    if (call.operation !== 'RegisterScalableTarget') return;
    for (const request of triedForRegistration(call.input, account.context)) {
      refuse(judge(functionName, request), validationError);
    }
  });
  for (const [functionName, { usedByLambda }] of roles) {
    for (const request of usedByLambda) {
      const message = judge(functionName, request);
      if (message !== undefined) denials.push(message);
    }
  }
  return { denials };
}

/** Rights of the roles that no call made use of. */
export function unusedRights(
  roles: ReadonlyMap<string, FunctionRole>,
  used: ReadonlySet<string>,
): Right[] {
  return [...roles].flatMap(([functionName, { statements }]) =>
    statements.flatMap((statement) =>
      statement.actions
        .filter((action) => !used.has(keyOf(statement, action)))
        .map((action) => ({
          functionName,
          policy: statement.policy,
          action,
          resources: statement.resources,
        })),
    ),
  );
}

/** Actions are named in full in the roles; one with a wildcard would never count as used. */
function keyOf({ id }: RoleStatement, action: string): string {
  return `${id} ${action.toLowerCase()}`;
}
