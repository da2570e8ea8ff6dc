/** `a, b` → its parts, none of them empty. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** For an option that may be given again: one more of its values. */
export function collectEach(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
