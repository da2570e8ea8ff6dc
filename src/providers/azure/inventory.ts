import { z } from 'zod';
import { graphPageSize, maxSubscriptionsPerQuery } from './catalog.ts';
import { type Lot, lotsOf, type Place } from './lots.ts';
import type { AzureType } from './native-metric.ts';
import { idKey } from './resource.ts';
import { queryGraph } from './resource-graph.ts';
import type { Send } from './send.ts';

/** The resources of one type in all subscriptions, in about as many queries as they fill pages: of one place, as pages. */
export type Inventory<T> = (subscription: string, region: string, signal: AbortSignal) => AsyncIterable<readonly T[]>;

export interface Listing<T> {
  readonly kind: AzureType;
  /** KQL: the columns of a row. */
  readonly columns: string;
  readonly row: z.ZodType<T>;
}

/** What of a row tells where it belongs. */
interface Placed {
  readonly id: string;
  readonly subscriptionId: string;
  readonly location: string;
}

/** Where there are resources of a type, and at most how many. */
export interface TypePlace extends Place {
  readonly armType: string;
}

/** Of all types in all subscriptions; the same as long as it holds. @throws CollectError */
export type Census = (signal: AbortSignal) => Promise<readonly TypePlace[]>;

/** Lots that are kept at a time for places that have not been asked for yet. */
const keptLots = 16;

export const SubscriptionId = z.guid().transform((id) => id.toLowerCase());

/** Azure spells `West Europe` and `westeurope`; it goes into queries and host names. */
export const Region = z
  .string()
  .transform((location) => location.toLowerCase().replaceAll(' ', ''))
  .pipe(z.string().regex(/^[a-z0-9]+$/, 'is not a region'));

/** @throws CollectError as it is listed */
export function createInventory<T extends Placed>(
  send: Send,
  baseUrl: string,
  census: Census,
  { kind, columns, row }: Listing<T>,
): Inventory<T> {
  const { armType, except } = kind;
  const select = `resources | where type =~ '${armType}'${except === undefined ? '' : ` | where not(${except})`}`;
  let dealt: { readonly by: unknown; readonly lots: readonly Lot[] } | undefined;
  const kept = new Map<Lot, Promise<Map<string, T[]>>>();
  return list;

  async function* list(subscription: string, region: string, signal: AbortSignal) {
    const lots = await dealLots(signal);
    const name = nameOf({ subscription, region });
    const lot = lots.find(({ places }) => places.some((place) => nameOf(place) === name));
    if (lot?.places.length === 1) yield* query(lot, signal);
    else if (lot !== undefined) yield await take(lot, name, signal);
  }

  /** Once a census: lots keep what was loaded. */
  async function dealLots(signal: AbortSignal): Promise<readonly Lot[]> {
    const places = await census(signal);
    if (dealt?.by !== places) {
      const own = places.flatMap(({ armType: type, ...place }) => (type === armType ? [place] : []));
      dealt = { by: places, lots: lotsOf(own, graphPageSize, maxSubscriptionsPerQuery) };
    }
    return dealt.lots;
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
    for await (const page of query(lot, signal))
      for (const each of page)
        rows.get(nameOf({ subscription: each.subscriptionId, region: each.location }))?.push(each);
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

function nameOf({ subscription, region }: Omit<Place, 'count'>): string {
  return `${subscription}/${region}`;
}
