/**
 * What the API matches by, for the `pattern` of an input: browsers read that by the flag `v`, which wants a hyphen in a class
 * escaped. Undefined for what they would not take even so: the API has the last word.
 */
export function inputPattern(pattern: string | undefined): string | undefined {
  const escaped = pattern?.replaceAll('-]', '\\-]');
  try {
    if (escaped !== undefined) new RegExp(escaped, 'v');
    return escaped;
  } catch {
    return undefined;
  }
}
