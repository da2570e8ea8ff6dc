import type { Json, JsonObject } from '#wire/struct/json.ts';
import { type Condition, compileFilter } from '../inventory/filter.ts';
import { is } from '../inventory/read-query.ts';
import type { Table } from '../inventory/table.ts';
import { isObject, texts } from '../json.ts';

/** The paths of each rule, in the order in which rules are tried: by number if all are numbered. */
export function orderedRules(matchRules: JsonObject): readonly (readonly string[])[] {
  const rules = Object.entries(matchRules);
  const numbered = rules.every(([order]) => /^\s*[+-]?\d+\s*$/.test(order));
  const before = (a: string, b: string) => (numbered ? Number(a) - Number(b) : a < b ? -1 : 1);
  return rules.sort(([a], [b]) => before(a, b)).map(([, paths]) => texts(paths));
}

/**
 * Rows, deleted ones aside, that have what the resource has at each path. A path at which it has nothing is left out, so that
 * a rule of which nothing is left fits all.
 *
 * @throws CollectError if the resource has a list there
 */
export function matching(
  paths: readonly string[],
  resource: JsonObject,
  table: Table,
  fixed: readonly Condition[],
): readonly JsonObject[] {
  const own = paths.flatMap((path) => {
    const value = find(resource, path);
    return isEmpty(value) ? [] : [is(path, value ?? null)];
  });
  const conditions = [...fixed, { key: 'state', value: 'DELETED', operator: 'not' }, ...own];
  const { tagDepth } = table.rules;
  const fits = compileFilter(conditions, [], { now: 0, tagDepth });
  const reference = own.find(({ key }) => key === 'reference.resource_id')?.value;
  return (typeof reference === 'string' ? table.referring(reference) : table.rows()).filter(fits);
}

function find(at: Json | undefined, path: string): Json | undefined {
  let value = at;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

/** What Python takes for false. */
function isEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return !value;
}
