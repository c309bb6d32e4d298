import { validationError } from '../service.ts';
import { ExpressionReader, type Names, type Parsed } from './parser.ts';
import type { KeySchema } from './table.ts';

export type RangeOperator = '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with';

/** A parsed `KeyConditionExpression`; operands are `:value` placeholders. */
export interface KeyCondition extends Parsed {
  readonly hash: string;
  readonly range?: { readonly operator: RangeOperator; readonly operands: readonly string[] };
}

interface Clause {
  readonly attribute: string;
  readonly operator: RangeOperator;
  readonly operands: readonly string[];
}

/** How `:v < sk` reads with the key first. */
const MIRRORED: Readonly<Record<string, RangeOperator>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Throws a ValidationException when the expression is no key condition of this table. */
export function parseKeyCondition(text: string, names: Names, key: KeySchema): KeyCondition {
  const reader = new ExpressionReader('KeyConditionExpression', text, names);
  const clauses = clauseList(reader);
  reader.expectEnd();
  const byAttribute = new Map(clauses.map((clause) => [clause.attribute, clause]));
  if (byAttribute.size < clauses.length) {
    throw reader.error('KeyConditionExpressions must only contain one condition per key');
  }
  const hash = byAttribute.get(key.hash);
  if (!hash) throw validationError(`Query condition missed key schema element: ${key.hash}`);
  const range = key.range === undefined ? undefined : byAttribute.get(key.range);
  if (hash.operator !== '=') throw validationError('Query key condition not supported');
  if (clauses.length > (range ? 2 : 1)) {
    throw validationError(
      key.range === undefined || range
        ? 'Query key condition not supported'
        : `Query condition missed key schema element: ${key.range}`,
    );
  }
  return Object.assign(reader, { hash: hash.operands[0] as string, ...(range && { range }) });
}

function clauseList(reader: ExpressionReader): Clause[] {
  const clauses = group(reader);
  while (reader.acceptKeyword('AND')) clauses.push(...group(reader));
  return clauses;
}

function group(reader: ExpressionReader): Clause[] {
  if (!reader.accept('(')) return [clause(reader)];
  const clauses = clauseList(reader);
  reader.expect(')');
  return clauses;
}

function clause(reader: ExpressionReader): Clause {
  if (reader.atFunction) return beginsWith(reader);
  if (reader.isKeyword('NOT')) throw invalidOperator(reader, 'NOT');
  if (reader.next.kind === 'value') {
    const value = reader.value();
    const operator = comparisonOperator(reader);
    const attribute = keyName(reader);
    return { attribute, operator: MIRRORED[operator] as RangeOperator, operands: [value] };
  }
  const attribute = keyName(reader);
  if (reader.isKeyword('IN')) throw invalidOperator(reader, 'IN');
  if (reader.acceptKeyword('BETWEEN')) {
    const low = reader.value();
    if (!reader.acceptKeyword('AND')) throw reader.unexpected();
    return { attribute, operator: 'BETWEEN', operands: [low, reader.value()] };
  }
  const operator = comparisonOperator(reader);
  return { attribute, operator, operands: [reader.value()] };
}

function beginsWith(reader: ExpressionReader): Clause {
  const { text } = reader.take();
  if (text !== 'begins_with') throw invalidOperator(reader, text);
  reader.expect('(');
  const attribute = keyName(reader);
  reader.expect(',');
  const operands = [reader.value()];
  reader.expect(')');
  return { attribute, operator: 'begins_with', operands };
}

function comparisonOperator(reader: ExpressionReader): RangeOperator {
  const token = reader.take();
  if (token.text === '<>') throw invalidOperator(reader, '<>');
  if (token.kind !== 'symbol' || !(token.text in MIRRORED)) throw reader.unexpected(token);
  return token.text as RangeOperator;
}

function keyName(reader: ExpressionReader): string {
  const path = reader.path();
  if (path.length === 1) return path[0];
  throw reader.error('KeyConditionExpressions cannot have conditions on nested attributes');
}

function invalidOperator(reader: ExpressionReader, operator: string) {
  return reader.error(`Invalid operator used in KeyConditionExpression: ${operator}`);
}
