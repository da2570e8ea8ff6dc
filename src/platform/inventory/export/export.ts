import type { InventoryStore, RecordFilter } from '#store/inventory.ts';
import { pausing } from '#store/pausing.ts';
import type { ExportColumn } from './columns.ts';
import { csv, ndjson, type TextForm } from './text-forms.ts';

/** The forms of an export, and what HTTP calls them. */
export const exportForms = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
} as const;
export type ExportForm = keyof typeof exportForms;
export const exportFormNames = ['csv', 'ndjson', 'parquet'] as const satisfies readonly ExportForm[];

export interface ExportWish {
  readonly form: ExportForm;
  readonly columns: readonly ExportColumn[];
  readonly filter?: RecordFilter;
}

/**
 * Servers by id as the bytes of a file, as fast as they are taken: memory does not grow with the fleet. The store is read page
 * by page, and others have their turn in between; what is written meanwhile may or may not be among it.
 */
export function exportServers(
  inventory: InventoryStore,
  { form, columns, filter }: ExportWish,
): AsyncGenerator<Uint8Array> {
  return fileBytes(form, columns, inventory.stream(filter));
}

/** Rows of any kind as the bytes of a file, likewise. */
export async function* fileBytes<Row>(
  form: ExportForm,
  columns: readonly ExportColumn<Row>[],
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const pages = pausing(rows);
  if (form === 'parquet') yield* parquetBytes(columns, pages);
  else yield* textBytes(form === 'csv' ? csv : ndjson, columns, pages);
}

async function* textBytes<Row>(
  form: TextForm,
  columns: readonly ExportColumn<Row>[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder();
  const head = form.head(columns);
  if (head !== '') yield bytes.encode(head);
  for await (const rows of pages) if (rows.length > 0) yield bytes.encode(form.rows(columns, rows));
}

async function* parquetBytes<Row>(
  columns: readonly ExportColumn<Row>[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const { ParquetFile } = await import('./parquet.ts');
  const file = new ParquetFile(columns);
  for await (const rows of pages) {
    const ready = await file.add(rows);
    if (ready.length > 0) yield ready;
  }
  yield await file.end();
}
