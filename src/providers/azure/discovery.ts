import { CollectError } from '#model/errors.ts';
import { createCensus } from './census.ts';
import type { Cloud } from './clouds.ts';
import { databaseListing, databaseOf } from './databases.ts';
import { diskListing, diskOf } from './disks.ts';
import { createInventory, type Inventory } from './inventory.ts';
import type { AzureResource } from './resource.ts';
import { scaleSetListing, scaleSetOf } from './scale-sets.ts';
import type { Send } from './send.ts';
import { serverListing, serverOf } from './servers.ts';
import { createSizeLookup, sizeKey } from './sizes.ts';
import { databaseKind, diskKind, scaleSetKind, serverKind } from './types.ts';

/** What there is in the subscriptions that are shown to us, whoever asks. */
export interface Discovery {
  /** Where there is a resource of any type. @throws CollectError */
  regions(subscription: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Type by type. @throws CollectError the first one, after the pages of all types that could be listed */
  resources(
    subscription: string,
    region: string,
    types: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<readonly AzureResource[]>;
}

export function createDiscovery(send: Send, { resourceManager, portal }: Cloud, subscriptions: readonly string[]) {
  const census = createCensus(send, resourceManager, subscriptions);
  const sizes = createSizeLookup(send, resourceManager);
  const servers = createInventory(send, resourceManager, census, serverListing);
  const databases = createInventory(send, resourceManager, census, databaseListing);
  const disks = createInventory(send, resourceManager, census, diskListing);
  const scaleSets = createInventory(send, resourceManager, census, scaleSetListing);
  const listings: readonly { readonly type: string; readonly list: Inventory<AzureResource> }[] = [
    { type: serverKind.id, list: listServers },
    { type: databaseKind.id, list: (...place) => each(databases(...place), (row) => databaseOf(row, portal)) },
    { type: diskKind.id, list: (...place) => each(disks(...place), (row) => diskOf(row, portal)) },
    { type: scaleSetKind.id, list: (...place) => each(scaleSets(...place), (row) => scaleSetOf(row, portal)) },
  ];
  return { regions, resources } satisfies Discovery;

  async function regions(subscription: string, signal: AbortSignal) {
    const places = await census(signal);
    const own = places.flatMap((place) => (place.subscription === subscription ? place.region : []));
    return [...new Set(own)].sort();
  }

  async function* resources(subscription: string, region: string, types: readonly string[], signal: AbortSignal) {
    let failure: CollectError | undefined;
    for (const { list } of listings.filter(({ type }) => types.includes(type))) {
      try {
        yield* list(subscription, region, signal);
      } catch (caught) {
        const error = CollectError.from(caught);
        if (error.code === 'cancelled') throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  async function* listServers(subscription: string, region: string, signal: AbortSignal) {
    for await (const rows of servers(subscription, region, signal)) {
      const wanted = new Set(rows.flatMap(({ vmSize }) => (vmSize ? sizeKey(vmSize) : [])));
      const facts = await sizes(wanted, subscription, region, signal);
      yield rows.map((row) => serverOf(row, facts.get(sizeKey(row.vmSize ?? '')), portal));
    }
  }
}

async function* each<T>(
  pages: AsyncIterable<readonly T[]>,
  resourceOf: (row: T) => AzureResource,
): AsyncGenerator<readonly AzureResource[]> {
  for await (const rows of pages) yield rows.map(resourceOf);
}
