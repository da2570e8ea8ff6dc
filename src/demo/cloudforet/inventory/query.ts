import type { Json, JsonObject } from '#wire/struct/json.ts';
import { draw } from '../../fleet/hash.ts';
import { follow, project } from './dotted-path.ts';
import { type Condition, compileFilter } from './filter.ts';

export interface SortKey {
  readonly key: string;
  readonly desc: boolean;
}

/** A query in the words of neither generation. */
export interface Query {
  readonly filter: readonly Condition[];
  readonly filterOr: readonly Condition[];
  /** Empty for the table's own order, or none. */
  readonly sort: readonly SortKey[];
  /** 0 for no limit. */
  readonly limit: number;
  /** From 1 on. */
  readonly start: number;
  readonly countOnly: boolean;
  readonly minimal: boolean;
  /** Dotted paths; empty for all. */
  readonly only: readonly string[];
}

/** How a kind of rows is asked for. */
export interface TableRules {
  readonly idKey: string;
  /** What rows are sorted by where the query does not say. */
  readonly ordering: readonly string[];
  readonly minimalFields: readonly string[];
  /** Fields that a keyword is looked for in. */
  readonly keywordFields: readonly string[];
  /** Whether rows that compare equal come in the order of their creation; else in any. */
  readonly tieBreak: boolean;
  readonly tagDepth: 1 | 2;
}

export interface Selection {
  readonly rows: readonly JsonObject[];
  /** Before paging. */
  readonly total: number;
}

interface QueryContext {
  readonly rules: TableRules;
  /** In the order of their creation. */
  readonly rows: readonly JsonObject[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** How many queries came before: rows without a sort come in another order each time. */
  readonly turn: number;
  readonly seed: number;
}

/** All rows that the query means, in its order, whole. */
export function select(query: Query, { rules, rows, now, turn, seed }: QueryContext): readonly JsonObject[] {
  const matches = compileFilter(query.filter, query.filterOr, { now, tagDepth: rules.tagDepth });
  const found = rows.filter(matches);
  const sort = orderOf(query, rules);
  if (sort.length === 0 || !rules.tieBreak) shuffle(found, seed, turn);
  return sort.length === 0 ? found : sorted(found, sort);
}

export function page<T>(rows: readonly T[], { limit, start }: Pick<Query, 'limit' | 'start'>): readonly T[] {
  if (limit === 0) return rows;
  const from = Math.max(start, 1) - 1;
  return rows.slice(from, from + limit);
}

/** Cuts a row down to what the query asked for. */
export function shaped(query: Query, rules: TableRules): (row: JsonObject) => JsonObject {
  if (query.minimal) return (row) => project(row, rules.minimalFields);
  if (query.only.length === 0) return (row) => row;
  const paths = [...new Set([...query.only, ...orderOf(query, rules).map(({ key }) => key)])];
  // A path beneath another one that is asked for as well says nothing more.
  const outermost = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)));
  return (row) => project(row, outermost);
}

function orderOf({ sort }: Query, { ordering }: TableRules): readonly SortKey[] {
  return sort.length > 0 ? sort : ordering.map((key) => ({ key, desc: false }));
}

function sorted(rows: readonly JsonObject[], sort: readonly SortKey[]): readonly JsonObject[] {
  const keys = sort.map(({ key, desc }) => ({ path: key.split('.'), sign: desc ? -1 : 1 }));
  return rows
    .map((row) => ({ row, values: keys.map(({ path }) => follow(row, path).values[0]) }))
    .sort((a, b) => {
      for (const [index, { sign }] of keys.entries()) {
        const order = compare(a.values[index], b.values[index]);
        if (order !== 0) return order * sign;
      }
      return 0;
    })
    .map(({ row }) => row);
}

/** None before numbers before texts before all else. */
function compare(a: Json | undefined, b: Json | undefined): number {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return 0;
}

function rankOf(value: Json | undefined): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return 1;
  return typeof value === 'string' ? 2 : 3;
}

function shuffle(rows: JsonObject[], seed: number, turn: number): void {
  for (let last = rows.length - 1; last > 0; last--) {
    const other = Math.floor(draw(seed ^ (turn + 1), last) * (last + 1));
    const [a, b] = [rows[last], rows[other]];
    if (a === undefined || b === undefined) return;
    rows[last] = b;
    rows[other] = a;
  }
}
