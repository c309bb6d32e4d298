import { validationError } from '../service.ts';

export type TokenKind = 'word' | 'name' | 'value' | 'index' | 'symbol' | 'end';

/** One token of an expression: a bare word, `#name`, `:value`, list index, symbol, or the end. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
}

const TOKEN =
  /\s*(?:(?<word>[A-Za-z_]\w*)|(?<name>#\w+)|(?<value>:\w+)|(?<index>\d+)|(?<symbol><>|<=|>=|[=<>()[\],.+-]))/y;

/** Splits an expression. Throws a ValidationException naming the expression parameter (`subject`). */
export function tokenize(text: string, subject: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const rest = text.slice(from).trimStart();
      throw syntaxError(subject, rest.charAt(0), rest.slice(0, 10));
    }
    const [kind, token] = Object.entries(match.groups ?? {}).find(([, found]) => found) as [
      TokenKind,
      string,
    ];
    tokens.push({ kind, text: token, start: TOKEN.lastIndex - token.length });
  }
  if (tokens.length === 0)
    throw validationError(`Invalid ${subject}: The expression can not be empty;`);
  tokens.push({ kind: 'end', text: '<EOF>', start: text.length });
  return tokens;
}

/** A syntax error in DynamoDB's words: the offending token and what stands around it. */
export function syntaxError(subject: string, token: string, near: string) {
  return validationError(`Invalid ${subject}: Syntax error; token: "${token}", near: "${near}"`);
}
