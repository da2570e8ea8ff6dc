import type { Json, JsonObject } from '#wire/struct/json.ts';

/** Whether a value out of a decoded Struct is one itself. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** A text field of a stored row; '', which the wire does not tell from none, where it is not there. */
export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function texts(value: Json | undefined): string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function objectIf(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** An empty one where there is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
