import { CollectError } from '#model/errors.ts';
import { type Fleet, noCost } from '#model/fleet.ts';
import { batchSize, pointsBatchSize, serverKind } from './catalog.ts';
import type { Cloud } from './clouds.ts';
import { fetchRequest } from './fetch.ts';
import type { Inventory } from './inventory.ts';
import { planRequests } from './plan.ts';
import type { Refusals } from './read-batch.ts';
import type { AzureRequest } from './request.ts';
import type { AzureResource } from './resource.ts';
import type { Send } from './send.ts';
import { type ServerRow, serverOf } from './servers.ts';
import { type SizeLookup, sizeKey } from './sizes.ts';
import { sourceOf } from './source.ts';

/** What the fleets of a connection share, and whether this one's subscription is shown to us. */
export interface FleetContext {
  readonly cloud: Cloud;
  readonly send: Send;
  readonly inventory: Inventory<ServerRow>;
  readonly sizes: SizeLookup;
  readonly isVisible: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One subscription. */
export function fleetOf(account: string, context: FleetContext): Fleet<AzureResource, AzureRequest, undefined> {
  const { cloud, send, inventory, isVisible, now } = context;
  const refusals: Refusals = new Map();
  return {
    provider: 'azure',
    account,
    isRegional: true,
    batchSize,
    pointsBatchSize,
    async regions(signal) {
      if (!isVisible) throw notVisible(account);
      const places = await inventory.places(signal);
      return places.flatMap(({ subscription, region }) => (subscription === account ? region : [])).sort();
    },
    resources: (region, types, signal) => listServers(account, region, types, context, signal),
    survey: async () => undefined,
    surveyCost: () => noCost,
    plan: (wants) => planRequests(wants, now()),
    join: (followUps) => followUps,
    fetch: (request, signal) =>
      fetchRequest(request, {
        send,
        subscription: account,
        resourceManager: cloud.resourceManager,
        metrics: cloud.metrics.replaceAll('{region}', request.region),
        refusals,
        signal,
      }),
    source: sourceOf,
  };
}

async function* listServers(
  account: string,
  region: string,
  types: readonly string[],
  { cloud, inventory, sizes, isVisible }: FleetContext,
  signal: AbortSignal,
): AsyncGenerator<AzureResource[]> {
  if (!types.includes(serverKind.id)) return;
  if (!isVisible) throw notVisible(account);
  for await (const rows of inventory.list(account, region, signal)) {
    const wanted = new Set(rows.flatMap(({ vmSize }) => (vmSize ? sizeKey(vmSize) : [])));
    const facts = await sizes(wanted, account, region, signal);
    yield rows.map((row) => serverOf(row, facts.get(sizeKey(row.vmSize ?? '')), cloud.portal));
  }
}

function notVisible(subscription: string): CollectError {
  return new CollectError('access_denied', 'Azure does not show this subscription to us', {
    where: subscription,
    fix: `give the roles: az role assignment create --assignee <client id> --role Reader --scope /subscriptions/${subscription}, and the same with "Monitoring Reader"`,
  });
}
