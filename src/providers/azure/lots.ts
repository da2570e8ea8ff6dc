/** How many resources a region of a subscription holds. */
export interface Place {
  readonly subscription: string;
  readonly region: string;
  readonly count: number;
}

/** Places that are listed by one query: all of its subscriptions, or some regions of its only one. */
export interface Lot {
  readonly subscriptions: readonly string[];
  /** Absent for all. */
  readonly regions?: readonly string[];
  readonly places: readonly Place[];
}

/**
 * Deals places to as few queries as fill a page each, so that many small places do not cost a query each. A place that fills
 * pages by itself stays alone. In the order of subscriptions, as a run reads them, so that little has to be kept.
 */
export function lotsOf(places: readonly Place[], pageSize: number, maxSubscriptions: number): Lot[] {
  const lots: Lot[] = [];
  const small: Place[][] = [];
  const inOrder = places.toSorted((a, b) => (a.subscription < b.subscription ? -1 : 1));
  for (const [subscription, own] of Map.groupBy(inOrder, (place) => place.subscription)) {
    if (totalOf(own) <= pageSize) {
      small.push(own);
      continue;
    }
    const alone = own.map((place) => [place]);
    for (const group of filled(alone, pageSize, alone.length)) {
      const all = group.flat();
      lots.push({ subscriptions: [subscription], regions: all.map(({ region }) => region), places: all });
    }
  }
  for (const group of filled(small, pageSize, maxSubscriptions)) {
    const all = group.flat();
    lots.push({ subscriptions: [...new Set(all.map((place) => place.subscription))], places: all });
  }
  return lots;
}

/** Groups of neighbours that fit a page together. */
function filled(parts: readonly Place[][], pageSize: number, maxParts: number): Place[][][] {
  const groups: Place[][][] = [];
  let room = 0;
  for (const part of parts) {
    const size = totalOf(part);
    const last = groups.at(-1);
    if (last === undefined || size > room || last.length >= maxParts) {
      groups.push([part]);
      room = pageSize - size;
    } else {
      last.push(part);
      room -= size;
    }
  }
  return groups;
}

function totalOf(places: readonly Place[]): number {
  return places.reduce((sum, { count }) => sum + count, 0);
}
