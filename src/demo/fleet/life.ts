import { drawInteger } from './hash.ts';
import { officeHours, slotSeconds } from './shapes.ts';

const minute = 60;
const hour = 3600;
const day = 86_400;

/** What befell the servers of a group; {@link lifeOf} says when. */
export type LifeName =
  | 'always_on'
  | 'weekdays'
  | 'stopped_long_ago'
  | 'stopped_recently'
  | 'terminated'
  | 'launched_today'
  | 'launched_recently'
  | 'restarted';

/** When a server ran. */
export interface Life {
  /** Starts and ends in turn, epoch seconds on the five-minute grid, ascending; the last end may be Infinity. */
  readonly runs: readonly number[];
  /** Within `runs`, it is on only Monday to Friday 08:00-19:00 of its region. */
  readonly weekdays: boolean;
  readonly utcOffsetHours: number;
  /** Its last stop was for good. */
  readonly terminated: boolean;
}

/** What DescribeInstances says of a server at one moment; times are epoch seconds. */
export interface LifeState {
  readonly name: 'running' | 'stopped' | 'terminated';
  /** The last start. */
  readonly launchedAt: number;
  /** When it stopped, unless it runs. */
  readonly stoppedAt?: number;
}

/** The life that a group's fate and a server's seed give, told from `anchor` (epoch seconds: the world's "today"). */
export function lifeOf(fate: LifeName, seed: number, anchor: number, utcOffsetHours: number): Life {
  return {
    runs: runsOf[fate](seed, anchor).map(toGrid),
    weekdays: fate === 'weekdays',
    utcOffsetHours,
    terminated: fate === 'terminated',
  };
}

const runsOf: Readonly<Record<LifeName, (seed: number, anchor: number) => readonly number[]>> = {
  always_on: (seed, anchor) => [bornAt(seed, anchor), Number.POSITIVE_INFINITY],
  weekdays: (seed, anchor) => [bornAt(seed, anchor), Number.POSITIVE_INFINITY],
  stopped_long_ago: (seed, anchor) => [bornAt(seed, anchor - 210 * day), ago(seed, anchor, 65 * day, 200 * day)],
  stopped_recently: (seed, anchor) => [bornAt(seed, anchor), ago(seed, anchor, day, 12 * day)],
  terminated: (seed, anchor) => [ago(seed, anchor, day, 6 * day), anchor - drawInteger(seed, 3, 5, 50) * minute],
  launched_today: (seed, anchor) => [
    anchor - drawInteger(seed, 2, 0, Math.max(0, (anchor % day) - 30 * minute)),
    Number.POSITIVE_INFINITY,
  ],
  launched_recently: (seed, anchor) => [ago(seed, anchor, day, 12 * day), Number.POSITIVE_INFINITY],
  restarted: (seed, anchor) => {
    const stopped = ago(seed, anchor, 3 * day, 11 * day);
    return [bornAt(seed, anchor), stopped, stopped + drawInteger(seed, 3, 2, 30) * hour, Number.POSITIVE_INFINITY];
  },
};

function bornAt(seed: number, anchor: number): number {
  return ago(seed + 1, anchor, 80 * day, 500 * day);
}

function ago(seed: number, anchor: number, least: number, most: number): number {
  return anchor - drawInteger(seed, 2, least, most);
}

function toGrid(time: number): number {
  return Math.floor(time / slotSeconds) * slotSeconds;
}

/** The state at `now` (epoch seconds), or undefined before the first start. */
export function stateAt(life: Life, now: number): LifeState | undefined {
  const run = lastRunAt(life, now);
  if (run === undefined) return undefined;
  const { start, end } = life.weekdays ? lastOfficeDay(life, run, now) : run;
  if (now < end) return { name: 'running', launchedAt: start };
  return { name: life.terminated ? 'terminated' : 'stopped', launchedAt: start, stoppedAt: end };
}

interface Run {
  readonly start: number;
  readonly end: number;
}

function lastRunAt({ runs }: Life, now: number): Run | undefined {
  let last: Run | undefined;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const start = runs[i] ?? 0;
    if (start <= now) last = { start, end: runs[i + 1] ?? 0 };
  }
  return last;
}

function lastOfficeDay({ utcOffsetHours }: Life, run: Run, now: number): Run {
  for (let back = 0; back < 5; back++) {
    const localMidnight = Math.floor((now + utcOffsetHours * hour) / day - back) * day;
    const weekday = (localMidnight / day + 3) % 7;
    const start = localMidnight + (officeHours.from - utcOffsetHours) * hour;
    if (weekday < 5 && start <= now) return { start, end: start + (officeHours.to - officeHours.from) * hour };
  }
  return run;
}
