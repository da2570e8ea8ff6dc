import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { ExportColumn } from './columns.ts';

/** Rows are held until there are so many: a group of few is read slowly, one of many holds up the server while it is written. */
const rowsInGroup = 1_000;

/** Writes a Parquet file piece by piece; what is in memory is one group of rows. */
export class ParquetFile<Row> {
  readonly #columns: readonly ExportColumn<Row>[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #rows: Row[] = [];

  constructor(columns: readonly ExportColumn<Row>[]) {
    this.#columns = columns;
    const root: SchemaElement = { name: 'root', num_children: columns.length };
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [root, ...columns.map(elementOf)],
      createdBy: 'fleetgauge',
    });
  }

  /** @returns the bytes that are ready; none until a group is full */
  async add(rows: readonly Row[]): Promise<Uint8Array> {
    for (const row of rows) {
      this.#rows.push(row);
      if (this.#rows.length === rowsInGroup) await this.#writeGroup();
    }
    return this.#taken();
  }

  /** @returns the rest of the file */
  async end(): Promise<Uint8Array> {
    if (this.#rows.length > 0) await this.#writeGroup();
    await this.#writer.finish();
    return this.#taken();
  }

  async #writeGroup(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    const columnData = this.#columns.map((column) => ({ name: column.name, data: dataOf(column, rows) }));
    await this.#writer.write({ columnData, rowGroupSize: rows.length });
  }

  #taken(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return bytes;
  }
}

function elementOf({ name, kind }: Pick<ExportColumn, 'name' | 'kind'>): SchemaElement {
  switch (kind) {
    case 'text':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' };
    case 'number':
      return { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' };
    case 'time':
      return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' };
  }
}

function dataOf<Row>(column: ExportColumn<Row>, rows: readonly Row[]): (string | number | Date | undefined)[] {
  if (column.kind !== 'time') return rows.map((row) => column.value(row) ?? undefined);
  return rows.map((row) => {
    const time = column.value(row);
    return time === null ? undefined : new Date(time);
  });
}
