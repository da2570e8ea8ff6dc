import { averageOf, type Days, joinStretches } from '#model/day-cell.ts';
import { quantile } from '#model/sketch.ts';
import { type Day, type DayRange, dayAt, daysOf, startOf } from '#model/window.ts';
import type { Change, ChangeStore } from '#store/changes.ts';
import type { RecordId } from '#store/inventory.ts';
import type { SizeStretch } from './api.ts';
import { sizePath, wordOf } from './history-changes.ts';

/** Two a day in as many days as can be asked for, and more. */
const mostResizes = 1_000;

/**
 * How busy the cpu was with each size that a server had, oldest first; empty where none of its changes is of its size.
 *
 * Days from the run before a change to the one that found it may have seen both sizes: they are of neither. Of a change that does
 * not tell when the server was last reported before it, only the day on which it was found is left out.
 */
export async function readSizes(
  changes: ChangeStore,
  resource: RecordId,
  days: Days,
  range: DayRange,
): Promise<SizeStretch[]> {
  const found = await changes.list({
    resource,
    since: startOf(range.from) * 1000,
    limit: mostResizes,
    kinds: { paths: [sizePath] },
  });
  const resizes = found.flatMap(resizeOf).reverse();
  // Where there may be more before them, the days before the first are not all of the size that it began with.
  const isAll = found.length < mostResizes;
  return [...(isAll ? before(resizes, range) : []), ...since(resizes, range)].map(({ size, ...span }) =>
    stretchOf(size, days, span),
  );
}

interface Resize {
  /** The first day that may have seen both sizes. */
  readonly until: Day;
  /** The last one: when it was found. */
  readonly day: Day;
  readonly from: string | null;
  readonly to: string | null;
}

function resizeOf({ at, seenBefore = at, fields }: Change): Resize[] {
  const field = fields.find(({ path }) => path === sizePath);
  if (field === undefined) return [];
  return [{ until: dayAt(seenBefore / 1000), day: dayAt(at / 1000), from: wordOf(field.from), to: wordOf(field.to) }];
}

interface Span extends DayRange {
  readonly size: string | null;
}

function before([first]: readonly Resize[], { from, to }: DayRange): Span[] {
  return first === undefined ? [] : [{ size: first.from, from, to: Math.min(to, first.until) }];
}

/** What it had for no whole day is left out, but for the last. @param resizes oldest first */
function since(resizes: readonly Resize[], { to: end }: DayRange): Span[] {
  return resizes
    .map(({ day, to }, at) => ({ size: to, from: day + 1, to: Math.min(end, resizes[at + 1]?.until ?? end) }))
    .filter(({ from, to }, at) => from < to || at === resizes.length - 1);
}

function stretchOf(name: string | null, days: Days, range: DayRange): SizeStretch {
  const cells = [...daysOf(range)].flatMap((day) => measured(days, day));
  const whole = joinStretches(cells);
  const { max, sketch } = whole;
  const at = (part: number) => {
    const value = sketch && quantile(sketch, part);
    return value === undefined ? null : Math.min(value, max);
  };
  const cpu = cells.length === 0 ? null : { avg: averageOf(whole), p50: at(0.5), p95: at(0.95), max };
  return { instance_type: name, days: cells.length, cpu };
}

function measured(days: Days, day: Day) {
  const cell = days.get(day)?.get('cpu.utilization');
  return cell === undefined || cell.seconds === 0 ? [] : [cell];
}
