import type { ExportColumn } from './columns.ts';

/** Writes rows as text, some at a time. */
export interface TextForm {
  head<Row>(columns: readonly ExportColumn<Row>[]): string;
  rows<Row>(columns: readonly ExportColumn<Row>[], rows: readonly Row[]): string;
}

/** RFC 4180, in UTF-8. What is absent is an empty field. */
export const csv: TextForm = {
  head: (columns) => line(columns.map(({ name }) => csvText(name))),
  rows: (columns, rows) => rows.map((row) => line(columns.map((column) => csvField(column, row)))).join(''),
};

/** A JSON object a line. What is absent is null, so that all lines have the same keys. */
export const ndjson: TextForm = {
  head: () => '',
  rows: (columns, rows) => rows.map((row) => `${JSON.stringify(Object.fromEntries(cells(columns, row)))}\n`).join(''),
};

function line(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`;
}

function csvField<Row>(column: ExportColumn<Row>, row: Row): string {
  const value = plainValue(column, row);
  if (value === null) return '';
  return typeof value === 'number' ? String(value) : csvText(value);
}

/** Most texts are written as they are: one look tells. */
function csvText(text: string): string {
  return /^[=+\-@\t\r]|[",\r\n]/.test(text) ? quoted(harmless(text)) : text;
}

/** A text that a spreadsheet would run as a formula gets an apostrophe, as OWASP advises. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cells<Row>(columns: readonly ExportColumn<Row>[], row: Row): (readonly [string, string | number | null])[] {
  return columns.map((column) => [column.name, plainValue(column, row)]);
}

function plainValue<Row>(column: ExportColumn<Row>, row: Row): string | number | null {
  if (column.kind !== 'time') return column.value(row);
  const time = column.value(row);
  return time === null ? null : new Date(time).toISOString();
}
