import type { InventoryRecord } from '#model/record.ts';
import type { FieldChange } from '#store/changes.ts';
import type { Json } from '#store/query/condition.ts';
import { factsOf } from '#store/record-outline.ts';
import { sameJson } from './same-json.ts';

/** A record holds what other collectors put there: deeper than this, and past so many, changes are told as one. */
const deepest = 6;
const most = 100;

/** What of a record is another now, by path; what was measured, and how it is shown, is left out: that drifts all the time. */
export function fieldChanges(before: InventoryRecord, after: InventoryRecord): readonly FieldChange[] {
  return changesAt([], factsOf(before), factsOf(after)).slice(0, most);
}

function changesAt(path: readonly string[], from: unknown, to: unknown): FieldChange[] {
  if (sameJson(from, to)) return [];
  if (!isMap(from) || !isMap(to) || path.length >= deepest) {
    return [{ path: path.join('.'), from: jsonOf(from), to: jsonOf(to) }];
  }
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].sort().flatMap((name) => changesAt([...path, name], from[name], to[name]));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As it is stored; nothing is null. */
function jsonOf(value: unknown): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
