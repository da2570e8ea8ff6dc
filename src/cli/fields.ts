import { CollectError } from '#model/errors.ts';
import type { Column } from './table.ts';

/** A column with what its values are made of. */
export type Field<Row> = Column<Row> & Required<Pick<Column<Row>, 'raw'>>;

export interface Fields<Row> {
  /** The columns. */
  readonly all: readonly Field<Row>[];
  /** @throws CollectError `invalid_input` for a name that is none, naming those that are */
  column(name: string): Field<Row>;
}

/**
 * What rows may be asked for: columns by their names, which are their titles in lower case, and whatever JSON has of a row by its
 * path, such as `status.state`.
 */
export function fieldsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Fields<Row> {
  const byName = new Map<string, Column<Row>>();
  for (const column of columns) if (!byName.has(nameOf(column))) byName.set(nameOf(column), column);
  const all = new Map([...byName].map(([name, column]) => [name, fieldOf(name, column)]));
  return {
    all: [...all.values()],
    column(name) {
      const known = all.get(name.toLowerCase());
      if (known !== undefined) return known;
      if (rows.some((row) => at(row, name) !== undefined)) return pathColumn(name);
      throw new CollectError('invalid_input', `there is no field '${name}'`, {
        fix: `one or more of ${[...byName.keys()].join(', ')}, or a path of -o json`,
      });
    },
  };
}

/** `LAST USED` → `last_used` */
export function nameOf({ title }: Pick<Column<never>, 'title'>): string {
  return title === '#' ? 'id' : title.toLowerCase().replaceAll(' ', '_');
}

function fieldOf<Row>(name: string, column: Column<Row>): Field<Row> {
  return { ...column, raw: column.raw ?? ((row) => rawOf(at(row, name)) ?? textOf(column, row)) };
}

function pathColumn<Row>(name: string): Field<Row> {
  const raw = (row: Row) => rawOf(at(row, name));
  return { title: name, raw, value: (row) => raw(row)?.toString() ?? '' };
}

function at(row: unknown, path: string): unknown {
  if (typeof row !== 'object' || row === null) return undefined;
  if (Object.hasOwn(row, path)) return Object.entries(row).find(([name]) => name === path)?.[1];
  // Names have dots too: the longest that there is comes first.
  const name = Object.keys(row)
    .filter((each) => path.startsWith(`${each}.`))
    .toSorted((a, b) => b.length - a.length)[0];
  return name === undefined ? undefined : at(at(row, name), path.slice(name.length + 1));
}

function rawOf(value: unknown): number | string | boolean | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** A dash stands for what is not known. */
function textOf<Row>({ value }: Column<Row>, row: Row): string | undefined {
  const text = value(row);
  return text === '' || text === '–' ? undefined : text;
}
