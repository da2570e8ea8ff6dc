type Row = Readonly<Record<string, unknown>>;

/**
 * What the paths lead to, and nothing else. A path that leads into a list takes the whole list.
 *
 * @param only dotted; all of the row where there is none
 */
export function projectRow(row: Row, only: readonly string[]): Row {
  if (only.length === 0) return row;
  const kept: Record<string, unknown> = {};
  for (const path of only) keep(kept, row, path.split('.'));
  return kept;
}

function keep(kept: Record<string, unknown>, row: Row, [key = '', ...rest]: readonly string[]): void {
  if (!Object.hasOwn(row, key) || key === '__proto__') return;
  const value = row[key];
  if (rest.length === 0 || !isRow(value)) {
    if (rest.length === 0 || Array.isArray(value)) kept[key] = value;
    return;
  }
  const known = kept[key];
  if (known === value) return;
  const part: Record<string, unknown> = isRow(known) ? { ...known } : {};
  keep(part, value, rest);
  kept[key] = part;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
