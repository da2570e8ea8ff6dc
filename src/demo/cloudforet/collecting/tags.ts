import type { Json, JsonObject } from '#wire/struct/json.ts';
import { isList, isObject, objectOf, text } from '../json.ts';

/** Tags by name, from that or from a list of `{key, value}`. */
export function tagsOf(tags: Json): JsonObject {
  if (!isList(tags)) return objectOf(tags);
  return Object.fromEntries(tags.filter(isObject).map(({ key, value }) => [text(key), value ?? null]));
}
