import { type Fleet, noCost } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import type { AskContext } from './ask.ts';
import type { ServerQuery } from './dialect.ts';
import { fetchRequest } from './fetch.ts';
import { listServers } from './list-servers.ts';
import { joinRequests, planRequests } from './plan.ts';
import { PlatformServer } from './platform-server.ts';
import type { PlatformRequest } from './request.ts';
import { sourceOf } from './source.ts';

/** Servers that are planned together: four full chunks of 2.x. */
const batchSize = 800;

/**
 * A provider's servers, of all accounts and regions, as the platform knows them. An answer is one cell for the whole window,
 * under its first day: the platform's API does not tell which day a point is of where days are missing.
 *
 * Servers that their cloud has terminated are not told to 2.x, which would keep them for as long as somebody does.
 *
 * @param query which of them
 */
export function platformFleet(
  query: Pick<ServerQuery, 'accounts' | 'regions'>,
  context: AskContext,
): Fleet<PlatformServer, PlatformRequest, undefined> {
  const { provider, reading, dialect } = context;
  const metrics = reading.knowsMemory ? serverMetricKeys : reading.keysOf(provider);
  return {
    provider: provider.id,
    account: '',
    isRegional: false,
    batchSize,
    regions: async () => ['global'],
    async *resources(_region, _types, signal) {
      for await (const rows of listServers(dialect, { provider, ...query }, signal)) {
        const servers = rows.map((row) => new PlatformServer(row, provider, metrics, reading.knowsMemory));
        yield dialect.generation === 'v1' ? servers : servers.filter(({ state }) => state !== 'TERMINATED');
      }
    },
    survey: async () => undefined,
    surveyCost: () => noCost,
    plan: (wants) => planRequests(wants, context),
    join: (followUps) => joinRequests(followUps, context),
    fetch: (request, signal) => fetchRequest(request, context, signal),
    source: (server, key) => sourceOf(server, key, context),
  };
}
