import { invalidNextToken } from './errors.ts';

/** Opaque token of a page that begins at `offset`. */
export function pageToken(offset: number): string {
  return Buffer.from(`from:${offset}`).toString('base64url');
}

/** Offset that a token of {@link pageToken} stands for; 0 without a token. Throws `InvalidNextToken`. */
export function pageOffset(token: string | undefined): number {
  if (token === undefined) return 0;
  const [, digits] = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (digits === undefined) throw invalidNextToken();
  return Number(digits);
}

/** One page of `items`, and the token of the next page where there is one. */
export function page<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const from = pageOffset(token);
  const end = from + size;
  const slice = items.slice(from, end);
  return end < items.length ? { items: slice, NextToken: pageToken(end) } : { items: slice };
}
