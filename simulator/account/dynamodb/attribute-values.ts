import { validationError } from '../service.ts';
import { canonicalNumber, compareNumbers } from './decimal.ts';

/** An attribute value as on the wire; binary values are base64 text. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Item }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] };

/** Attribute values by name. Stored items are never changed in place. */
export type Item = Readonly<Record<string, AttributeValue>>;

export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

type AnyValue = Readonly<Partial<Record<TypeName, unknown>>>;

const SCALAR_JS_TYPES: Partial<Record<string, string>> = {
  S: 'string',
  N: 'string',
  B: 'string',
  BOOL: 'boolean',
  NULL: 'boolean',
};

export function typeOf(value: AttributeValue): TypeName {
  for (const type in value) return type as TypeName;
  throw new TypeError('An attribute value holds no type; it was not checked before use.');
}

/** The bare content of a value: the string of `{ S: string }`, the list of `{ L: [...] }`. */
function contentOf(value: AttributeValue): unknown {
  return (value as AnyValue)[typeOf(value)];
}

/** The attribute `name` of an item or map; names such as `constructor` are data, not inherited. */
export function attributeOf(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/**
 * Checks a value from the wire and gives it back with its numbers in canonical form.
 * Throws a ValidationException.
 */
export function checkedValue(value: unknown): AttributeValue {
  const types = Object.keys((value ?? {}) as object);
  const type = types[0];
  if (type === undefined || types.length > 1) {
    const what = type === undefined ? 'is empty' : 'has more than one datatypes set';
    throw validationError(
      `Supplied AttributeValue ${what}, must contain exactly one of the supported datatypes`,
    );
  }
  const content = (value as Record<string, unknown>)[type];
  switch (type) {
    case 'N': {
      const number = canonicalNumber(checkedScalar(type, content) as string);
      return number === content ? (value as AttributeValue) : { N: number };
    }
    case 'L':
      return { L: checkedList(type, content).map(checkedValue) };
    case 'M':
      return { M: checkedItem(content) };
    case 'SS':
    case 'BS':
      checkedSet(type, content);
      return value as AttributeValue;
    case 'NS':
      return { NS: checkedSet(type, checkedList(type, content).map(String).map(canonicalNumber)) };
    default:
      checkedScalar(type, content);
      return value as AttributeValue;
  }
}

/** {@link checkedValue} for each attribute of an item or a map. */
export function checkedItem(item: unknown): Item {
  if (item === null || typeof item !== 'object') {
    throw validationError(`Expected attribute values by name, found ${JSON.stringify(item)}.`);
  }
  let changed: Record<string, AttributeValue> | undefined;
  for (const [name, value] of Object.entries(item)) {
    if (name === '') {
      throw validationError('One or more parameter values were invalid: Empty attribute name');
    }
    const checked = checkedValue(value);
    if (checked === value) continue;
    changed ??= { ...item };
    changed[name] = checked;
  }
  return changed ?? (item as Item);
}

function checkedScalar(type: string, content: unknown): unknown {
  const expected = SCALAR_JS_TYPES[type];
  if (expected && typeof content === expected) return content;
  throw validationError(
    expected
      ? `An attribute value of type ${type} holds ${JSON.stringify(content)}, not a ${expected}.`
      : `Supplied AttributeValue has the unknown datatype ${type}.`,
  );
}

function checkedList(type: string, content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  throw validationError(`An attribute value of type ${type} holds no list.`);
}

function checkedSet(type: 'SS' | 'NS' | 'BS', content: unknown): string[] {
  const members = checkedList(type, content) as string[];
  const invalid = 'One or more parameter values were invalid:';
  if (members.length === 0) {
    const kind = { SS: 'string', NS: 'number', BS: 'binary' }[type];
    throw validationError(`${invalid} An ${kind} set  may not be empty`);
  }
  if (new Set(members).size < members.length) {
    throw validationError(
      `${invalid} Input collection [${members.join(', ')}] contains duplicates.`,
    );
  }
  return members;
}

export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  const [left, right] = [contentOf(a), contentOf(b)];
  switch (type) {
    case 'L':
      return equalLists(left as AttributeValue[], right as AttributeValue[]);
    case 'M':
      return equalItems(left as Item, right as Item);
    case 'SS':
    case 'NS':
    case 'BS':
      return equalSets(left as string[], right as string[]);
    default:
      return left === right;
  }
}

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((value, i) => equalValues(value, b[i] as AttributeValue));
}

function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const other = attributeOf(b, name);
      return other !== undefined && equalValues(a[name] as AttributeValue, other);
    })
  );
}

function equalSets(a: readonly string[], b: readonly string[]): boolean {
  const members = new Set(a);
  return a.length === b.length && b.every((member) => members.has(member));
}

/** Order of two values of the same ordered type (S, N, B); undefined when there is none. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if ('N' in a && 'N' in b) return compareNumbers(a.N, b.N);
  if ('S' in a && 'S' in b) return compareStrings(a.S, b.S);
  if ('B' in a && 'B' in b) return Buffer.compare(bytes(a.B), bytes(b.B));
  return undefined;
}

/** Order of the UTF-8 bytes, in which DynamoDB sorts strings; UTF-16 differs above U+FFFF only. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

/** Moves surrogate code units (which stand for U+10000 and above) behind all others. */
function utf8Rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit < 0xe000 ? codeUnit + 0x10000 : codeUnit;
}

/**
 * Approximate stored size in bytes by the rules of the AWS docs, "DynamoDB item sizes and formats":
 * names and strings in UTF-8, a number a byte per two digits and one more, 3 bytes per list or map
 * and one per element.
 */
export function itemSizeBytes(item: Item): number {
  let size = 0;
  for (const name in item) size += textSize(name) + valueSize(item[name] as AttributeValue);
  return size;
}

function valueSize(value: AttributeValue): number {
  if ('S' in value) return textSize(value.S);
  if ('N' in value) return numberSize(value.N);
  if ('B' in value) return bytes(value.B).length;
  if ('L' in value) return value.L.reduce((sum, each) => sum + 1 + valueSize(each), 3);
  if ('M' in value) return 3 + Object.keys(value.M).length + itemSizeBytes(value.M);
  if ('SS' in value) return value.SS.reduce((sum, each) => sum + textSize(each), 0);
  if ('NS' in value) return value.NS.reduce((sum, each) => sum + numberSize(each), 0);
  if ('BS' in value) return value.BS.reduce((sum, each) => sum + bytes(each).length, 0);
  return 1;
}

function textSize(text: string): number {
  return Buffer.byteLength(text);
}

function numberSize(number: string): number {
  return 1 + Math.ceil(number.length / 2);
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
