interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/**
 * The character of a key that was pressed by itself, lower case. Where the keyboard is set to Hangul, the Latin letter on the
 * same key.
 *
 * @returns undefined for every other key, and for combinations
 */
export function characterOf({ key, code, ctrlKey, metaKey, altKey }: Pressed): string | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (/^[\x21-\x7e]$/.test(key)) return key.toLowerCase();
  return /^(?:[ㄱ-ㅣ]|Process)$/.test(key) ? /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() : undefined;
}
