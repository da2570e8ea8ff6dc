/** Columns of text, each as wide as its widest cell; the first one to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function fixed(value: number | undefined, digits = 1): string {
  return value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** `OK` or `over`, and which limit. */
export function mark(value: number, limit: number): string {
  return `${value <= limit ? 'OK' : 'over'} (≤ ${limit})`;
}

/** As `mark`, of what is to be large. */
export function atLeast(value: number, limit: number): string {
  return `${value >= limit ? 'OK' : 'under'} (≥ ${limit})`;
}
