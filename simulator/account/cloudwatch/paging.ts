import { pageOf } from '../input.ts';
import { invalidNextToken } from './errors.ts';

/** One page of `items`, whose size CloudWatch sets, and the token of the next page where there is one. */
export function page<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  return pageOf(items, { NextToken: token }, { byDefault: size, most: size }, invalidNextToken);
}
