import type { ErrorCode } from '#model/errors.ts';
import { bandBoundsMs, type CallCounts, quarterMs } from '#store/call-quarters.ts';

/** The quickest band begins here, in milliseconds. */
const quickestMs = 10;
/** Cells of the strip: a day of quarters of an hour. */
export const stripCells = 96;

export const healthStates = ['ok', 'degraded', 'failing', 'not_asked'] as const;
export type HealthState = (typeof healthStates)[number];

/** Of the newest quarters with a call, what makes a source failing or degraded. */
const judgedQuarters = 4;
const failingFrom = 0.5;
const degradedFrom = 0.05;

/** The counts of one cell of the strip. */
export interface Cell {
  readonly calls: number;
  readonly failed: number;
  readonly throttled: number;
}

export interface CallFigures extends Cell {
  readonly state: HealthState;
  /** Since which cell of the strip it is not ok; undefined where it is. */
  readonly since: number | undefined;
  /** What most failed calls failed with; of each row one code is known, which stands for all that failed there. */
  readonly error: ErrorCode | undefined;
  /** The newest cell with a call. */
  readonly last: number | undefined;
  /** Estimates, by bands that double; undefined without a call. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  /** Oldest first. */
  readonly cells: readonly Cell[];
}

/** @param rows each with the cell of the strip that it belongs to */
export function figuresOf(rows: readonly (CallCounts & { readonly cell: number })[]): CallFigures {
  const cells = Array.from({ length: stripCells }, () => ({ calls: 0, failed: 0, throttled: 0 }));
  const bands = Array.from({ length: bandBoundsMs.length + 1 }, () => 0);
  for (const row of rows) {
    const cell = cells[row.cell];
    if (cell === undefined) continue;
    cell.calls += row.calls;
    cell.failed += row.failed;
    cell.throttled += row.throttled;
    for (const [at, count] of row.bands.entries()) bands[at] = (bands[at] ?? 0) + count;
  }
  const all = addCells(cells);
  const last = cells.findLastIndex(({ calls }) => calls > 0);
  const state = stateOf(cells);
  return {
    ...all,
    state,
    since: state === 'ok' || state === 'not_asked' ? undefined : troubleSince(cells),
    error: mainError(all, rows),
    last: last < 0 ? undefined : last,
    p50Ms: latencyAt(bands, 0.5),
    p95Ms: latencyAt(bands, 0.95),
    cells,
  };
}

/** Judged by the newest quarters in which it was asked at all: what was long ago is history. */
function stateOf(cells: readonly Cell[]): HealthState {
  const judged = addCells(cells.filter(({ calls }) => calls > 0).slice(-judgedQuarters));
  if (judged.calls === 0) return 'not_asked';
  const share = judged.failed / judged.calls;
  if (share >= failingFrom) return 'failing';
  return share >= degradedFrom ? 'degraded' : 'ok';
}

/** The first of the troubled cells that the strip ends with; quarters without a call do not break them off. */
function troubleSince(cells: readonly Cell[]): number | undefined {
  let since: number | undefined;
  for (let at = cells.length - 1; at >= 0; at--) {
    const cell = cells[at];
    if (cell === undefined || cell.calls === 0) continue;
    const isWell = cell.failed / cell.calls < degradedFrom;
    if (isWell && since !== undefined) break;
    if (!isWell) since = at;
  }
  return since;
}

function mainError({ failed, throttled }: Cell, rows: readonly CallCounts[]): ErrorCode | undefined {
  if (failed === 0) return undefined;
  if (throttled * 2 >= failed) return 'rate_limited';
  const counts = new Map<ErrorCode, number>([['rate_limited', throttled]]);
  for (const { error, ...row } of rows) {
    if (error !== null) counts.set(error, (counts.get(error) ?? 0) + row.failed - row.throttled);
  }
  const most = Math.max(...counts.values());
  // The newest of those that are level.
  return [...counts.keys()].findLast((code) => counts.get(code) === most);
}

function addCells(cells: readonly Cell[]): Cell {
  const sum = (of: keyof Cell) => cells.reduce((total, cell) => total + cell[of], 0);
  return { calls: sum('calls'), failed: sum('failed'), throttled: sum('throttled') };
}

/** Within a band by logarithm. What took longer than the last bound is said to have taken as long as that. */
export function latencyAt(bands: readonly number[], share: number): number | undefined {
  const total = bands.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const wanted = total * share;
  let before = 0;
  for (const [at, count] of bands.entries()) {
    if (count > 0 && before + count >= wanted) {
      const from = bandBoundsMs[at - 1] ?? quickestMs;
      const to = bandBoundsMs[at] ?? from;
      return from * (to / from) ** ((wanted - before) / count);
    }
    before += count;
  }
  return undefined;
}

/** Of what the limit allows in a quarter of an hour. */
export function quotaShare(calls: number, perSecond: number): number {
  return calls / ((perSecond * quarterMs) / 1000);
}
