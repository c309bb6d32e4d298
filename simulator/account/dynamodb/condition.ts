import {
  type AttributeValue,
  compareValues,
  equalValues,
  type Item,
  type TypeName,
} from './attribute-values.ts';
import { ExpressionReader, type Names, type Parsed, type Values } from './parser.ts';
import { valueAt } from './paths.ts';

/** A parsed `ConditionExpression` or `FilterExpression`. */
export interface Condition extends Parsed {
  holds(item: Item, values: Values): boolean;
}

type Test = (item: Item, values: Values) => boolean;

interface Operand {
  /** The placeholder when the operand is a value, undefined when it is a path. */
  readonly value: string | undefined;
  readonly resolve: (item: Item, values: Values) => AttributeValue | undefined;
}

const ORDERED: readonly TypeName[] = ['S', 'N', 'B'];

/** Comparison operators over the order of two values; undefined order means not comparable. */
const ORDER_TESTS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Throws a ValidationException in DynamoDB's words. */
export function parseCondition(subject: string, text: string, names: Names): Condition {
  const reader = new ExpressionReader(subject, text, names);
  const holds = disjunction(reader);
  reader.expectEnd();
  return Object.assign(reader, { holds });
}

function disjunction(reader: ExpressionReader): Test {
  let test = conjunction(reader);
  while (reader.acceptKeyword('OR')) {
    const [left, right] = [test, conjunction(reader)];
    test = (item, values) => left(item, values) || right(item, values);
  }
  return test;
}

function conjunction(reader: ExpressionReader): Test {
  let test = negation(reader);
  while (reader.acceptKeyword('AND')) {
    const [left, right] = [test, negation(reader)];
    test = (item, values) => left(item, values) && right(item, values);
  }
  return test;
}

function negation(reader: ExpressionReader): Test {
  if (!reader.acceptKeyword('NOT')) return primary(reader);
  const inner = negation(reader);
  return (item, values) => !inner(item, values);
}

function primary(reader: ExpressionReader): Test {
  if (reader.isSymbol('(')) return parenthesised(reader);
  if (reader.atFunction) return functionCall(reader);
  const left = operand(reader);
  if (reader.acceptKeyword('BETWEEN')) return between(reader, left);
  if (reader.acceptKeyword('IN')) return membership(reader, left);
  return comparison(reader, left);
}

/** Tests that were written as one pair of parentheses and nothing else. */
const groups = new WeakSet<Test>();

/** DynamoDB refuses a pair of parentheses directly around another. */
function parenthesised(reader: ExpressionReader): Test {
  reader.expect('(');
  const inner = disjunction(reader);
  reader.expect(')');
  if (groups.has(inner)) throw reader.error('The expression has redundant parentheses;');
  groups.add(inner);
  return inner;
}

function comparison(reader: ExpressionReader, left: Operand): Test {
  const operator = reader.take();
  const orderTest = ORDER_TESTS[operator.text];
  if (!orderTest && operator.text !== '=' && operator.text !== '<>') {
    throw reader.unexpected(operator);
  }
  const right = operand(reader);
  if (!orderTest) {
    const wanted = operator.text === '=';
    return (item, values) => {
      const [a, b] = [left.resolve(item, values), right.resolve(item, values)];
      const equal = a !== undefined && b !== undefined && equalValues(a, b);
      return equal === wanted;
    };
  }
  for (const side of [left, right]) demandOrdered(reader, operator.text, side);
  return (item, values) => {
    const order = orderOf(left.resolve(item, values), right.resolve(item, values));
    return order !== undefined && orderTest(order);
  };
}

function between(reader: ExpressionReader, subject: Operand): Test {
  const low = operand(reader);
  if (!reader.acceptKeyword('AND')) throw reader.unexpected();
  const high = operand(reader);
  for (const side of [subject, low, high]) demandOrdered(reader, 'BETWEEN', side);
  return (item, values) => {
    const value = subject.resolve(item, values);
    const above = orderOf(value, low.resolve(item, values));
    const below = orderOf(value, high.resolve(item, values));
    return above !== undefined && below !== undefined && above >= 0 && below <= 0;
  };
}

function membership(reader: ExpressionReader, subject: Operand): Test {
  reader.expect('(');
  const candidates = [operand(reader)];
  while (reader.accept(',')) candidates.push(operand(reader));
  reader.expect(')');
  return (item, values) => {
    const value = subject.resolve(item, values);
    if (value === undefined) return false;
    return candidates.some((candidate) => {
      const other = candidate.resolve(item, values);
      return other !== undefined && equalValues(value, other);
    });
  };
}

function functionCall(reader: ExpressionReader): Test {
  const name = reader.take().text;
  reader.expect('(');
  const operands = [operand(reader)];
  while (reader.accept(',')) operands.push(operand(reader));
  reader.expect(')');
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists': {
      const [path] = exactly(reader, name, operands, 1);
      if (path?.value !== undefined) {
        throw reader.error(
          `Operator or function requires a document path; operator or function: ${name}`,
        );
      }
      const wanted = name === 'attribute_exists';
      return (item, values) => (path?.resolve(item, values) !== undefined) === wanted;
    }
    case 'begins_with': {
      const [subject, prefix] = exactly(reader, name, operands, 2) as [Operand, Operand];
      for (const side of [subject, prefix]) {
        if (side.value) reader.demand(name, side.value, ['S', 'B']);
      }
      return (item, values) =>
        beginsWith(subject.resolve(item, values), prefix.resolve(item, values));
    }
    default:
      throw reader.error(
        `Invalid function name; function: ${name} (this table serves attribute_exists, ` +
          'attribute_not_exists and begins_with)',
      );
  }
}

function exactly(
  reader: ExpressionReader,
  name: string,
  operands: readonly Operand[],
  count: number,
): readonly Operand[] {
  if (operands.length === count) return operands;
  throw reader.error(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
  );
}

function operand(reader: ExpressionReader): Operand {
  if (reader.next.kind === 'value') {
    const value = reader.value();
    return { value, resolve: (_item, values) => values[value] };
  }
  const path = reader.path();
  return { value: undefined, resolve: (item) => valueAt(item, path) };
}

function demandOrdered(reader: ExpressionReader, operator: string, { value }: Operand): void {
  if (value) reader.demand(operator, value, ORDERED);
}

function orderOf(a: AttributeValue | undefined, b: AttributeValue | undefined) {
  return a !== undefined && b !== undefined ? compareValues(a, b) : undefined;
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined) {
  if (!value || !prefix) return false;
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if ('B' in value && 'B' in prefix) {
    const [whole, start] = [Buffer.from(value.B, 'base64'), Buffer.from(prefix.B, 'base64')];
    return whole.subarray(0, start.length).equals(start);
  }
  return false;
}
