import { type GoogleResource, type Part, seriesIn } from './resource.ts';
import type { Place } from './where.ts';

/**
 * Counts the time series that come with those that are wanted, where a call names whole parts: other resources have them, and each
 * is charged for.
 */
export class Bystanders {
  readonly #planned: ReadonlyMap<Part, readonly GoogleResource[]>;

  /** @param planned all that something is asked of at the same time */
  constructor(planned: Iterable<GoogleResource>) {
    this.#planned = Map.groupBy(new Set(planned), ({ part }) => part);
  }

  /**
   * At most so many: of a resource that is not planned no more is known than that it is there.
   *
   * @param isSilent whether a resource has no time series of what is asked
   */
  countAt(place: Place, isSilent: (resource: GoogleResource) => boolean): number {
    const { where, resources, bystanders = 0 } = place;
    if (where.ids !== undefined) return bystanders;
    const own = new Set(resources);
    const known = partsOf(place)
      .flatMap((part) => (part.held === undefined ? [] : (this.#planned.get(part) ?? [])))
      .filter((each) => own.has(each) || ((where.zones?.includes(each.zone ?? '') ?? true) && isSilent(each)));
    return heldAt(place) - seriesIn(known);
  }
}

/** How many time series resources have where a place asks for them by parts; 0 where that is not known. */
export function heldAt(place: Place): number {
  const { zones } = place.where;
  const counts = partsOf(place).flatMap(({ held = {} }) => Object.entries(held));
  return counts.reduce(
    (sum, [zone, count]) => (zones === undefined || zone === '' || zones.includes(zone) ? sum + count : sum),
    0,
  );
}

function partsOf({ resources }: Place): Part[] {
  return [...new Set(resources.map(({ part }) => part))];
}
