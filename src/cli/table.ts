import { createRequire } from 'node:module';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** What `value` is made of, where that is no text: for sorting, filters and programs. Undefined where there is none. */
  readonly raw?: (row: Row) => number | string | boolean | undefined;
  /** Numbers stand on the right. */
  readonly alignRight?: boolean;
}

/** Takes longer to load than most tables to print. */
const loadWidths: () => typeof import('string-width') = () => createRequire(import.meta.url)('string-width');
/** What has one column each; of anything else the terminal's own rules have to be asked. */
const narrow = /^[\u0020-\u007e–—−…·→×✓✕▲◐≈]*$/;

function widthOf(text: string): number {
  return narrow.test(text) ? text.length : loadWidths().default(text);
}

/** A table for people; widths count what a terminal shows, so that Hangul lines up. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  const widths = columns.map((_, at) => cells.reduce((widest, line) => Math.max(widest, widthOf(line[at] ?? '')), 0));
  return cells
    .map((line) =>
      line
        .map((text, at) => pad(text, widths[at] ?? 0, columns[at]?.alignRight))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The same for programs: tab-separated, nothing cut. */
export function renderTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const clean = (text: string) => text.replaceAll(/[\t\r\n]/g, ' ');
  return [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => clean(value(row))))]
    .map((line) => line.join('\t'))
    .join('\n');
}

/** RFC 4180. */
export function renderCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  return lines.map((line) => line.map(csvField).join(',')).join('\r\n');
}

/** A field that a spreadsheet would run as a formula is quoted with an apostrophe, as OWASP advises. */
function csvField(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function pad(text: string, width: number, alignRight = false): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return alignRight ? blanks + text : text + blanks;
}
