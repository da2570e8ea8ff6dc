import { z } from 'zod';
import { maxSubscriptionsPerQuery } from './catalog.ts';
import { type Census, Region, SubscriptionId, type TypePlace } from './inventory.ts';
import { queryGraph } from './resource-graph.ts';
import type { Send } from './send.ts';
import { resourceTypes } from './types.ts';

const Count = z
  .object({ type: z.string(), subscriptionId: SubscriptionId, location: Region, count_: z.int().nonnegative() })
  .transform(
    ({ type, subscriptionId: subscription, location: region, count_: count }): TypePlace => ({
      armType: type.toLowerCase(),
      subscription,
      region,
      count,
    }),
  );

const types = resourceTypes.map(({ armType }) => `'${armType}'`).join(', ');
const query = `resources | where type in~ (${types}) | summarize count() by type, subscriptionId, location | order by subscriptionId asc, location asc, type asc`;

/** Once a connection; a census that failed is taken again. */
export function createCensus(send: Send, baseUrl: string, subscriptions: readonly string[]): Census {
  let census: Promise<TypePlace[]> | undefined;
  return (signal) => {
    if (census !== undefined) return census;
    const taken = count(signal);
    census = taken;
    taken.catch(() => {
      if (census === taken) census = undefined;
    });
    return taken;
  };

  async function count(signal: AbortSignal): Promise<TypePlace[]> {
    const places: TypePlace[] = [];
    for (let at = 0; at < subscriptions.length; at += maxSubscriptionsPerQuery) {
      const some = subscriptions.slice(at, at + maxSubscriptionsPerQuery);
      for await (const page of queryGraph(send, baseUrl, { query, subscriptions: some, row: Count }, signal))
        places.push(...page);
    }
    return places;
  }
}
