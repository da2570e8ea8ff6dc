import { type Days, emptyCell } from '#model/day-cell.ts';
import type { Resource } from '#model/resource.ts';
import { type DayRange, dayAt } from '#model/window.ts';

/**
 * Of these days, those in which the id was another's, a namesake's that was deleted since: emptied, as there is nothing of
 * this resource in them. The day on which it was made is its own.
 */
export function foreignDays({ idSince }: Pick<Resource, 'idSince'>, days: Days, window: DayRange): Days {
  const first = idSince === undefined ? window.from : dayAt(idSince);
  if (first <= window.from) return new Map();
  const foreign = [...days].filter(([day, cells]) => day < first && cells.values().some(({ seconds }) => seconds > 0));
  return new Map(foreign.map(([day, cells]) => [day, new Map([...cells.keys()].map((key) => [key, emptyCell]))]));
}
