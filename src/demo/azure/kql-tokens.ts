import { KqlError } from './kql-error.ts';

/** A piece of a query. `at` is its place in the text. */
export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end';
  /** Of a text: what it stands for. */
  readonly value: string;
  readonly at: number;
}

const pattern = new RegExp(
  [
    String.raw`(?<space>\s+|\/\/[^\n]*)`,
    '(?<name>!?[A-Za-z_][A-Za-z0-9_-]*~?)',
    String.raw`(?<number>\d+(?:\.\d+)?)`,
    String.raw`(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`,
    String.raw`(?<sign>==|!=|=~|!~|<=|>=|[<>=|,().[\]])`,
  ].join('|'),
  'y',
);

/** Cuts a query into its tokens; the last is the end. @throws KqlError */
export function tokenise(query: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < query.length) {
    const at = pattern.lastIndex;
    const { space, name, number, text, sign } = pattern.exec(query)?.groups ?? {};
    if (name !== undefined) tokens.push(...splitName(name, at));
    else if (number !== undefined) tokens.push({ kind: 'number', value: number, at });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text.slice(1, -1).replace(/\\(.)/g, '$1'), at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign, at });
    else if (space === undefined) throw new KqlError('ParserFailure', query.slice(at, at + 1), at);
  }
  return [...tokens, { kind: 'end', value: '<EOF>', at: query.length }];
}

const words = ['in~', '!in~', '!in', 'project-away', 'project-keep'];

/** A name, unless it is one of the words that have a sign in them: `a-b` and `a!b` are no names. */
function splitName(name: string, at: number): readonly Token[] {
  if (/^[A-Za-z0-9_]+$/.test(name) || words.includes(name)) return [{ kind: 'name', value: name, at }];
  throw new KqlError('ParserFailure', name, at);
}
