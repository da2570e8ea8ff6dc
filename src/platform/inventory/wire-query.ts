import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type Condition, idPath, type Json, type Path } from '#store/query/condition.ts';
import { fits } from '#store/query/fits.ts';
import { conditionOf, pathOf, RecordQueryInput } from '#store/query/parse.ts';

interface WireFilter {
  readonly key?: string | undefined;
  readonly k?: string | undefined;
  readonly value?: unknown;
  readonly v?: unknown;
  readonly operator?: string | undefined;
  readonly o?: string | undefined;
}

interface WireSort {
  readonly key: string;
  readonly desc: boolean;
}

const mostFilters = 200;

/** Of records. */
const states = ['ACTIVE', 'DELETED'] as const;

/** What the queries of both generations have in common; the first sorts by one key or by `keys`, the second by a list. */
export interface WireQuery {
  readonly filter: readonly WireFilter[];
  readonly filter_or: readonly WireFilter[];
  readonly sort?: readonly WireSort[] | (WireSort & { readonly keys: readonly WireSort[] }) | undefined;
  readonly page?: { readonly start: number; readonly limit: number } | undefined;
  readonly minimal: boolean;
  readonly count_only: boolean;
  readonly only: readonly string[];
  readonly keyword: string;
  readonly unwind?: object | undefined;
  readonly lookup?: readonly unknown[] | undefined;
  readonly add_fields?: object | undefined;
}

/** How the rows of a service differ from what is stored of them. */
export interface RowRules {
  /** The field with a row's id. */
  readonly idKey: string;
  /** The number of a row with this id; -1, which no row has, where it is none of ours. */
  readonly numberOf: (id: string) => number;
  /** Fields that every row has alike, and that are not stored with it. */
  readonly constants: Readonly<Record<string, string>>;
  /** Whether rows are ACTIVE or DELETED, and the deleted ones hidden from those who do not ask for a state. */
  readonly areRecords: boolean;
  /** Sorted by, where the query does not say. */
  readonly defaultSort: readonly string[];
  /** What `minimal` leaves. */
  readonly minimalFields: readonly string[];
}

export interface ReadQuery {
  readonly condition: Condition;
  readonly sort: readonly { readonly path: Path; readonly descending: boolean }[];
  /** Of the first row. */
  readonly offset: number;
  /** 0 for all of them. */
  readonly limit: number;
  readonly countOnly: boolean;
  /** Paths of what is wanted of a row; empty for all of it. */
  readonly only: readonly string[];
}

/**
 * A query of Cloudforet, for the store.
 *
 * @param shortcuts fields of the request: those that are not empty are conditions too
 * @param now epoch milliseconds
 * @throws CollectError `invalid_query`, as the language has it; also for what only MongoDB could answer
 */
export function readQuery(
  query: WireQuery | undefined,
  shortcuts: Readonly<Record<string, string>>,
  rules: RowRules,
  now: number,
): ReadQuery {
  if (query?.unwind !== undefined || query?.lookup !== undefined || query?.add_fields !== undefined) {
    throw new CollectError('invalid_query', 'unwind, lookup and add_fields are not answered here');
  }
  const equal = Object.entries(shortcuts).flatMap(([key, value]) => (value === '' ? [] : [{ key, value }]));
  const asked = [...equal, ...(query?.filter ?? []), ...(query?.filter_or ?? [])];
  if (asked.length > mostFilters) throw new CollectError('invalid_query', `a query has at most ${mostFilters} filters`);
  const hidden = rules.areRecords && !asked.some((filter) => keyOf(filter) === 'state') ? [isActive] : [];
  const one = (filter: WireFilter) => conditionOfItem(filter, rules, now);
  const any = (query?.filter_or ?? []).map(one);
  const words = { keyword: query?.keyword ?? '' };
  const { start, limit } = query?.page ?? { start: 1, limit: 0 };
  return {
    condition: {
      all: [
        ...hidden,
        ...[...equal, ...(query?.filter ?? [])].map(one),
        ...(any.length === 0 ? [] : [{ any }]),
        conditionOf(parsed(words), now),
      ],
    },
    sort: sortOf(query, rules),
    offset: Math.max(start, 1) - 1,
    limit,
    countOnly: query?.count_only ?? false,
    only: query?.minimal ? rules.minimalFields : (query?.only ?? []),
  };
}

const always: Condition = { all: [] };
const never: Condition = { any: [] };
const isActive: Condition = { path: ['deleted_at'], is: 'equal', value: null };

function keyOf({ key, k = '' }: WireFilter): string {
  return key ?? k;
}

function conditionOfItem(
  filter: WireFilter,
  { idKey, numberOf, constants, areRecords }: RowRules,
  now: number,
): Condition {
  const key = keyOf(filter);
  const operator = filter.operator || filter.o || 'eq';
  const value = z.json().safeParse(filter.value ?? filter.v ?? null).data ?? null;
  const read = (own: string, given: Json) => conditionOf(parsed({ filter: [{ k: own, v: given, o: operator }] }), now);
  if (Object.hasOwn(constants, key)) return fits(read(key, value), constants) ? always : never;
  if (key === 'state' && areRecords) {
    const [active, deleted] = states.map((state) => fits(read(key, value), { state }));
    if (active === deleted) return active ? always : never;
    return active ? isActive : { not: isActive };
  }
  if (key !== idKey) return read(key, value);
  if (!['eq', 'not', 'in', 'not_in'].includes(operator)) {
    throw new CollectError('invalid_query', `${idKey} is compared by eq, not, in and not_in`, { where: operator });
  }
  const number = (id: Json): Json => (typeof id === 'string' ? numberOf(id) : id);
  return read(idPath, isList(value) ? value.map(number) : number(value));
}

function parsed(input: object): RecordQueryInput {
  const result = RecordQueryInput.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CollectError('invalid_query', `${issue?.path.join('.')}: ${issue?.message ?? 'malformed'}`);
}

function sortOf(
  query: WireQuery | undefined,
  { idKey, constants, areRecords, defaultSort }: RowRules,
): ReadQuery['sort'] {
  const asked = query?.sort === undefined ? [] : 'key' in query.sort ? keysOf(query.sort) : query.sort;
  const keys = asked.length > 0 ? asked : defaultSort.map((key) => ({ key, desc: false }));
  return keys
    .filter(({ key }) => !(areRecords && key === 'state') && !Object.hasOwn(constants, key))
    .map(({ key, desc }) => ({ path: key === idKey ? ([idPath] as const) : sortPathOf(key), descending: desc }));
}

/** @throws CollectError `invalid_query` for what is no path, or one that SQLite cannot write down */
function sortPathOf(key: string): Path {
  if (!/["\\]/.test(key)) return pathOf(key);
  throw new CollectError('invalid_query', `'${key.slice(0, 100)}' is nothing to sort by`);
}

function keysOf({ key, desc, keys }: WireSort & { readonly keys: readonly WireSort[] }): readonly WireSort[] {
  return key === '' ? keys : [{ key, desc }];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
