import type { Json, JsonObject } from '#wire/struct/json.ts';
import { isList, isObject } from '../json.ts';

/** What a dotted path leads to. */
export interface Found {
  /** Each value; of lists on the way and at the end, that of each item. */
  readonly values: readonly Json[];
  /** Whether the path is there at all, an empty list included. */
  readonly present: boolean;
}

/** Follows a path as the document store's queries do: through lists, into each item. */
export function follow(row: JsonObject, keys: readonly string[]): Found {
  const values: Json[] = [];
  const present = walk(row, keys, 0, values);
  return { values, present };
}

function walk(at: Json, keys: readonly string[], depth: number, out: Json[]): boolean {
  if (isList(at)) {
    const reached = at.map((item) => walk(item, keys, depth, out));
    return depth === keys.length || reached.includes(true);
  }
  const key = keys[depth];
  if (key === undefined) {
    out.push(at);
    return true;
  }
  const next = isObject(at) ? at[key] : undefined;
  return next !== undefined && walk(next, keys, depth + 1, out);
}

/** Follows a path as the services' own code does: of lists on the way, the list of what each item has. */
export function valueAt(at: Json | undefined, path: string): Json | undefined {
  const [key = '', ...rest] = path.split('.');
  const next = isObject(at) ? at[key] : undefined;
  if (rest.length === 0) return next;
  if (isList(next)) return next.map((item) => valueAt(item, rest.join('.')) ?? null);
  return valueAt(next, rest.join('.'));
}

/** The parts of a row that the paths lead to, in their places. */
export function project(row: JsonObject, paths: readonly string[]): JsonObject {
  const out: Record<string, Json> = {};
  for (const path of paths) graft(out, row, path.split('.'));
  return out;
}

function graft(onto: Record<string, Json>, from: JsonObject, [key = '', ...rest]: readonly string[]): void {
  const value = from[key];
  if (value === undefined) return;
  if (rest.length === 0) onto[key] = value;
  else if (isObject(value)) {
    const branch: Record<string, Json> = { ...branchOf(onto[key]) };
    graft(branch, value, rest);
    onto[key] = branch;
  } else if (isList(value)) onto[key] = value.filter(isObject).map((item) => project(item, [rest.join('.')]));
}

function branchOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
