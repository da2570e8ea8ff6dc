/** What a column holds. JSON that one database keeps as a value, the other keeps as text. */
export type ColumnKind = 'number' | 'text' | 'bytes' | 'json';

export type Cell = string | number | Uint8Array | null;

/** The cells of a row, in the order of the table's columns. */
export type Row = readonly Cell[];

export interface Table {
  readonly name: string;
  readonly columns: ReadonlyMap<string, ColumnKind>;
  /** Tables whose rows this one's name. */
  readonly references: readonly string[];
}

/** The tables of a store, at one moment. */
export interface TableSource {
  tables(): Promise<readonly Table[]>;
  /** All rows, in any order, some at a time. */
  rows(table: Table): AsyncIterable<readonly Row[]>;
  /** The highest id that each table which counts its rows has ever given, by its name. */
  lastIds(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** A store that is filled in one transaction, and left as it was where that does not end well. */
export interface TableTarget extends TableSource {
  write(table: Table, rows: readonly Row[]): Promise<void>;
  setLastIds(ids: ReadonlyMap<string, number>): Promise<void>;
  /** Runs a statement that both databases know. */
  execute(sql: string): Promise<void>;
  commit(): Promise<void>;
}
