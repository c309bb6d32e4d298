import { validationError } from '../service.ts';
import { type AttributeValue, compareStrings, type Item } from './attribute-values.ts';
import type { Expressions } from './expressions.ts';
import type { KeyCondition, RangeOperator } from './key-condition.ts';
import { checkedKey } from './keys.ts';
import type { Values } from './parser.ts';
import { project } from './paths.ts';
import { keyAttributes, type SortKeyRange, type Table } from './table.ts';

/** A page ends when it has read this much: AWS docs, "Query", response size. */
const MAX_PAGE_BYTES = 1_048_576;

interface QueryInput {
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: unknown;
  readonly Select?: string;
}

export interface QueryOutput {
  readonly Items?: Item[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Item;
}

const RANGES: Readonly<Record<RangeOperator, (a: string, b: string) => SortKeyRange>> = {
  '=': (a) => ({ from: atLeast(a), to: above(a) }),
  '<': (a) => ({ from: always, to: atLeast(a) }),
  '<=': (a) => ({ from: always, to: above(a) }),
  '>': (a) => ({ from: above(a), to: never }),
  '>=': (a) => ({ from: atLeast(a), to: never }),
  BETWEEN: (a, b) => ({ from: atLeast(a), to: above(b) }),
  begins_with: (a) => ({
    from: atLeast(a),
    to: (sort) => compareStrings(sort, a) > 0 && !sort.startsWith(a),
  }),
};

/**
 * One page of a partition. As in DynamoDB a page that reaches `Limit` names a LastEvaluatedKey
 * even when nothing follows. Throws a ValidationException.
 */
export function query(table: Table, input: QueryInput, expressions: Expressions): QueryOutput {
  const { keyCondition, filter, projection, values } = expressions;
  if (!keyCondition) {
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const limit = checkedLimit(input.Limit);
  const ascending = input.ScanIndexForward ?? true;
  const hash = keyOperand(values, keyCondition.hash);
  const range = afterStartKey(
    table,
    hash,
    rangeOf(keyCondition, values),
    input.ExclusiveStartKey,
    ascending,
  );
  const items: Item[] = [];
  let [scanned, bytes] = [0, 0];
  let last: Item | undefined;
  for (const { item, sizeBytes } of table.rows(hash, range, ascending)) {
    scanned += 1;
    bytes += sizeBytes;
    if (!filter || filter.holds(item, values)) items.push(item);
    if (scanned < limit && bytes < MAX_PAGE_BYTES) continue;
    last = keyAttributes(table.key, item);
    break;
  }
  const shown = projection ? items.map((item) => project(item, projection.paths)) : items;
  return {
    ...(input.Select !== 'COUNT' && { Items: shown }),
    Count: items.length,
    ScannedCount: scanned,
    ...(last && { LastEvaluatedKey: last }),
  };
}

function rangeOf({ range }: KeyCondition, values: Values): SortKeyRange {
  if (!range) return { from: always, to: never };
  const [a, b = ''] = range.operands.map((operand) => keyOperand(values, operand));
  if (range.operator === 'BETWEEN' && compareStrings(a as string, b) > 0) {
    throw validationError(
      'Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater ' +
        `than or equal to lower bound; lower bound operand: AttributeValue: {S:${a}}, ` +
        `upper bound operand: AttributeValue: {S:${b}}`,
    );
  }
  return RANGES[range.operator](a as string, b);
}

function keyOperand(values: Values, placeholder: string): string {
  const value = values[placeholder] as AttributeValue;
  if (!('S' in value)) {
    throw validationError(
      'One or more parameter values were invalid: ' +
        'Condition parameter type does not match schema type',
    );
  }
  if (value.S === '') {
    throw validationError(
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        'cannot contain an empty string value.',
    );
  }
  return value.S;
}

function afterStartKey(
  table: Table,
  hash: string,
  range: SortKeyRange,
  startKey: unknown,
  ascending: boolean,
): SortKeyRange {
  if (startKey === undefined) return range;
  const { key } = checkedKey(table.key, startKey);
  if (key.hash !== hash) throw validationError('The provided starting key is invalid');
  if (!range.from(key.sort) || range.to(key.sort)) {
    throw validationError(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  }
  return ascending
    ? { from: above(key.sort), to: range.to }
    : { from: range.from, to: atLeast(key.sort) };
}

function checkedLimit(limit: number | undefined): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw validationError(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: ` +
      'Member must have value greater than or equal to 1',
  );
}

function atLeast(bound: string) {
  return (sort: string) => compareStrings(sort, bound) >= 0;
}

function above(bound: string) {
  return (sort: string) => compareStrings(sort, bound) > 0;
}

const always = () => true;
const never = () => false;
