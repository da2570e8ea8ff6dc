import { RE2JS } from 're2js';
import type { Comparison, Condition, Json, Order, Path } from './condition.ts';

/** Whether a record fits a condition: what each database has to answer, said once and plainly. */
export function fits(condition: Condition, record: Json): boolean {
  if ('all' in condition) return condition.all.every((each) => fits(each, record));
  if ('any' in condition) return condition.any.some((each) => fits(each, record));
  if ('not' in condition) return !fits(condition.not, record);
  return compare(condition, valuesAt(record, condition.path));
}

function compare(comparison: Comparison, values: readonly Json[]): boolean {
  switch (comparison.is) {
    case 'equal':
      return isMissing(values) ? comparison.value === null : values.some((value) => isSame(value, comparison.value));
    case 'one of':
      return isMissing(values)
        ? comparison.values.includes(null)
        : values.some((value) => comparison.values.some((each) => isSame(value, each)));
    case 'present':
      return values.length > 0;
    case 'containing': {
      const part = comparison.text.toLowerCase();
      return values.some((value) => typeof value === 'string' && value.toLowerCase().includes(part));
    }
    case 'matching': {
      const pattern = compiled(comparison.pattern);
      return values.some((value) => typeof value === 'string' && pattern.matcher(value).find());
    }
    case 'having':
      return values.some(
        (value) =>
          isObject(value) &&
          Object.entries(comparison.values).every(([key, wanted]) =>
            compare({ path: [key], is: 'equal', value: wanted }, valuesAt(value, [key])),
          ),
      );
    default:
      return values.some((value) => isInOrder(value, comparison.is, comparison.value));
  }
}

function isMissing(values: readonly Json[]): boolean {
  return values.length === 0;
}

/** All that a path leads to: a list itself, and each of its elements. */
export function valuesAt(record: Json, path: Path): readonly Json[] {
  let found: readonly Json[] = [record];
  for (const key of path) {
    found = found.flatMap(elementsOf).flatMap((value) => {
      const member = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
      return member === undefined ? [] : [member];
    });
  }
  return found.flatMap((value) => (isList(value) ? [value, ...value] : [value]));
}

function elementsOf(value: Json): readonly Json[] {
  return isList(value) ? value : [value];
}

function isInOrder(value: Json, order: Order, than: number | string): boolean {
  if (typeof value === 'number' && typeof than === 'number') return ordered(value - than, order);
  if (typeof value === 'string' && typeof than === 'string') {
    return ordered(Buffer.compare(Buffer.from(value), Buffer.from(than)), order);
  }
  return false;
}

function ordered(difference: number, order: Order): boolean {
  switch (order) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

function isSame(a: Json, b: Json): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at] ?? null));
  if (!isObject(a)) return a === b;
  const keys = Object.keys(a);
  return (
    isObject(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key] ?? null))
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Patterns come from outside: RE2 takes time in proportion to the text, whatever they are. */
const patterns = new Map<string, RE2JS>();
const keptPatterns = 64;

function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  if (patterns.size >= keptPatterns) patterns.clear();
  const made = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  patterns.set(pattern, made);
  return made;
}
