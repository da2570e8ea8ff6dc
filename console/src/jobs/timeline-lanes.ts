import type { TaskRow } from '../../../src/server/api.ts';
import type { TaskPhase } from '../../../src/store/jobs.ts';
import { taskPhases } from './phases.ts';

/** Of one account and region: what it was busy with when, in milliseconds since the run began. */
export interface Lane {
  readonly task: TaskRow;
  readonly place: string;
  readonly from: number;
  readonly to: number;
  readonly spans: readonly LaneSpan[];
  /** Whether the run would have ended sooner, had this taken less. */
  readonly isLongest: boolean;
}

export interface LaneSpan {
  /** Undefined where it was not kept. */
  readonly phase: TaskPhase | undefined;
  readonly from: number;
  readonly to: number;
}

export interface Timeline {
  /** By when they began. */
  readonly lanes: readonly Lane[];
  /** How many there are no lanes for. */
  readonly left: number;
  /** The end of the last lane. */
  readonly to: number;
}

export const mostLanes = 400;

/** What is shown of the time; in milliseconds since the run began. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** @param began of the run, in epoch milliseconds */
export function timelineOf(tasks: readonly TaskRow[], began: number): Timeline {
  const all = tasks.flatMap((task) => laneOf(task, began));
  const kept = all.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostLanes);
  const longest = longestPath(kept);
  const lanes = kept
    .map((lane) => ({ ...lane, isLongest: longest.has(lane.task.id) }))
    .toSorted((a, b) => a.from - b.from || a.place.localeCompare(b.place));
  return { lanes, left: all.length - kept.length, to: Math.max(0, ...all.map(({ to }) => to)) };
}

function laneOf(task: TaskRow, began: number): Omit<Lane, 'isLongest'>[] {
  const place = `${task.account} / ${task.region}`;
  const [first, last] = [task.phases[0], task.phases.at(-1)];
  const from = first?.[1] ?? timeOf(task.started_at);
  const to = Math.max(timeOf(task.finished_at) ?? 0, last?.[2] ?? 0, from ?? 0);
  if (from === undefined || to <= from) return [];
  const spans =
    first === undefined
      ? [{ phase: undefined, from: from - began, to: to - began }]
      : task.phases.map(([phase, from, to]) => ({ phase, from: from - began, to: to - began }));
  return [{ task, place, from: from - began, to: to - began, spans }];
}

function timeOf(time: string | null): number | undefined {
  return time === null ? undefined : Date.parse(time);
}

/** A worker takes its next task some time after its last one; in milliseconds. */
const handOverMs = 1_000;

/**
 * Regions run side by side as far as there are workers: from the one that ended last back to the one that ended last before it
 * could begin, and so on.
 */
function longestPath(lanes: readonly Omit<Lane, 'isLongest'>[]): ReadonlySet<number> {
  const path = new Set<number>();
  let next = lanes.reduce<(typeof lanes)[number] | undefined>((last, lane) => later(last, lane), undefined);
  while (next !== undefined) {
    path.add(next.task.id);
    const { from } = next;
    next = lanes
      .filter((lane) => !path.has(lane.task.id) && lane.from < from && lane.to <= from && lane.to >= from - handOverMs)
      .reduce<(typeof lanes)[number] | undefined>((last, lane) => later(last, lane), undefined);
  }
  return path;
}

function later<L extends { readonly to: number }>(a: L | undefined, b: L): L {
  return a === undefined || b.to > a.to ? b : a;
}

/** Milliseconds by phase. */
export function timeByPhase({ spans }: Pick<Lane, 'spans'>): ReadonlyMap<TaskPhase, number> {
  const times = new Map<TaskPhase, number>();
  for (const phase of taskPhases) {
    const own = spans.filter((span) => span.phase === phase);
    if (own.length > 0)
      times.set(
        phase,
        own.reduce((sum, { from, to }) => sum + to - from, 0),
      );
  }
  return times;
}

/** Below this nobody can tell phases apart; in milliseconds. */
const narrowest = 100;

/** The view after a key; undefined for a key that changes none. */
export function viewAfter(key: string, { from, to }: View, whole: number): View | undefined {
  const width = to - from;
  switch (key) {
    case '+':
    case '=':
      return within(from + width / 4, Math.max(narrowest, width / 2), whole);
    case '-':
      return within(from - width / 2, width * 2, whole);
    case 'ArrowLeft':
      return within(from - width / 4, width, whole);
    case 'ArrowRight':
      return within(from + width / 4, width, whole);
    case 'Home':
      return { from: 0, to: whole };
    default:
      return undefined;
  }
}

function within(from: number, width: number, whole: number): View {
  const wide = Math.min(width, whole);
  const start = Math.min(Math.max(0, from), whole - wide);
  return { from: Math.round(start), to: Math.round(start + wide) };
}

/** `1200-5600`: milliseconds, as an address says it. */
export function viewOf(address: string | undefined, whole: number): View {
  const [, from, to] = /^(\d{1,12})-(\d{1,12})$/.exec(address ?? '') ?? [];
  const view = { from: Number(from), to: Math.min(Number(to), whole) };
  return view.to - view.from >= 1 ? view : { from: 0, to: whole };
}

/** Undefined where it shows all. */
export function addressOf({ from, to }: View, whole: number): string | undefined {
  return from === 0 && to === whole ? undefined : `${from}-${to}`;
}
