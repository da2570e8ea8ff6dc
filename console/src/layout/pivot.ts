import type { Field } from './read-field.ts';

/** Fields titled `X | Avg`, `X | Max`, … as rows by statistics. */
export interface Pivot {
  /** `Avg`, `Max`, in the order in which they come. */
  readonly columns: readonly string[];
  readonly rows: readonly PivotRow[];
  /** Fields that are not titled so. */
  readonly rest: readonly Field[];
}

export interface PivotRow {
  readonly label: string;
  readonly cells: ReadonlyMap<string, Field>;
}

export function pivotOf(fields: readonly Field[]): Pivot {
  const columns = new Set<string>();
  const rows = new Map<string, Map<string, Field>>();
  const rest: Field[] = [];
  for (const field of fields) {
    const bar = field.name.lastIndexOf('|');
    const label = field.name.slice(0, bar).trimEnd();
    const column = field.name.slice(bar + 1).trim();
    if (bar < 0 || column === '' || /\s/.test(column)) {
      rest.push(field);
      continue;
    }
    columns.add(column);
    rows.set(label, (rows.get(label) ?? new Map<string, Field>()).set(column, field));
  }
  return { columns: [...columns], rows: [...rows].map(([label, cells]) => ({ label, cells })), rest };
}
