/** One statement of a policy document, its lists spelt out. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** By operator, then by condition key. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What somebody wants to do, as IAM judges it. */
export interface AccessRequest {
  /** For example `dynamodb:UpdateItem`. */
  readonly action: string;
  /** The ARN that the action works on; `*` where AWS knows none. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** What comes of a request: the statements that decided it. */
export interface Verdict<S extends Statement> {
  readonly isAllowed: boolean;
  /** Statements that allow it, or the ones that deny it. */
  readonly by: readonly S[];
}

type Operator = (value: string | undefined, wanted: readonly string[]) => boolean;

/** Condition operators by name (IAM user guide, "Condition operators"). */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: (value, wanted) => value !== undefined && wanted.includes(value),
  StringNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
  StringLike: (value, wanted) => value !== undefined && wanted.some((like) => isLike(value, like)),
  ArnEquals: (value, wanted) => value !== undefined && wanted.some((like) => isLike(value, like)),
  ArnLike: (value, wanted) => value !== undefined && wanted.some((like) => isLike(value, like)),
};

/**
 * Identity-based policies: denied unless a statement allows, and denied where one denies.
 * @throws {RangeError} for a condition operator that is not served here
 */
export function evaluate<S extends Statement>(
  statements: readonly S[],
  request: AccessRequest,
): Verdict<S> {
  const matching = statements.filter((statement) => matches(statement, request));
  const denying = matching.filter(({ effect }) => effect === 'Deny');
  if (denying.length > 0) return { isAllowed: false, by: denying };
  return { isAllowed: matching.length > 0, by: matching };
}

function matches({ actions, resources, conditions }: Statement, request: AccessRequest): boolean {
  const { action, resource, context } = request;
  return (
    // Names of actions do not depend on case, ARNs do.
    actions.some((like) => isLike(action.toLowerCase(), like.toLowerCase())) &&
    resources.some((like) => isLike(resource, like)) &&
    Object.entries(conditions).every(([name, keys]) => {
      const operator = OPERATORS[name];
      if (!operator) throw new RangeError(`The condition operator ${name} is not served.`);
      return Object.entries(keys).every(([key, wanted]) => operator(context[key], wanted));
    })
  );
}

/** True when `text` fits a pattern in which `*` stands for anything and `?` for one character. */
export function isLike(text: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}
