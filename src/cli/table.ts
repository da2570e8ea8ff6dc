import stringWidth from 'string-width';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers stand on the right. */
  readonly alignRight?: boolean;
}

/** A table for people; widths count what a terminal shows, so that Hangul lines up. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => stringWidth(line[at] ?? ''))));
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

function pad(text: string, width: number, alignRight = false): string {
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return alignRight ? blanks + text : text + blanks;
}
