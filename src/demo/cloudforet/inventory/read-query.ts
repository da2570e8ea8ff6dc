import type { Json } from '#wire/struct/json.ts';
import { refuse } from '../refusal.ts';
import type { Condition } from './filter.ts';
import type { Query, SortKey, TableRules } from './query.ts';

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

/** What `core.v1.Query` and `core.v2.Query` have in common. */
interface WireQuery {
  readonly filter: readonly WireFilter[];
  readonly filter_or: readonly WireFilter[];
  readonly page?: { readonly start: number; readonly limit: number } | undefined;
  readonly minimal: boolean;
  readonly count_only: boolean;
  readonly only: readonly string[];
  readonly keyword: string;
}

interface WireQueryV1 extends WireQuery {
  readonly sort?: (WireSort & { readonly keys: readonly WireSort[] }) | undefined;
}

interface WireQueryV2 extends WireQuery {
  readonly sort: readonly WireSort[];
  readonly unwind?: object | undefined;
  readonly lookup?: readonly unknown[] | undefined;
  readonly add_fields?: object | undefined;
}

/** @param demands conditions that go with every query of the service, and those of the request's own fields */
export function readQueryV1(query: WireQueryV1 | undefined, rules: TableRules, demands: readonly Condition[]): Query {
  const { key = '', desc = false, keys = [] } = query?.sort ?? {};
  return read(query, key === '' ? keys : [{ key, desc }], rules, demands, 0);
}

/**
 * @param demands conditions that go with every query of the service, and those of the request's own fields
 * @param mostRows both the default and the highest limit of a page; 0 for none
 * @throws CollectError `ERROR_NOT_IMPLEMENTED` for unwind, lookup and add_fields
 */
export function readQueryV2(
  query: WireQueryV2 | undefined,
  rules: TableRules,
  demands: readonly Condition[],
  mostRows: number,
): Query {
  if (query?.unwind ?? query?.lookup ?? query?.add_fields) {
    throw refuse('ERROR_NOT_IMPLEMENTED', 'unwind, lookup and add_fields are no part of the simulation.');
  }
  return read(query, query?.sort ?? [], rules, demands, mostRows);
}

/** Conditions for the fields of a request that are set. */
export function shortcuts(fields: Readonly<Record<string, string>>): Condition[] {
  return Object.entries(fields).flatMap(([key, value]) => (value === '' ? [] : [is(key, value)]));
}

export function is(key: string, value: Json): Condition {
  return { key, value, operator: 'eq' };
}

/** Whether a query asks for deleted rows, which are hidden otherwise. */
export function asksForDeleted(query: WireQuery | undefined): boolean {
  return (query?.filter ?? []).map(conditionOf).some(({ key, value, operator }) => {
    if (key !== 'state') return false;
    if (operator === 'eq') return value === 'DELETED';
    return ['in', 'contain_in'].includes(operator) && Array.isArray(value) && value.includes('DELETED');
  });
}

function read(
  query: WireQuery | undefined,
  sort: readonly SortKey[],
  { keywordFields }: TableRules,
  demands: readonly Condition[],
  mostRows: number,
): Query {
  const { start = 1, limit = 0 } = query?.page ?? {};
  const words = (query?.keyword ?? '').split(' ').filter((word) => word !== '');
  const keywords = keywordFields.map((key): Condition => ({ key, value: words, operator: 'contain_in' }));
  return {
    filter: [...(query?.filter ?? []).map(conditionOf), ...demands],
    filterOr: [...(query?.filter_or ?? []).map(conditionOf), ...(words.length > 0 ? keywords : [])],
    sort,
    start,
    limit: mostRows > 0 ? Math.min(limit || mostRows, mostRows) : limit,
    countOnly: query?.count_only ?? false,
    minimal: query?.minimal ?? false,
    only: query?.only ?? [],
  };
}

function conditionOf({ key, k, value, v, operator, o }: WireFilter): Condition {
  return { key: key ?? k ?? '', value: jsonOf(value ?? v), operator: operator ?? o ?? '' };
}

/** A google.protobuf.Value is JSON already; this lets the compiler see it. */
function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
