export type Dictionary = Readonly<Record<string, unknown>>;

/**
 * `data.disks.0.size` part by part.
 *
 * @param depth after so many parts the rest is one key, dots and all
 */
export function pathOf(text: string, depth?: number): readonly string[] {
  if (text === '') return [];
  const parts = text.split('.');
  if (depth === undefined || depth >= parts.length) return parts;
  return [...parts.slice(0, depth), parts.slice(depth).join('.')];
}

/** What a path leads to; through a list, unless it numbers one of its items, to what it leads to in all of them. */
export function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const [index, part] of path.entries()) {
    if (Array.isArray(value) && !/^\d+$/.test(part)) {
      const rest = path.slice(index);
      const found = value.flatMap((item) => valueAt(item, rest) ?? []);
      return found.length === 0 ? undefined : found;
    }
    value = own(value, part);
  }
  return value;
}

/** A value by its key, where it has one of its own: `constructor` is none. */
export function own(from: unknown, key: string): unknown {
  if (Array.isArray(from)) return from[Number(key)];
  return isDictionary(from) && Object.hasOwn(from, key) ? from[key] : undefined;
}

export function isDictionary(value: unknown): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What can be said in a word. Anything deeper is none: it may not even be turned into a text. */
export function textOf(value: unknown): string | undefined {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar ? String(value) : undefined;
}

/** Nothing is there, or nothing in it. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isDictionary(value) && Object.keys(value).length === 0;
}

/** What is no word, as JSON. */
export function wordsOf(value: unknown): string {
  return textOf(value) ?? JSON.stringify(value) ?? '';
}
