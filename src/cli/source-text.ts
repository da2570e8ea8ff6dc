import type { OutsideSourceRow, SourceRow, SourceTest } from '../server/source-api.ts';
import { formatCount } from './format.ts';
import type { Column } from './table.ts';

/** One that we asked, or one that was registered. */
export type ListedSource = SourceRow | OutsideSourceRow;

const marks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Cells of the strip that are one mark. */
const cellsAMark = 4;

export const sourceColumns: readonly Column<ListedSource>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state.replace('_', ' ') },
  { title: 'LAST 24H', value: (row) => (isAsked(row) ? stripOf(row.cells.calls) : '–') },
  { title: 'CALLS', ...number((row) => row.calls) },
  { title: 'ERRORS', ...percent((row) => (row.calls === 0 ? null : row.failed / row.calls)) },
  { title: 'THROTTLED', ...number((row) => row.throttled) },
  { title: 'P50 MS', ...number((row) => row.p50_ms) },
  { title: 'P95 MS', ...number((row) => row.p95_ms) },
  { title: 'QUOTA', ...percent((row) => row.quota) },
  { title: 'ERROR', value: (row) => (isAsked(row) ? (row.error ?? '') : (row.error?.message ?? '')) },
  { title: 'SINCE', value: (row) => (isAsked(row) ? (row.since ?? '') : row.at) },
];

/** Twenty-four marks, one an hour; a point is an hour without a call, which is not a low one. */
export function stripOf(calls: readonly number[]): string {
  const hours = Array.from({ length: Math.ceil(calls.length / cellsAMark) }, (_, at) =>
    calls.slice(at * cellsAMark, (at + 1) * cellsAMark).reduce((sum, count) => sum + count, 0),
  );
  const most = Math.max(1, ...hours);
  return hours
    .map((count) => (count === 0 ? '·' : (marks[Math.ceil((count / most) * marks.length) - 1] ?? '')))
    .join('');
}

type Colour = (text: string) => string;

/** What each call came to, and what helps where one was refused. */
export function describeTest(
  { accounts }: SourceTest,
  { green, red }: { readonly green: Colour; readonly red: Colour },
): string {
  return accounts
    .flatMap(({ name, report, not_called }) => [
      name,
      ...report.checks.flatMap(({ api, calls, took_ms, error, failed_in, grant }) =>
        error === null
          ? [`  ${green('✓')} ${api}  ${formatCount(calls)} × at most ${formatCount(took_ms)} ms`]
          : [
              `  ${red('✕')} ${api}  ${error.message}  (${failed_in.join(', ')})`,
              ...[error.fix, grant].flatMap((fix) => (fix ? [`    fix  ${fix}`] : [])),
            ],
      ),
      ...(report.error === null || report.checks.some(({ error }) => error?.message === report.error?.message)
        ? []
        : [`  ${red('✕')} ${report.error.message}`]),
      ...not_called.map((api) => `  – ${api}  not called, since it bills`),
    ])
    .join('\n');
}

function isAsked(row: ListedSource): row is SourceRow {
  return 'cells' in row;
}

type Value = (row: SourceRow) => number | null;

function number(of: Value): Pick<Column<ListedSource>, 'value' | 'raw' | 'alignRight'> {
  return valued(of, (value) => formatCount(value));
}

function percent(of: Value): Pick<Column<ListedSource>, 'value' | 'raw' | 'alignRight'> {
  return valued(of, (value) => `${(value * 100).toFixed(1)} %`);
}

/** Blank is not zero. */
function valued(
  of: Value,
  format: (value: number) => string,
): Pick<Column<ListedSource>, 'value' | 'raw' | 'alignRight'> {
  const raw = (row: ListedSource) => (isAsked(row) ? (of(row) ?? undefined) : undefined);
  return {
    alignRight: true,
    raw,
    value: (row) => {
      const value = raw(row);
      return value === undefined ? '–' : format(value);
    },
  };
}
