import { type AwsError, validationError } from './service.ts';

/** Refuses an input that lacks one of `members`, as AWS does: `ValidationException`, all named at once. */
export function requireMembers(input: object, members: readonly string[]): void {
  const missing = members.filter((name) => {
    const value = (input as Record<string, unknown>)[name];
    return value === undefined || value === null;
  });
  if (missing.length === 0) return;
  const complaints = missing.map(
    (name) =>
      `Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy ` +
      'constraint: Member must not be null',
  );
  const count = missing.length === 1 ? '1 validation error' : `${missing.length} validation errors`;
  throw validationError(`${count} detected: ${complaints.join('; ')}`);
}

/** Refuses a number outside [least, most] or not whole: `ValidationException`. */
export function requireRange(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  const problem =
    typeof value !== 'number' || !Number.isInteger(value)
      ? 'Member must be a whole number'
      : value < least
        ? `Member must have value greater than or equal to ${least}`
        : value > most
          ? `Member must have value less than or equal to ${most}`
          : undefined;
  if (!problem) return;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      problem,
  );
}

/** Refuses a number below zero, or what is no number: `ValidationException`. */
export function requireNotNegative(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      'Member must have value greater than or equal to 0',
  );
}

/** Refuses a value that is not one of `allowed`: `ValidationException`. */
export function requireOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/** Which page of a listing is asked for. */
export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** The token of the page that begins at `offset`. */
export function pageToken(offset: number): string {
  return Buffer.from(`page:${offset}`).toString('base64url');
}

/**
 * Where the page of a token begins; 0 without one.
 * @param invalidToken makes the refusal of a token that {@link pageToken} did not issue
 */
export function pageOffset(token: string | undefined, invalidToken: () => AwsError): number {
  if (token === undefined) return 0;
  const offset = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (offset === undefined) throw invalidToken();
  return Number(offset);
}

/**
 * One page of a listing and the token of the next one.
 * @param limits the page size where none is asked for, and the largest that may be
 * @param invalidToken makes the refusal of a token that this function did not issue
 */
export function pageOf<Item>(
  items: readonly Item[],
  { MaxResults, NextToken }: PageRequest,
  limits: { readonly byDefault: number; readonly most: number },
  invalidToken: () => AwsError,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  requireRange('maxResults', MaxResults, 1, limits.most);
  const from = pageOffset(NextToken, invalidToken);
  const end = from + (MaxResults ?? limits.byDefault);
  const shown = items.slice(from, end);
  if (end >= items.length) return { items: shown };
  return { items: shown, NextToken: pageToken(end) };
}
