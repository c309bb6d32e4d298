import { validationError } from '../service.ts';
import { checkedValue } from './attribute-values.ts';
import { type Condition, parseCondition } from './condition.ts';
import { type KeyCondition, parseKeyCondition } from './key-condition.ts';
import { ExpressionReader, type Names, type Parsed, type Values } from './parser.ts';
import type { Path } from './paths.ts';
import type { KeySchema } from './table.ts';
import { parseUpdate, type Update } from './update.ts';

/** The members of a request that expressions live in. */
export interface ExpressionInput {
  readonly ConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Names;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** The parsed expressions of one request, with their values checked and in canonical form. */
export interface Expressions {
  readonly condition: Condition | undefined;
  readonly filter: Condition | undefined;
  readonly keyCondition: KeyCondition | undefined;
  readonly projection: Projection | undefined;
  readonly update: Update | undefined;
  readonly values: Values;
}

export interface Projection extends Parsed {
  readonly paths: readonly Path[];
}

/** A program has a handful of expressions; the bound only guards against texts built from data. */
const MAX_CACHED = 1000;
const NONE = Object.freeze({});

/** Parses expressions, each text (with its attribute names) once. */
export class ExpressionParser {
  readonly #parsed = new Map<string, Parsed>();

  /** Throws a ValidationException for a fault in any expression or an unused placeholder. */
  parse(input: ExpressionInput, key: KeySchema): Expressions {
    const names = placeholders('ExpressionAttributeNames', '#', input.ExpressionAttributeNames);
    const values = boundValues(input.ExpressionAttributeValues);
    const namesKey = names === NONE ? '' : JSON.stringify(names);
    const used: Parsed[] = [];
    const once = <P extends Parsed>(kind: string, text: string | undefined, read: () => P) => {
      if (text === undefined) return undefined;
      const parsed = this.#once(`${kind}\n${text}\n${namesKey}`, read);
      parsed.checkValues(values);
      used.push(parsed);
      return parsed;
    };
    const conditionOf = (kind: 'ConditionExpression' | 'FilterExpression') =>
      once(kind, input[kind], () => parseCondition(kind, input[kind] as string, names));
    const expressions: Expressions = {
      update: once('UpdateExpression', input.UpdateExpression, () =>
        parseUpdate(input.UpdateExpression as string, names),
      ),
      condition: conditionOf('ConditionExpression'),
      keyCondition: once(
        `KeyConditionExpression ${key.hash} ${key.range ?? ''}`,
        input.KeyConditionExpression,
        () => parseKeyCondition(input.KeyConditionExpression as string, names, key),
      ),
      filter: conditionOf('FilterExpression'),
      projection: once('ProjectionExpression', input.ProjectionExpression, () =>
        parseProjection(input.ProjectionExpression as string, names),
      ),
      values,
    };
    refuseUnused('ExpressionAttributeNames', names, (name) =>
      used.some((parsed) => parsed.usedNames.has(name)),
    );
    refuseUnused('ExpressionAttributeValues', values, (name) =>
      used.some((parsed) => parsed.usedValues.has(name)),
    );
    return expressions;
  }

  #once<P extends Parsed>(key: string, read: () => P): P {
    const known = this.#parsed.get(key);
    // The key begins with the kind of expression, so what it finds is of that kind.
    if (known) return known as P;
    const parsed = read();
    if (this.#parsed.size >= MAX_CACHED) this.#parsed.clear();
    this.#parsed.set(key, parsed);
    return parsed;
  }
}

function parseProjection(text: string, names: Names): Projection {
  const reader = new ExpressionReader('ProjectionExpression', text, names);
  const paths: Path[] = [];
  do paths.push(reader.path());
  while (reader.accept(','));
  reader.expectEnd();
  return Object.assign(reader, { paths });
}

function boundValues(given: Record<string, unknown> | undefined): Values {
  const values: Record<string, ReturnType<typeof checkedValue>> = {};
  for (const [name, value] of Object.entries(
    placeholders('ExpressionAttributeValues', ':', given),
  )) {
    values[name] = checkedValue(value);
  }
  return values;
}

function placeholders<T>(
  member: string,
  mark: '#' | ':',
  given: Readonly<Record<string, T>> | undefined,
): Readonly<Record<string, T>> {
  if (given === undefined) return NONE;
  const keys = Object.keys(given);
  if (keys.length === 0) throw validationError(`${member} must not be empty`);
  for (const key of keys) {
    if (key[0] !== mark || !/^\w+$/.test(key.slice(1))) {
      throw validationError(`${member} contains invalid key: Syntax error; key: "${key}"`);
    }
  }
  return given;
}

function refuseUnused(
  member: string,
  given: Readonly<Record<string, unknown>>,
  isUsed: (name: string) => boolean,
): void {
  const unused = Object.keys(given).filter((name) => !isUsed(name));
  if (unused.length === 0) return;
  throw validationError(
    `Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`,
  );
}
