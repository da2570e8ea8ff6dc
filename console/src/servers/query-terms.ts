/** A term of the query that people type: `-tag.env:"a b"`. The server has the last word on what it means. */
export interface QueryTerm {
  /** As it stands in the query. */
  readonly text: string;
  readonly isNegated: boolean;
  /** Empty for a bare word. */
  readonly field: string;
  /** Without quotation marks; several where commas part them. */
  readonly values: readonly string[];
  /** Where it begins in the query, and where it ends. */
  readonly from: number;
  readonly to: number;
}

export function termsOf(query: string): QueryTerm[] {
  return [...query.matchAll(/(-?)(?:((?:"[^"]*"?|[^\s":])+):)?((?:"[^"]*"?|[^\s"])*)/g)].flatMap((match) => {
    const [text, minus, field = '', value = ''] = match;
    if (text === '') return [];
    return [
      {
        text,
        isNegated: minus === '-',
        field: field.replaceAll('"', ''),
        values: value
          .replaceAll('"', '')
          .split(',')
          .filter((each) => each !== ''),
        from: match.index,
        to: match.index + text.length,
      },
    ];
  });
}

/** `account:pay-prod`, `tag.env:"a b"` */
export function termOf(field: string, values: readonly string[]): string {
  return `${field}:${values.map(quoted).join(',')}`;
}

function quoted(value: string): string {
  const plain = value.replaceAll('"', '');
  return /[\s:]/.test(plain) ? `"${plain}"` : plain;
}

export function withoutTerm(query: string, term: QueryTerm): string {
  return tidy(`${query.slice(0, term.from)} ${query.slice(term.to)}`);
}

/** The values that a query lets through of a field, in terms that are not turned round. */
export function chosenOf(query: string, field: string): readonly string[] {
  return termsOf(query).flatMap((term) => (isOf(term, field) ? term.values : []));
}

/** The query with a value of a field chosen, or not any more. All terms of the field become one. */
export function withChoice(query: string, field: string, value: string, isChosen: boolean): string {
  const others = chosenOf(query, field).filter((each) => each !== value);
  const values = isChosen ? [...others, value] : others;
  const rest = termsOf(query).filter((term) => !isOf(term, field));
  return tidy([...rest.map(({ text }) => text), ...(values.length === 0 ? [] : [termOf(field, values)])].join(' '));
}

function isOf(term: QueryTerm, field: string): boolean {
  return term.field === field && !term.isNegated && !term.values.some((value) => value.startsWith('~'));
}

function tidy(query: string): string {
  return query.trim().replaceAll(/\s+/g, ' ');
}
