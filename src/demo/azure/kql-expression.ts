import { memberOf } from './json.ts';
import { KqlError } from './kql-error.ts';
import type { Token } from './kql-tokens.ts';
import { comparisons, functions, memberships, type Row } from './kql-values.ts';

/** Something that has a value in each row. */
export interface Expression {
  readonly valueIn: (row: Row) => unknown;
  /** The column's name where a query gives it none. */
  readonly name: string;
  /** Whether its value is of no type of its own, as all of `properties` is. */
  readonly dynamic: boolean;
  /** Whether it is nothing but a column. */
  readonly column: boolean;
}

/** The columns that a stage of a query can name. */
export type Columns = ReadonlyMap<string, { readonly dynamic: boolean }>;

/** Reads a query's tokens one after another. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new RangeError('read past the end of the query');
    return token;
  }

  /** Whether the token after the current one is this sign. */
  isFollowedBy(sign: string): boolean {
    const token = this.#tokens[this.#next + 1];
    return token?.kind === 'sign' && token.value === sign;
  }

  is(value: string): boolean {
    return this.current.kind !== 'text' && this.current.value.toLowerCase() === value;
  }

  /** Takes the current token if it is this one. */
  take(value: string): boolean {
    const found = this.is(value);
    if (found) this.#next++;
    return found;
  }

  /** Takes the current token. @throws KqlError if it is another */
  expect(value: string): void {
    if (!this.take(value)) throw this.unexpected();
  }

  /** Takes the current token, of that kind. @throws KqlError if it is of another */
  expectKind(kind: Token['kind']): Token {
    const token = this.current;
    if (token.kind !== kind) throw this.unexpected();
    if (kind !== 'end') this.#next++;
    return token;
  }

  unexpected(): KqlError {
    return new KqlError('ParserFailure', this.current.value, this.current.at);
  }
}

/** Reads an expression: `or` binds least, then `and`, then comparisons. @throws KqlError */
export function readExpression(reader: TokenReader, columns: Columns): Expression {
  const first = readAnd(reader, columns);
  if (!reader.is('or')) return first;
  const all = [first];
  while (reader.take('or')) all.push(readAnd(reader, columns));
  return computed((row) => all.some(({ valueIn }) => valueIn(row) === true));
}

function readAnd(reader: TokenReader, columns: Columns): Expression {
  const first = readComparison(reader, columns);
  if (!reader.is('and')) return first;
  const all = [first];
  while (reader.take('and')) all.push(readComparison(reader, columns));
  return computed((row) => all.every(({ valueIn }) => valueIn(row) === true));
}

function readComparison(reader: TokenReader, columns: Columns): Expression {
  const { valueIn: leftIn, ...left } = readPath(reader, columns);
  const operator = reader.current.kind === 'text' ? '' : reader.current.value.toLowerCase();
  const compare = comparisons.get(operator);
  if (compare !== undefined) {
    reader.take(operator);
    const { valueIn: rightIn } = readPath(reader, columns);
    return computed((row) => compare(leftIn(row), rightIn(row)));
  }
  const belongs = memberships.get(operator);
  if (belongs === undefined) return { valueIn: leftIn, ...left };
  reader.take(operator);
  const list = readList(reader, columns);
  return computed((row) =>
    belongs(
      leftIn(row),
      list.map(({ valueIn }) => valueIn(row)),
    ),
  );
}

function readList(reader: TokenReader, columns: Columns): readonly Expression[] {
  reader.expect('(');
  const list: Expression[] = [];
  do list.push(readExpression(reader, columns));
  while (reader.take(','));
  reader.expect(')');
  return list;
}

/** A primary expression and what is taken out of it: `a.b`, `a['b']`, `a[0]`. */
function readPath(reader: TokenReader, columns: Columns): Expression {
  let found = readPrimary(reader, columns);
  while (reader.is('.') || reader.is('[')) found = member(found, readMember(reader));
  return found;
}

function readMember(reader: TokenReader): string {
  if (reader.take('.')) return reader.expectKind('name').value;
  reader.expect('[');
  const { value } = reader.current.kind === 'number' ? reader.expectKind('number') : reader.expectKind('text');
  reader.expect(']');
  return value;
}

function member({ valueIn, name }: Expression, key: string): Expression {
  return {
    valueIn: (row) => memberOf(valueIn(row), key) ?? null,
    name: `${name}_${key}`,
    dynamic: true,
    column: false,
  };
}

function readPrimary(reader: TokenReader, columns: Columns): Expression {
  const { kind, value, at } = reader.current;
  if (reader.take('(')) {
    const inner = readExpression(reader, columns);
    reader.expect(')');
    return inner;
  }
  if (kind === 'text') return constant(reader.expectKind('text').value);
  if (kind === 'number') return constant(Number(reader.expectKind('number').value));
  if (reader.take('[')) {
    const name = reader.expectKind('text').value;
    reader.expect(']');
    return columnNamed(name, columns, at);
  }
  if (kind === 'name' && reader.isFollowedBy('(')) return readCall(reader, columns);
  reader.expectKind('name');
  if (value === 'true' || value === 'false') return constant(value === 'true');
  return columnNamed(value, columns, at);
}

function readCall(reader: TokenReader, columns: Columns): Expression {
  const { value, at } = reader.expectKind('name');
  const args = readList(reader, columns);
  if (value === 'not') return computed((row) => args[0]?.valueIn(row) !== true);
  const called = functions.get(value);
  if (called === undefined || args.length < called.least || args.length > called.most) {
    throw new KqlError('InvalidQueryLanguage', value, at);
  }
  const name = value === 'tostring' ? (args[0]?.name ?? '') : '';
  return { ...computed((row) => called.apply(args.map(({ valueIn }) => valueIn(row)))), name };
}

function columnNamed(name: string, columns: Columns, at: number): Expression {
  const column = columns.get(name);
  if (column === undefined) throw new KqlError('InvalidQueryLanguage', name, at);
  return { valueIn: (row) => row(name), name, dynamic: column.dynamic, column: true };
}

function constant(value: unknown): Expression {
  return computed(() => value);
}

function computed(valueIn: Expression['valueIn']): Expression {
  return { valueIn, name: '', dynamic: false, column: false };
}
