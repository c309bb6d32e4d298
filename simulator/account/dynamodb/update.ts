import { validationError } from '../service.ts';
import type { AttributeValue, Item } from './attribute-values.ts';
import { addNumbers } from './decimal.ts';
import { ExpressionReader, type Names, type Parsed, type Values } from './parser.ts';
import { overlap, type Path, pathText, valueAt, withValueAt } from './paths.ts';

/** A parsed `UpdateExpression`. */
export interface Update extends Parsed {
  /** Every path that the expression writes. */
  readonly paths: readonly Path[];
  /** The item after the update; every operand is read from the item before it. */
  apply(item: Item, values: Values): Item;
}

type Operand = (item: Item, values: Values) => AttributeValue;

interface Action {
  readonly path: Path;
  /** Undefined removes the path. */
  readonly operand: Operand | undefined;
}

const CLAUSES: Readonly<Record<string, (reader: ExpressionReader) => Action>> = {
  SET: setAction,
  REMOVE: (reader) => ({ path: reader.path(), operand: undefined }),
  ADD: addAction,
};

/** Throws a ValidationException in DynamoDB's words. */
export function parseUpdate(text: string, names: Names): Update {
  const reader = new ExpressionReader('UpdateExpression', text, names);
  const actions: Action[] = [];
  const seen = new Set<string>();
  while (reader.next.kind !== 'end') {
    const token = reader.take();
    const clause = token.text.toUpperCase();
    const readAction = token.kind === 'word' ? CLAUSES[clause] : undefined;
    if (!readAction) throw unknownClause(reader, clause, token);
    if (seen.has(clause)) {
      throw reader.error(`The "${clause}" section can only be used once in an update expression;`);
    }
    seen.add(clause);
    do actions.push(readAction(reader));
    while (reader.accept(','));
  }
  const paths = actions.map((action) => action.path);
  refuseOverlap(reader, paths);
  const ordered = [...actions].sort(removalsFromTheEnd);
  return Object.assign(reader, {
    paths,
    apply(item: Item, values: Values): Item {
      const results = ordered.map(({ path, operand }) => [path, operand?.(item, values)] as const);
      return results.reduce((next, [path, value]) => withValueAt(next, path, value), item);
    },
  });
}

function unknownClause(reader: ExpressionReader, clause: string, token: typeof reader.next) {
  return clause === 'DELETE'
    ? reader.error('This table serves SET, REMOVE and ADD; DELETE (for sets) is not among them.')
    : reader.unexpected(token);
}

/** Indexes in an expression are those of the old list, so later elements go first. */
function removalsFromTheEnd(a: Action, b: Action): number {
  if (a.operand || b.operand) return Number(!a.operand) - Number(!b.operand);
  return Number(b.path.at(-1)) - Number(a.path.at(-1)) || 0;
}

function setAction(reader: ExpressionReader): Action {
  const path = reader.path();
  reader.expect('=');
  return { path, operand: arithmetic(reader) };
}

/** One operand, or exactly two with + or - between them. */
function arithmetic(reader: ExpressionReader): Operand {
  const left = operand(reader);
  const sign = reader.accept('+') ? 1 : reader.accept('-') ? -1 : undefined;
  if (sign === undefined) return left;
  const right = operand(reader);
  return (item, values) => sum(left(item, values), right(item, values), sign);
}

function operand(reader: ExpressionReader): Operand {
  if (reader.accept('(')) {
    const inner = arithmetic(reader);
    reader.expect(')');
    return inner;
  }
  if (reader.atFunction) return ifNotExists(reader);
  if (reader.next.kind === 'value') {
    const value = reader.value();
    return (_item, values) => values[value] as AttributeValue;
  }
  const path = reader.path();
  return (item) => {
    const found = valueAt(item, path);
    if (found) return found;
    throw validationError(
      'The provided expression refers to an attribute that does not exist in the item',
    );
  };
}

function ifNotExists(reader: ExpressionReader): Operand {
  const { text } = reader.take();
  if (text !== 'if_not_exists') {
    throw reader.error(
      `Invalid function name; function: ${text} (this table serves if_not_exists)`,
    );
  }
  reader.expect('(');
  const path = reader.path();
  reader.expect(',');
  const otherwise = operand(reader);
  reader.expect(')');
  return (item, values) => valueAt(item, path) ?? otherwise(item, values);
}

function addAction(reader: ExpressionReader): Action {
  const path = reader.path();
  const value = reader.value();
  // DynamoDB also adds to sets; this table serves numbers.
  reader.demand('ADD', value, ['N']);
  const zero: AttributeValue = { N: '0' };
  return {
    path,
    operand: (item, values) => sum(valueAt(item, path) ?? zero, values[value] as AttributeValue, 1),
  };
}

function sum(a: AttributeValue, b: AttributeValue, sign: 1 | -1): AttributeValue {
  if ('N' in a && 'N' in b) return { N: addNumbers(a.N, b.N, sign) };
  throw validationError('An operand in the update expression has an incorrect data type');
}

function refuseOverlap(reader: ExpressionReader, paths: readonly Path[]): void {
  for (const [i, one] of paths.entries()) {
    for (const two of paths.slice(i + 1)) {
      if (!overlap(one, two)) continue;
      throw reader.error(
        'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
          `path one: ${pathText(one)}, path two: ${pathText(two)}`,
      );
    }
  }
}
