import { CollectError } from '#model/errors.ts';
import { type Fleet, noCost } from '#model/fleet.ts';
import { batchSize, pointsBatchSize } from './catalog.ts';
import type { Cloud } from './clouds.ts';
import type { Discovery } from './discovery.ts';
import { fetchRequest } from './fetch.ts';
import { planRequests } from './plan.ts';
import type { Refusals } from './read-batch.ts';
import type { AzureRequest } from './request.ts';
import type { AzureResource } from './resource.ts';
import type { Send } from './send.ts';
import { sourceOf } from './source.ts';

/** What the fleets of a connection share, and whether this one's subscription is shown to us. */
export interface FleetContext {
  readonly cloud: Cloud;
  readonly send: Send;
  readonly discovery: Discovery;
  readonly isVisible: boolean;
  /** What the owner of the subscription calls it. */
  readonly name: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One subscription. */
export function fleetOf(account: string, context: FleetContext): Fleet<AzureResource, AzureRequest, undefined> {
  const { cloud, send, discovery, isVisible, name, now } = context;
  const refusals: Refusals = new Map();
  return {
    provider: 'azure',
    account,
    ...(name === undefined ? {} : { name }),
    isRegional: true,
    batchSize,
    pointsBatchSize,
    async regions(signal) {
      if (!isVisible) throw notVisible(account);
      return discovery.regions(account, signal);
    },
    async *resources(region, types, signal) {
      if (!isVisible) throw notVisible(account);
      yield* discovery.resources(account, region, types, signal);
    },
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

function notVisible(subscription: string): CollectError {
  return new CollectError('access_denied', 'Azure does not show this subscription to us', {
    where: subscription,
    fix: `give the roles: az role assignment create --assignee <client id> --role Reader --scope /subscriptions/${subscription}, and the same with "Monitoring Reader"`,
  });
}
