import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Send } from './send.ts';
import { nextPage } from './subscriptions.ts';

export interface SizeFacts {
  readonly vcpus: number;
  readonly memoryBytes: number;
}

/**
 * Facts of sizes, by `sizeKey`. A size is the same everywhere, so a region's list is asked for only where a size has not been
 * met yet. One that no list has, or that may not be read, is absent.
 */
export type SizeLookup = (
  sizes: ReadonlySet<string>,
  subscription: string,
  region: string,
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, SizeFacts>>;

const Page = z.object({
  value: z.array(
    z.object({
      resourceType: z.string().optional(),
      name: z.string().optional(),
      capabilities: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    }),
  ),
  nextLink: z.string().nullish(),
});
type Sku = z.infer<typeof Page>['value'][number];

export function sizeKey(size: string): string {
  return size.toLowerCase();
}

export function createSizeLookup(send: Send, baseUrl: string): SizeLookup {
  const known = new Map<string, SizeFacts>();
  const listed = new Map<string, Promise<void>>();
  return async (sizes, subscription, region, signal) => {
    const isMissing = () => [...sizes].some((size) => !known.has(size));
    // What another subscription was told of this region is nearly always enough.
    const name = `${subscription}/${region}`;
    for (const asked of [region, name]) {
      if (isMissing() && listed.get(asked) !== undefined) await listed.get(asked);
    }
    if (isMissing() && !listed.has(name)) {
      const listing = list(subscription, region, signal);
      for (const asked of [region, name]) listed.set(asked, listing);
      listing.catch(() => {
        for (const asked of [region, name]) if (listed.get(asked) === listing) listed.delete(asked);
      });
      await listing;
    }
    return known;
  };

  async function list(subscription: string, region: string, signal: AbortSignal): Promise<void> {
    const filter = encodeURIComponent(`location eq '${region}'`);
    let url: string | undefined =
      `${baseUrl}/subscriptions/${subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=${filter}`;
    try {
      while (url !== undefined) {
        const { value, nextLink }: z.infer<typeof Page> = await send(
          {
            call: { api: 'compute:skus', account: subscription, region },
            url,
            audience: 'resourceManager',
            reply: Page,
          },
          signal,
        );
        for (const [size, facts] of value.flatMap(factsOf)) known.set(size, facts);
        url = nextLink ? nextPage(nextLink, baseUrl) : undefined;
      }
    } catch (caught) {
      if (CollectError.from(caught).code !== 'access_denied') throw caught;
    }
  }
}

function factsOf({ resourceType, name, capabilities }: Sku): [string, SizeFacts][] {
  if (resourceType?.toLowerCase() !== 'virtualmachines' || name === undefined) return [];
  const capability = (wanted: string) => Number(capabilities?.find((each) => each.name === wanted)?.value);
  // Sizes with fewer cores for the same memory: what is there, and what of it can be used.
  const vcpus = capability('vCPUsAvailable') || capability('vCPUs');
  const memoryBytes = capability('MemoryGB') * 2 ** 30;
  return vcpus > 0 && memoryBytes > 0 ? [[sizeKey(name), { vcpus, memoryBytes }]] : [];
}
