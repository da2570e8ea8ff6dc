import { z } from 'zod';
import { type AzureType, graphPageSize, maxSubscriptionsPerQuery } from './catalog.ts';
import { type Lot, lotsOf, type Place } from './lots.ts';
import { idKey } from './resource.ts';
import { queryGraph } from './resource-graph.ts';
import type { Send } from './send.ts';

/** The resources of one type in all subscriptions, by place, in about as many queries as they fill pages. */
export interface Inventory<T> {
  /** Where there are any. @throws CollectError */
  places(signal: AbortSignal): Promise<readonly Place[]>;
  /** Of one place, as pages. @throws CollectError */
  list(subscription: string, region: string, signal: AbortSignal): AsyncIterable<readonly T[]>;
}

export interface Listing<T> {
  readonly kind: AzureType;
  /** KQL: the columns of a row. */
  readonly columns: string;
  readonly row: z.ZodType<T>;
}

/** What of a row tells where it belongs. */
interface Placed {
  readonly id: string;
  readonly subscription: string;
  readonly region: string;
}

/** Lots that are kept at a time for places that have not been asked for yet. */
const keptLots = 16;

export const SubscriptionId = z.guid().transform((id) => id.toLowerCase());

/** Azure spells `West Europe` and `westeurope`; it goes into queries and host names. */
export const Region = z
  .string()
  .transform((location) => location.toLowerCase().replaceAll(' ', ''))
  .pipe(z.string().regex(/^[a-z0-9]+$/, 'is not a region'));

const Count = z
  .object({ subscriptionId: SubscriptionId, location: Region, count_: z.int().nonnegative() })
  .transform(
    ({ subscriptionId: subscription, location: region, count_: count }): Place => ({ subscription, region, count }),
  );

export function createInventory<T extends Placed>(
  send: Send,
  baseUrl: string,
  subscriptions: readonly string[],
  { kind, columns, row }: Listing<T>,
): Inventory<T> {
  const select = `resources | where type =~ '${kind.armType}'`;
  let census: Promise<{ places: Place[]; lots: Lot[] }> | undefined;
  const kept = new Map<Lot, Promise<Map<string, T[]>>>();
  return {
    places: async (signal) => (await takeCensus(signal)).places,
    list,
  };

  async function* list(subscription: string, region: string, signal: AbortSignal) {
    const { lots } = await takeCensus(signal);
    const name = nameOf({ subscription, region });
    const lot = lots.find(({ places }) => places.some((place) => nameOf(place) === name));
    if (lot?.places.length === 1) yield* query(lot, signal);
    else if (lot !== undefined) yield await take(lot, name, signal);
  }

  /** Once a connection; a census that failed is taken again. */
  function takeCensus(signal: AbortSignal) {
    if (census !== undefined) return census;
    const taken = count(signal);
    census = taken;
    taken.catch(() => {
      if (census === taken) census = undefined;
    });
    return taken;
  }

  async function count(signal: AbortSignal) {
    const text = `${select} | summarize count() by subscriptionId, location | order by subscriptionId asc, location asc`;
    const places: Place[] = [];
    for (let at = 0; at < subscriptions.length; at += maxSubscriptionsPerQuery) {
      const some = subscriptions.slice(at, at + maxSubscriptionsPerQuery);
      for await (const page of queryGraph(send, baseUrl, { query: text, subscriptions: some, row: Count }, signal))
        places.push(...page);
    }
    return { places, lots: lotsOf(places, graphPageSize, maxSubscriptionsPerQuery) };
  }

  /** Each place takes its rows once: who asks again gets them anew. */
  async function take(lot: Lot, name: string, signal: AbortSignal): Promise<readonly T[]> {
    for (;;) {
      const known = kept.get(lot);
      const rows = known === undefined ? undefined : takeFrom(await known, name);
      if (rows !== undefined) return rows;
      if (kept.get(lot) === known) keep(lot, load(lot, signal));
    }
  }

  function keep(lot: Lot, loaded: Promise<Map<string, T[]>>): void {
    kept.delete(lot);
    kept.set(lot, loaded);
    loaded.catch(() => {
      if (kept.get(lot) === loaded) kept.delete(lot);
    });
    for (const oldest of kept.keys()) if (kept.size > keptLots) kept.delete(oldest);
  }

  async function load(lot: Lot, signal: AbortSignal): Promise<Map<string, T[]>> {
    // A place that has become empty since it was counted is one without rows, not one to ask for again.
    const rows = new Map<string, T[]>(lot.places.map((place) => [nameOf(place), []]));
    for await (const page of query(lot, signal)) for (const each of page) rows.get(nameOf(each))?.push(each);
    return rows;
  }

  /** Pages are not a snapshot: a resource may come on two of them. */
  async function* query({ subscriptions: some, regions }: Lot, signal: AbortSignal): AsyncGenerator<T[]> {
    const where =
      regions === undefined ? '' : ` | where location in~ (${regions.map((name) => `'${name}'`).join(', ')})`;
    const text = `${select}${where} | project ${columns} | order by id asc`;
    const seen = new Set<string>();
    for await (const page of queryGraph(send, baseUrl, { query: text, subscriptions: some, row }, signal)) {
      yield page.filter(({ id }) => !seen.has(idKey(id)) && seen.add(idKey(id)));
    }
  }
}

function takeFrom<T>(rows: Map<string, T[]>, name: string): T[] | undefined {
  const own = rows.get(name);
  rows.delete(name);
  return own;
}

function nameOf({ subscription, region }: Omit<Placed, 'id'>): string {
  return `${subscription}/${region}`;
}
