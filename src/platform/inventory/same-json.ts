/**
 * Whether two values are the same as JSON: order of keys does not matter, order of items does, and a key that is
 * undefined is a key that is absent.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]))
    );
  }
  if (isObject(a) && isObject(b)) return holds(a, b) && countKeys(a) === countKeys(b);
  return Number.isNaN(a) && Number.isNaN(b);
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

/** Whether all that is in `a` is in `b`. */
function holds(a: JsonObject, b: JsonObject): boolean {
  for (const key in a) if (!sameJson(a[key], b[key])) return false;
  return true;
}

function countKeys(object: JsonObject): number {
  let count = 0;
  for (const key in object) if (object[key] !== undefined) count++;
  return count;
}
