/** A row: the value of each of its columns. */
export type Row = (column: string) => unknown;

/** How two values compare: negative, 0 or positive. Numbers by size, all else by its text. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [one, other] = [textOf(a), textOf(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** A value as text: nothing for null, JSON for objects. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Comparison = (left: unknown, right: unknown) => boolean;

const lower = (value: unknown) => textOf(value).toLowerCase();

/** The operators between two values. Those with a `~`, and those on parts of a text, do not tell capitals from small letters. */
export const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['==', (a, b) => compareValues(a, b) === 0],
  ['!=', (a, b) => compareValues(a, b) !== 0],
  ['=~', (a, b) => lower(a) === lower(b)],
  ['!~', (a, b) => lower(a) !== lower(b)],
  ['<', (a, b) => compareValues(a, b) < 0],
  ['>', (a, b) => compareValues(a, b) > 0],
  ['<=', (a, b) => compareValues(a, b) <= 0],
  ['>=', (a, b) => compareValues(a, b) >= 0],
  ['contains', (a, b) => lower(a).includes(lower(b))],
  ['startswith', (a, b) => lower(a).startsWith(lower(b))],
  ['endswith', (a, b) => lower(a).endsWith(lower(b))],
  [
    'has',
    (a, b) =>
      lower(a)
        .split(/[^a-z0-9]+/)
        .includes(lower(b)) ||
      (/[^a-z0-9]/.test(lower(b)) && lower(a).includes(lower(b))),
  ],
]);

/** The operators between a value and a list. */
export const memberships: ReadonlyMap<string, (value: unknown, list: readonly unknown[]) => boolean> = new Map([
  ['in', (value: unknown, list: readonly unknown[]) => list.some((one) => compareValues(value, one) === 0)],
  ['!in', (value: unknown, list: readonly unknown[]) => list.every((one) => compareValues(value, one) !== 0)],
  ['in~', (value: unknown, list: readonly unknown[]) => list.some((one) => lower(one) === lower(value))],
  ['!in~', (value: unknown, list: readonly unknown[]) => list.every((one) => lower(one) !== lower(value))],
]);

/** A function of the language, and whether what it gives has no type of its own. */
export interface KqlFunction {
  readonly least: number;
  readonly most: number;
  apply(args: readonly unknown[]): unknown;
}

const isNull = (value: unknown) => value === undefined || value === null;

/** The scalar functions, by name. */
export const functions: ReadonlyMap<string, KqlFunction> = new Map<string, KqlFunction>([
  ['tolower', { least: 1, most: 1, apply: ([a]) => lower(a) }],
  ['toupper', { least: 1, most: 1, apply: ([a]) => textOf(a).toUpperCase() }],
  ['tostring', { least: 1, most: 1, apply: ([a]) => textOf(a) }],
  ['toint', { least: 1, most: 1, apply: ([a]) => toWhole(a) }],
  ['isempty', { least: 1, most: 1, apply: ([a]) => textOf(a) === '' }],
  ['isnotempty', { least: 1, most: 1, apply: ([a]) => textOf(a) !== '' }],
  ['isnull', { least: 1, most: 1, apply: ([a]) => isNull(a) }],
  ['isnotnull', { least: 1, most: 1, apply: ([a]) => !isNull(a) }],
  ['array_length', { least: 1, most: 1, apply: ([a]) => (Array.isArray(a) ? a.length : null) }],
  ['strcat', { least: 1, most: 64, apply: (all) => all.map(textOf).join('') }],
  ['coalesce', { least: 2, most: 64, apply: (all) => all.find((one) => !isNull(one) && one !== '') ?? null }],
  ['iff', { least: 3, most: 3, apply: ([test, a, b]) => (test === true ? a : b) }],
]);

function toWhole(value: unknown): number | null {
  const number = Number.parseInt(textOf(value), 10);
  return Number.isNaN(number) ? null : number;
}
