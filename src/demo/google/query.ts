import { type Aligner, keepsSums, type Reducer } from './aggregation.ts';
import { alignColumn, alignMinutes, alignSignals, canAdd, type Visible } from './align.ts';
import { type Column, type Grid, gridOver, gridStart } from './grid.ts';
import { type GroupField, groupIdentity, groupKey, type Identity } from './identity.ts';
import { reduceColumns } from './reduce.ts';
import type { Signal } from './signal.ts';

/** A stored time series. */
export interface StoredSeries extends Identity {
  readonly signal: Signal;
}

/** One stage of aggregation. */
export interface Stage {
  readonly aligner: Aligner;
  readonly periodSeconds: number;
  readonly reducer: Reducer;
  readonly groupBy: readonly GroupField[];
}

/** Which points are wanted, and made into what. */
export interface Query {
  /** Points in `(start, end]`, epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly visible: Visible;
  readonly primary: Stage | undefined;
  /** Follows the primary; never alone. */
  readonly secondary: Stage | undefined;
  /** The project that reduced series are told of. */
  readonly projectId: string;
}

/** A series of the answer, computed when its column is asked for. */
export interface OutputSeries extends Identity {
  column(): Column;
}

/** All series of an answer, and the buckets of their columns. */
export interface QueryResult {
  readonly grid: Grid;
  readonly series: readonly OutputSeries[];
}

/** A series between two stages. */
interface Staged extends OutputSeries {
  readonly grid: Grid;
  /** What it is the sum of, if it is a plain sum. */
  readonly signals: readonly Signal[] | undefined;
  readonly aligner: Aligner;
}

/** Runs a query over stored series. Nothing is computed but groups: each column is made when it is read. */
export function runQuery(query: Query, stored: readonly StoredSeries[]): QueryResult {
  const { start, end, primary, secondary } = query;
  if (primary === undefined) return rawResult(query, stored);
  if (secondary === undefined) {
    const grid = gridOver(start, end, primary.periodSeconds);
    return { grid, series: primaryStage(query, primary, grid, stored) };
  }
  const last = gridOver(start, end, secondary.periodSeconds);
  const first = gridOver(gridStart(last), end, primary.periodSeconds);
  return { grid: last, series: secondaryStage(query, secondary, last, primaryStage(query, primary, first, stored)) };
}

/** Every sample, on the minutes at which they were taken. */
function rawResult({ start, end, visible }: Query, stored: readonly StoredSeries[]): QueryResult {
  const grid = gridOver(Math.floor(start / 60) * 60, Math.floor(end / 60) * 60, 60);
  const series = stored.map(({ resourceLabels, metricLabels, signal }) => ({
    resourceLabels,
    metricLabels,
    column: () => alignSignals([signal], 'ALIGN_NONE', grid, visible),
  }));
  return { grid, series };
}

function primaryStage(
  { visible, projectId }: Query,
  { aligner, reducer, groupBy }: Stage,
  grid: Grid,
  stored: readonly StoredSeries[],
): readonly Staged[] {
  if (reducer === 'REDUCE_NONE') {
    return stored.map(({ resourceLabels, metricLabels, signal }) => ({
      resourceLabels,
      metricLabels,
      grid,
      aligner,
      signals: [signal],
      column: () => alignSignals([signal], aligner, grid, visible),
    }));
  }
  return groupsOf(stored, groupBy).map(([first, ...others]) => {
    const signals = [first, ...others].map(({ signal }) => signal);
    const columns = () => signals.values().map((signal) => alignSignals([signal], aligner, grid, visible));
    const isSum = signals.length === 1 ? reducer !== 'REDUCE_COUNT' : reducer === 'REDUCE_SUM';
    const addable = isSum && canAdd(signals);
    return {
      ...groupIdentity(first, groupBy, projectId),
      grid,
      aligner,
      signals: addable ? signals : undefined,
      column: () =>
        addable && (signals.length === 1 || keepsSums(aligner))
          ? alignSignals(signals, aligner, grid, visible)
          : reduceColumns(columns(), reducer),
    };
  });
}

function secondaryStage(
  { visible, projectId }: Query,
  { aligner, reducer, groupBy }: Stage,
  grid: Grid,
  staged: readonly Staged[],
): readonly OutputSeries[] {
  const realign = (one: Staged) =>
    byMinute(one, aligner, grid, visible) ?? alignColumn(one.column(), one.grid, aligner, grid);
  if (reducer === 'REDUCE_NONE') {
    return staged.map((one) => ({
      resourceLabels: one.resourceLabels,
      metricLabels: one.metricLabels,
      column: () => realign(one),
    }));
  }
  return groupsOf(staged, groupBy).map(([first, ...others]) => ({
    ...groupIdentity(first, groupBy, projectId),
    column: () => reduceColumns([first, ...others].values().map(realign), reducer),
  }));
}

/**
 * The second alignment of what was aligned by the minute: a bucket of one minute holds the sample itself, so that the first
 * changed nothing but, for a rate, the unit.
 */
function byMinute(
  { signals, aligner, grid: first }: Staged,
  second: Aligner,
  grid: Grid,
  visible: Visible,
): Column | undefined {
  const samplesStand = first.period === 60 && aligner !== 'ALIGN_COUNT';
  return samplesStand && signals ? alignMinutes(signals, [aligner, second], grid, visible) : undefined;
}

/** Series with equal labels, in the order in which the first of each group came. */
function groupsOf<Member extends Identity>(
  members: readonly Member[],
  fields: readonly GroupField[],
): readonly (readonly [Member, ...Member[]])[] {
  const groups = new Map<string, [Member, ...Member[]]>();
  for (const member of members) {
    const key = groupKey(member, fields);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [member]);
    else group.push(member);
  }
  return [...groups.values()];
}
