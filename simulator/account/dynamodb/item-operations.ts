import { AwsError, validationError } from '../service.ts';
import { checkedItem, type Item, itemSizeBytes } from './attribute-values.ts';
import type { Expressions } from './expressions.ts';
import { checkedKey, keyOfItem, refuseKeyChange } from './keys.ts';
import { project } from './paths.ts';
import type { Table } from './table.ts';

/** AWS docs, "Quotas in Amazon DynamoDB", item size. */
const MAX_ITEM_BYTES = 409_600;

export interface WriteInput {
  readonly Item?: unknown;
  readonly Key?: unknown;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

export interface WriteOutput {
  readonly Attributes?: Item;
}

const NO_ITEM: Item = {};
const PUT_OR_DELETE_RETURNS = ['NONE', 'ALL_OLD'];
const UPDATE_RETURNS = ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'];

export function getItem(table: Table, input: { Key?: unknown }, expressions: Expressions) {
  const item = table.get(checkedKey(table.key, input.Key).key);
  if (!item) return {};
  const { projection } = expressions;
  return { Item: projection ? project(item, projection.paths) : item };
}

export function putItem(table: Table, input: WriteInput, expressions: Expressions): WriteOutput {
  const returns = checkedReturns(input, PUT_OR_DELETE_RETURNS);
  const item = checkedItem(input.Item);
  const key = keyOfItem(table.key, item);
  refuseTooLarge(item, 'Item size has exceeded the maximum allowed size');
  const old = table.get(key);
  checkCondition(old, input, expressions);
  table.put(key, item);
  return returns === 'ALL_OLD' && old ? { Attributes: old } : {};
}

export function deleteItem(table: Table, input: WriteInput, expressions: Expressions): WriteOutput {
  const returns = checkedReturns(input, PUT_OR_DELETE_RETURNS);
  const { key } = checkedKey(table.key, input.Key);
  const old = table.get(key);
  checkCondition(old, input, expressions);
  table.delete(key);
  return returns === 'ALL_OLD' && old ? { Attributes: old } : {};
}

/** Creates the item when there is none, even without an update expression. */
export function updateItem(table: Table, input: WriteInput, expressions: Expressions): WriteOutput {
  const returns = checkedReturns(input, UPDATE_RETURNS);
  const { key, item: keyItem } = checkedKey(table.key, input.Key);
  const { update, values } = expressions;
  const paths = update?.paths ?? [];
  refuseKeyChange(
    table.key,
    paths.map((path) => path[0]),
  );
  const old = table.get(key);
  checkCondition(old, input, expressions);
  const item = update ? update.apply(old ?? keyItem, values) : (old ?? keyItem);
  refuseTooLarge(item, 'Item size to update has exceeded the maximum allowed size');
  table.put(key, item);
  switch (returns) {
    case 'ALL_OLD':
      return old ? { Attributes: old } : {};
    case 'ALL_NEW':
      return { Attributes: item };
    case 'UPDATED_OLD':
      return updated(old ?? NO_ITEM, paths);
    case 'UPDATED_NEW':
      return updated(item, paths);
    default:
      return {};
  }
}

function updated(item: Item, paths: Parameters<typeof project>[1]): WriteOutput {
  const attributes = project(item, paths);
  return Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
}

function checkCondition(old: Item | undefined, input: WriteInput, expressions: Expressions): void {
  const { condition, values } = expressions;
  if (!condition || condition.holds(old ?? NO_ITEM, values)) return;
  const shown = old && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  throw new AwsError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    400,
    shown ? { Item: old } : {},
  );
}

function checkedReturns(input: WriteInput, allowed: readonly string[]): string {
  const { ReturnValues: returns = 'NONE', ReturnValuesOnConditionCheckFailure: onFailure } = input;
  if (!allowed.includes(returns)) throw validationError('Return values set to invalid value');
  if (onFailure !== undefined && onFailure !== 'NONE' && onFailure !== 'ALL_OLD') {
    throw validationError(
      `1 validation error detected: Value '${onFailure}' at 'returnValuesOnConditionCheckFailure' ` +
        'failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]',
    );
  }
  return returns;
}

function refuseTooLarge(item: Item, message: string): void {
  if (itemSizeBytes(item) > MAX_ITEM_BYTES) throw validationError(message);
}
