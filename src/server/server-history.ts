import { averageOf, type DayCell, type Days } from '#model/day-cell.ts';
import { metricKeys } from '#model/metric.ts';
import { quantile } from '#model/sketch.ts';
import { daysOf, isoOf, lastDays, startOf } from '#model/window.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import type { HistoryPoint, ServerHistory } from './api.ts';
import { sizeAndState } from './history-changes.ts';
import { readSizes } from './history-sizes.ts';

/** The newest `count` whole days of a server, and what became of it since. A day without data is null and never 0. */
export async function readHistory(
  { history, changes: changeStore }: Pick<Store, 'history' | 'changes'>,
  id: RecordId,
  count: number,
  now: number,
): Promise<ServerHistory> {
  const range = lastDays(count, now);
  const known: Days = (await history.read([id], range)).get(id) ?? new Map();
  const days = [...daysOf(range)];
  const changes = await sizeAndState(changeStore, id, startOf(range.from) * 1000);
  const series = metricKeys.flatMap((key) => {
    const points = days.map((day) => pointOf(known.get(day)?.get(key)));
    return points.some((point) => point !== null) ? [[key, points] as const] : [];
  });
  return {
    days: days.map((day) => isoOf(day).slice(0, 10)),
    series: Object.fromEntries(series),
    changes,
    sizes: await readSizes(changeStore, id, known, range),
  };
}

function pointOf(cell: DayCell | undefined): HistoryPoint | null {
  if (cell === undefined || cell.seconds === 0) return null;
  const { max, min = null, seconds, sketch } = cell;
  const p95 = sketch === undefined ? undefined : quantile(sketch, 0.95);
  // A sketch tells values within its error, and none is above the maximum.
  return { avg: averageOf(cell), max, min, p95: p95 === undefined ? null : Math.min(p95, max), seconds };
}
