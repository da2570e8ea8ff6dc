/** What a query asks of a record: the language of `parse.ts`, checked and put in order. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Comparison;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Scalar = null | boolean | number | string;

/** `path` is dotted; where it leads through a list, one element that fits is enough. */
export type Comparison =
  /** Null also fits where there is nothing. */
  | { readonly path: Path; readonly is: 'equal'; readonly value: Json }
  | { readonly path: Path; readonly is: 'one of'; readonly values: readonly Scalar[] }
  /** Numbers are compared with numbers, texts with texts; nothing else is in an order. */
  | { readonly path: Path; readonly is: Order; readonly value: number | string }
  | { readonly path: Path; readonly is: 'present' }
  /** In any case. */
  | { readonly path: Path; readonly is: 'containing'; readonly text: string }
  /** A regular expression of RE2, in any case. */
  | { readonly path: Path; readonly is: 'matching'; readonly pattern: string }
  /** A list has an element with all of these values. */
  | { readonly path: Path; readonly is: 'having'; readonly values: Readonly<Record<string, Scalar>> };

export type Order = '<' | '<=' | '>' | '>=';
export type Path = readonly [string, ...string[]];

/** What can be sorted and filtered by though it is not in the record: epoch milliseconds. */
export const timePaths = {
  created_at: 'first_seen',
  updated_at: 'updated_at',
  last_collected_at: 'last_seen_at',
  /** Of a record that complete runs have not found any more. */
  deleted_at: 'absent_since',
} as const;
/** The store's own number of a record, which is not in the record either. */
export const idPath = 'record_id';
/** The state that the lists show: what the record says, or that it is gone. */
export const statePath = 'record_state';

export type TimePath = keyof typeof timePaths;

export function isTimePath(text: string): text is TimePath {
  return Object.hasOwn(timePaths, text);
}
