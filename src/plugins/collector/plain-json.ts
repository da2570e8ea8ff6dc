import type { Json, JsonObject } from '#wire/struct/json.ts';
import { makeStatic } from '#wire/struct/static-tree.ts';

/** Our records are plain data already; this lets the compiler see it. */
export function toJson(value: unknown): JsonObject {
  const json = plain(value);
  return isObject(json) ? json : {};
}

/** Different objects that are remembered: metrics × sources × coverages that a collect meets. */
const most = 4096;

/** Says of objects that say the same, over and over, one and the same, which is encoded once. */
export function sayingOnce(): (value: object) => JsonObject {
  const said = new Map<string, JsonObject>();
  return (value) => {
    const text = JSON.stringify(value);
    const known = said.get(text);
    if (known !== undefined) return known;
    const json = toJson(value);
    if (said.size < most) said.set(text, makeStatic(json));
    return json;
  };
}

function plain(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.flatMap((item) => plain(item) ?? []);
  if (typeof value !== 'object') return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]): [string, Json][] => {
      const json = plain(item);
      return json === undefined ? [] : [[name, json]];
    }),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
