import { anyRegion } from '#model/region.ts';
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
  { accounts, account_count }: SourceTest,
  { green, red }: { readonly green: Colour; readonly red: Colour },
): string {
  const left = account_count - accounts.length;
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
      ...refusals(report).flatMap(({ error: { message, fix }, places }) => [
        `  ${red('✕')} ${message}${places.length === 0 ? '' : `  (${places.join(', ')})`}`,
        ...(fix === undefined ? [] : [`    fix  ${fix}`]),
      ]),
      ...not_called.map((api) => `  – ${api}  not called, since it bills`),
    ])
    .concat(left > 0 ? [`– ${formatCount(left)} more accounts were not asked`] : [])
    .join('\n');
}

/** What no check tells of, by its cause: why nothing was tried, and where servers could not be listed. */
function refusals({ error, accounts, checks }: SourceTest['accounts'][number]['report']) {
  const failures = accounts.flatMap(({ account, failures }) =>
    failures.map(({ region, error }) => ({ error, place: region === anyRegion ? account : `${account}/${region}` })),
  );
  const untold = failures.filter(
    ({ error: { code }, place }) =>
      !checks.some(
        (check) =>
          check.error?.code === code && check.failed_in.some((each) => each === place || each.startsWith(`${place}/`)),
      ),
  );
  const grouped = [...Map.groupBy(untold, ({ error }) => error.message).values()].flatMap((alike) =>
    alike.slice(0, 1).map(({ error }) => ({ error, places: alike.map(({ place }) => place) })),
  );
  const isTold = error === null || [...checks, ...grouped].some((each) => each.error?.message === error.message);
  return [...(isTold ? [] : [{ error, places: [] }]), ...grouped];
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
