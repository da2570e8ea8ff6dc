/** A filter as both Compute Engine and Monitoring write it, taken apart. OR binds closer than AND, as Google has it. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | Comparison;

/** `field operator value`, or `field operator function(value, …)`. */
export interface Comparison {
  readonly kind: 'compare';
  readonly field: string;
  readonly operator: string;
  /** Empty for a plain value. */
  readonly function: string;
  readonly values: readonly string[];
}

/** A text that is no filter. */
export class FilterSyntaxError extends Error {}

const token = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(!=|<=|>=|[=<>:(),])|([^\s"'=<>!:(),]+))/y;

/** What the reader stands before: quoted text, a sign, a word, or the end. */
interface Token {
  readonly kind: 'quoted' | 'sign' | 'word' | 'end';
  readonly text: string;
}

/**
 * Parses a filter.
 *
 * @param words operators that are words, such as `eq`
 * @param impliedAnd whether terms that merely follow one another are joined by AND
 * @throws FilterSyntaxError
 */
export function parseFilter(text: string, words: readonly string[] = [], impliedAnd = false): Expression {
  const reader = new Reader(text, words, impliedAnd);
  const expression = reader.expression();
  if (reader.peek().kind !== 'end') throw new FilterSyntaxError(`unexpected "${reader.peek().text}"`);
  return expression;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #words: readonly string[];
  readonly #impliedAnd: boolean;
  #at = 0;

  constructor(text: string, words: readonly string[], impliedAnd: boolean) {
    this.#tokens = tokensOf(text);
    this.#words = words;
    this.#impliedAnd = impliedAnd;
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  expression(): Expression {
    const parts = [this.#alternatives()];
    while (this.#skipWord('AND') || this.#goesOnUnjoined()) parts.push(this.#alternatives());
    return joined('and', parts);
  }

  #goesOnUnjoined(): boolean {
    const { kind, text } = this.peek();
    return this.#impliedAnd && kind !== 'end' && text !== ')';
  }

  #alternatives(): Expression {
    const parts = [this.#term()];
    while (this.#skipWord('OR')) parts.push(this.#term());
    return joined('or', parts);
  }

  #term(): Expression {
    if (this.#skipWord('NOT')) return { kind: 'not', part: this.#term() };
    if (!this.#skipSign('(')) return this.#comparison();
    const inner = this.expression();
    this.#expectSign(')');
    return inner;
  }

  #comparison(): Comparison {
    const field = this.#field();
    const operator = this.#operator();
    const { kind, text } = this.#take();
    if (kind !== 'quoted' && kind !== 'word') throw new FilterSyntaxError(`no value after ${field} ${operator}`);
    if (kind === 'quoted' || !this.#skipSign('(')) {
      return { kind: 'compare', field, operator, function: '', values: [text] };
    }
    const values = [this.#argument()];
    while (this.#skipSign(',')) values.push(this.#argument());
    this.#expectSign(')');
    return { kind: 'compare', field, operator, function: text, values };
  }

  /** A path such as `resource.labels.zone`; its last part may be quoted. */
  #field(): string {
    const { kind, text } = this.#take();
    if (kind !== 'word') throw new FilterSyntaxError(`a field was expected, not "${text}"`);
    return text.endsWith('.') && this.peek().kind === 'quoted' ? text + this.#take().text : text;
  }

  #operator(): string {
    const { kind, text } = this.#take();
    if (kind === 'word' && this.#words.includes(text)) return text;
    if (kind === 'sign' && /^[!<>]?=$|^[<>:]$/.test(text)) return text;
    throw new FilterSyntaxError(`an operator was expected, not "${text}"`);
  }

  #argument(): string {
    const { kind, text } = this.#take();
    if (kind !== 'quoted' && kind !== 'word') throw new FilterSyntaxError(`a value was expected, not "${text}"`);
    return text;
  }

  #take(): Token {
    const next = this.peek();
    this.#at++;
    return next;
  }

  #skipWord(word: string): boolean {
    return this.#skip('word', word);
  }

  #skipSign(sign: string): boolean {
    return this.#skip('sign', sign);
  }

  #skip(kind: Token['kind'], text: string): boolean {
    const next = this.peek();
    if (next.kind !== kind || next.text !== text) return false;
    this.#at++;
    return true;
  }

  #expectSign(sign: string): void {
    if (!this.#skipSign(sign)) throw new FilterSyntaxError(`"${sign}" was expected`);
  }
}

function joined(kind: 'and' | 'or', parts: readonly Expression[]): Expression {
  const [only, ...more] = parts;
  return only !== undefined && more.length === 0 ? only : { kind, parts };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) {
      if (text.slice(from).trim() === '') break;
      throw new FilterSyntaxError(`cannot read "${text.slice(from, from + 20)}"`);
    }
    const [, quoted, sign, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unquote(quoted) });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** A filter made ready: true, false, or undefined where it depends on what is not known yet. */
export type Judge<Subject> = (subject: Subject) => boolean | undefined;

/** Makes a filter ready, each comparison once by `compare`. */
export function compileFilter<Subject>(
  expression: Expression,
  compare: (comparison: Comparison) => Judge<Subject>,
): Judge<Subject> {
  if (expression.kind === 'compare') return compare(expression);
  if (expression.kind === 'not') {
    const judge = compileFilter(expression.part, compare);
    return (subject) => {
      const verdict = judge(subject);
      return verdict === undefined ? undefined : !verdict;
    };
  }
  const judges = expression.parts.map((part) => compileFilter(part, compare));
  const decisive = expression.kind === 'or';
  return (subject) => {
    let open = false;
    for (const judge of judges) {
      const verdict = judge(subject);
      if (verdict === decisive) return decisive;
      open ||= verdict === undefined;
    }
    return open ? undefined : !decisive;
  };
}
