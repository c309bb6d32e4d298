import { validationError } from '../service.ts';
import { type AttributeValue, type TypeName, typeOf } from './attribute-values.ts';
import type { Path } from './paths.ts';
import { isReservedWord } from './reserved-words.ts';
import { syntaxError, type Token, type TokenKind, tokenize } from './tokens.ts';

/** `ExpressionAttributeNames` and `ExpressionAttributeValues` of a request. */
export type Names = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, AttributeValue>>;

/** What every parsed expression can say of itself, whatever its kind. */
export interface Parsed {
  /** Placeholders that the expression uses. */
  readonly usedNames: ReadonlySet<string>;
  readonly usedValues: ReadonlySet<string>;
  /** Checks the values that are bound to the placeholders. Throws a ValidationException. */
  checkValues(values: Values): void;
}

/** A value that an operator or function takes only in some types. */
interface TypeDemand {
  readonly operator: string;
  readonly value: string;
  readonly types: readonly TypeName[];
}

/** Type names as DynamoDB words them in this message. */
const TYPE_WORDS: Partial<Record<TypeName, string>> = { S: 'STRING', N: 'NUMBER' };

/** Reads the tokens of one expression; the grammars of the kinds of expression build on it. */
export class ExpressionReader implements Parsed {
  readonly usedNames = new Set<string>();
  readonly usedValues = new Set<string>();
  readonly #subject: string;
  readonly #text: string;
  readonly #names: Names;
  readonly #tokens: Token[];
  readonly #demands: TypeDemand[] = [];
  #position = 0;

  /** @param subject the request member that holds the expression, for messages */
  constructor(subject: string, text: string, names: Names) {
    this.#subject = subject;
    this.#text = text;
    this.#names = names;
    this.#tokens = tokenize(text, subject);
  }

  get next(): Token {
    return this.#tokens[this.#position] as Token;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  isSymbol(text: string): boolean {
    return this.next.kind === 'symbol' && this.next.text === text;
  }

  /** Takes the symbol if it comes next. */
  accept(symbol: string): boolean {
    const found = this.isSymbol(symbol);
    if (found) this.#position += 1;
    return found;
  }

  expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.unexpected();
  }

  isKeyword(keyword: string): boolean {
    return this.next.kind === 'word' && this.next.text.toUpperCase() === keyword;
  }

  /** Takes the keyword if it comes next; case does not matter. */
  acceptKeyword(keyword: string): boolean {
    const found = this.isKeyword(keyword);
    if (found) this.#position += 1;
    return found;
  }

  /** Whether a function call comes next: a bare word and an opening parenthesis. */
  get atFunction(): boolean {
    const after = this.#tokens[this.#position + 1];
    return this.next.kind === 'word' && after?.kind === 'symbol' && after.text === '(';
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.unexpected();
  }

  /** A document path such as `a.#b[0]`, its placeholders replaced. */
  path(): Path {
    const steps: (string | number)[] = [];
    const head = this.#name();
    for (;;) {
      if (this.accept('.')) steps.push(this.#name());
      else if (this.accept('[')) {
        steps.push(Number(this.#expectKind('index').text));
        this.expect(']');
      } else return [head, ...steps];
    }
  }

  /** A `:value` placeholder. */
  value(): string {
    const { text } = this.#expectKind('value');
    this.usedValues.add(text);
    return text;
  }

  /** Notes that the value must be of one of `types` where `operator` takes it. */
  demand(operator: string, value: string, types: readonly TypeName[]): void {
    this.#demands.push({ operator, value, types });
  }

  checkValues(values: Values): void {
    for (const value of this.usedValues) {
      if (!Object.hasOwn(values, value)) {
        throw this.error(
          `An expression attribute value used in expression is not defined; attribute value: ${value}`,
        );
      }
    }
    for (const { operator, value, types } of this.#demands) {
      const type = typeOf(values[value] as AttributeValue);
      if (types.includes(type)) continue;
      const found = operator === 'ADD' ? (TYPE_WORDS[type] ?? type) : type;
      throw this.error(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${found}`,
      );
    }
  }

  error(message: string) {
    return validationError(`Invalid ${this.#subject}: ${message}`);
  }

  unexpected(token: Token = this.next) {
    const before = this.#tokens[this.#tokens.indexOf(token) - 1] ?? token;
    const after = this.#tokens[this.#tokens.indexOf(token) + 1] ?? token;
    const near = this.#text.slice(before.start, after.start + after.text.length);
    return syntaxError(this.#subject, token.text, near);
  }

  #name(): string {
    const token = this.take();
    if (token.kind === 'name') {
      this.usedNames.add(token.text);
      if (Object.hasOwn(this.#names, token.text)) return this.#names[token.text] as string;
      throw this.error(
        `An expression attribute name used in the document path is not defined; attribute name: ${token.text}`,
      );
    }
    if (token.kind !== 'word') throw this.unexpected(token);
    if (isReservedWord(token.text)) {
      throw this.error(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return token.text;
  }

  #expectKind(kind: TokenKind): Token {
    if (this.next.kind !== kind) throw this.unexpected();
    return this.take();
  }
}
