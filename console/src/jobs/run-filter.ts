/** What a filter of a run says: `status:failed,partial region:eu-west-1 -account:sandbox denied`. */
export interface RunFilter {
  readonly terms: readonly RunTerm[];
}

interface RunTerm {
  /** Undefined for a word that may stand anywhere. */
  readonly key: string | undefined;
  /** In lower case; one of them has to fit. */
  readonly values: readonly string[];
  readonly isNot: boolean;
}

/** A thing that is filtered, by the keys that terms name. */
export type Filtered = Readonly<Record<string, string>>;

export function runFilter(q: string): RunFilter {
  const words = q.trim().toLowerCase().split(/\s+/);
  return { terms: words.filter((word) => word !== '' && word !== '-').map(termOf) };
}

function termOf(word: string): RunTerm {
  const isNot = word.startsWith('-');
  const term = isNot ? word.slice(1) : word;
  const colon = term.indexOf(':');
  if (colon <= 0) return { key: undefined, values: [term], isNot };
  const values = term.slice(colon + 1).split(',');
  return { key: term.slice(0, colon), values: values.filter((value) => value !== ''), isNot };
}

/** A key that the thing has not got fits nothing; one without a value, as while it is typed, fits all. */
export function fits({ terms }: RunFilter, thing: Filtered): boolean {
  return terms.every((term) => term.values.length === 0 || hits(term, thing) !== term.isNot);
}

function hits({ key, values }: RunTerm, thing: Filtered): boolean {
  if (key === undefined) return Object.values(thing).some((text) => text.toLowerCase().includes(values[0] ?? ''));
  const text = thing[key]?.toLowerCase();
  return text !== undefined && values.some((value) => (key === 'text' ? text.includes(value) : text === value));
}
