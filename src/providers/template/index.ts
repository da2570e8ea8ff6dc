import { type Fleet, noCost } from '#model/fleet.ts';
import { type ConnectContext, type Connection, defineProvider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { askAs } from './ask.ts';
import { limits, resourceTypes, serversPerCall } from './catalog.ts';
import { listServers } from './discover.ts';
import { fetchRequest } from './fetch.ts';
import { facts } from './permissions.ts';
import { type PlannedRequest, planRequests } from './plan.ts';
import { parseSecret } from './secret.ts';

/** Template Cloud: virtual servers, measured by its own daily figures. */
export const templateCloud = defineProvider({
  id: 'template_cloud',
  name: 'Template Cloud',
  types: resourceTypes,
  statistics: ['avg', 'max', 'min'],
  regionForm: /^[a-z]+(-\d+)?$/,
  metricApi: 'template_cloud:metrics',
  limits,
  ...facts,
  parseSecret,
  connect,
});

async function connect(input: unknown, { gate, signal: connectSignal }: ConnectContext): Promise<Connection> {
  const secret = parseSecret(input);
  const ask = askAs(secret, gate);
  const { account } = await ask.account(connectSignal);
  const fleet: Fleet<Resource, PlannedRequest, undefined> = {
    provider: 'template_cloud',
    account,
    isRegional: false,
    batchSize: 10 * serversPerCall,
    regions: async () => ['global'],
    async *resources(_region, types, signal) {
      if (types.includes(serverType)) yield* listServers(ask, account, signal);
    },
    survey: async () => undefined,
    surveyCost: () => noCost,
    plan: planRequests,
    join: (followUps) => followUps,
    fetch: (request, signal) => fetchRequest(ask, request, account, signal),
    source: () => ({ source: 'Template Cloud cpu', period: 86_400 }),
  };
  return { principal: account, fleets: [fleet], close: () => {} };
}
