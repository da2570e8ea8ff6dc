import type { Days } from '#model/day-cell.ts';
import type { Want } from '#model/fleet.ts';
import type { Resource } from '#model/resource.ts';
import { missingDays, type Wanted } from './missing-days.ts';

/** Stored days of so many resources are held at a time, however many are planned together. */
const heldTogether = 500;

/** A batch in pieces whose days may be held. */
export function piecesOf<T>(batch: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(batch.length / heldTogether) }, (_, at) =>
    batch.slice(at * heldTogether, (at + 1) * heldTogether),
  );
}

/** What is still to be asked for of a batch. @param known stored days, by resource id */
export async function wantsOf<R extends Resource>(
  batch: readonly R[],
  known: (resources: readonly R[]) => Promise<ReadonlyMap<string, Days>>,
  wanted: Wanted,
): Promise<Want<R>[]> {
  const wants: Want<R>[] = [];
  for (const piece of piecesOf(batch)) {
    const days = await known(piece);
    for (const resource of piece) wants.push(...missingDays(resource, days.get(resource.id) ?? new Map(), wanted));
  }
  return wants;
}
