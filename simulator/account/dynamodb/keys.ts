import { validationError } from '../service.ts';
import {
  type AttributeValue,
  attributeOf,
  checkedItem,
  type Item,
  typeOf,
} from './attribute-values.ts';
import type { Key, KeySchema } from './table.ts';

/** AWS docs, "Quotas in Amazon DynamoDB", partition keys and sort keys. */
const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/** The key in a request's `Key` member, which must name the key attributes and nothing else. */
export function checkedKey(schema: KeySchema, given: unknown): { key: Key; item: Item } {
  const item = checkedItem(given ?? {});
  const expected = schema.range === undefined ? 1 : 2;
  const matches =
    Object.keys(item).length === expected &&
    keyNames(schema).every((name) => {
      const value = attributeOf(item, name);
      return value !== undefined && typeOf(value) === 'S';
    });
  if (!matches) throw validationError('The provided key element does not match the schema');
  return { key: keyOfItem(schema, item), item };
}

/** The key attributes of an item to be stored. */
export function keyOfItem(schema: KeySchema, item: Item): Key {
  return {
    hash: keyValue(schema.hash, attributeOf(item, schema.hash), 'hashkey', MAX_HASH_BYTES),
    sort:
      schema.range === undefined
        ? ''
        : keyValue(schema.range, attributeOf(item, schema.range), 'rangekey', MAX_RANGE_BYTES),
  };
}

/** Refuses an update that writes a key attribute. */
export function refuseKeyChange(schema: KeySchema, written: readonly string[]): void {
  const changed = keyNames(schema).find((name) => written.includes(name));
  if (changed === undefined) return;
  throw validationError(
    `One or more parameter values were invalid: Cannot update attribute ${changed}. ` +
      'This attribute is part of the key',
  );
}

function keyNames(schema: KeySchema): string[] {
  return schema.range === undefined ? [schema.hash] : [schema.hash, schema.range];
}

function keyValue(
  name: string,
  value: AttributeValue | undefined,
  kind: string,
  maxBytes: number,
): string {
  const invalid = 'One or more parameter values were invalid:';
  if (!value) throw validationError(`${invalid} Missing the key ${name} in the item`);
  if (!('S' in value)) {
    throw validationError(
      `${invalid} Type mismatch for key ${name} expected: S actual: ${typeOf(value)}`,
    );
  }
  if (value.S === '') {
    throw validationError(
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        `cannot contain an empty string value. Key: ${name}`,
    );
  }
  if (value.S.length * 3 > maxBytes && Buffer.byteLength(value.S) > maxBytes) {
    throw validationError(
      `${invalid} Size of ${kind} has exceeded the maximum size limit of ${maxBytes} bytes`,
    );
  }
  return value.S;
}
