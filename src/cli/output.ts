import { Option } from 'commander';
import { type Column, renderTable, renderTsv } from './table.ts';

export const outputForms = ['table', 'json', 'csv'] as const;
export type OutputForm = (typeof outputForms)[number];

export function outputOption(): Option {
  return new Option('-o, --output <form>', 'a table is tab-separated where it is piped')
    .choices([...outputForms])
    .default('table');
}

export interface Output<Row> {
  readonly form: OutputForm;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly csvColumns?: readonly Column<Row>[];
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** Data, on stdout: `{ data, meta }` as JSON, RFC 4180 as CSV. */
export async function write<Row>(output: Output<Row>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${render(output)}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

function render<Row>({ form, rows, columns, csvColumns = columns, meta = {} }: Output<Row>): string {
  if (form === 'json') return JSON.stringify({ data: rows, meta: { total: rows.length, ...meta } }, null, 2);
  if (form === 'csv') return renderCsv(csvColumns, rows);
  return process.stdout.isTTY ? renderTable(columns, rows) : renderTsv(columns, rows);
}

function renderCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  return lines.map((line) => line.map(csvField).join(',')).join('\r\n');
}

/** A field that a spreadsheet would run as a formula is quoted with an apostrophe, as OWASP advises. */
function csvField(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
