import type { Fleet } from '#model/fleet.ts';
import { noCost } from '#model/fleet.ts';
import { type ConnectContext, type Connection, defineProvider } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { createApi } from './api.ts';
import { batchSize, limits, resourceTypes } from './catalog.ts';
import { listServers } from './discover.ts';
import { expiryOf } from './expiry.ts';
import { fetchRequest } from './fetch.ts';
import { parseMatchers } from './matchers.ts';
import { metricTable } from './metric-table.ts';
import { type PrometheusRequest, planRequests } from './plan.ts';
import { createPost } from './post.ts';
import { accountOf, parseSecret, secretsOf } from './secret.ts';
import type { PrometheusServer } from './server.ts';
import { sourceOf } from './source.ts';

/** Prometheus and what speaks its API: servers of one's own, of OpenStack and of Kubernetes, by the exporters that tell of them. */
export const prometheus = defineProvider({
  id: 'prometheus',
  name: 'Prometheus',
  types: resourceTypes,
  statistics,
  regionForm: /^\S+$/,
  metricApi: 'prometheus:query_range',
  limits,
  prices: [],
  permissions: [],
  metricTable,
  parseSecret,
  expiry: async (secret) => expiryOf(parseSecret(secret)),
  connect,
});

async function connect(input: unknown, { gate, signal: connectSignal }: ConnectContext): Promise<Connection> {
  const secret = parseSecret(input);
  const account = accountOf(secret);
  const matchers = parseMatchers(secret.match) ?? [];
  const post = createPost(secret);
  const api = createApi({ post, gate, account, secrets: secretsOf(secret) });
  try {
    await api.time(connectSignal);
  } catch (caught) {
    post.close();
    throw caught;
  }
  const { keyLabels, lookbackDays } = secret;
  const fleet: Fleet<PrometheusServer, PrometheusRequest, undefined> = {
    provider: 'prometheus',
    account,
    isRegional: false,
    batchSize,
    regions: async () => ['global'],
    resources: async function* (_region, types, signal) {
      if (!types.includes(serverType)) return;
      const at = await api.time(signal);
      const context = { api, account, matchers, keyLabels, lookbackDays, at, signal };
      const places = { region: secret.regionLabel, zone: secret.zoneLabel, name: secret.nameLabel };
      yield* listServers(context, places);
    },
    survey: async () => undefined,
    surveyCost: () => noCost,
    plan: (wants) => planRequests(wants),
    join: (followUps) => followUps,
    fetch: (request, signal) => fetchRequest(request, { api, account, matchers, signal }),
    source: sourceOf,
  };
  return {
    principal: secret.auth.kind === 'basic' ? `${secret.auth.username}@${account}` : account,
    fleets: [fleet],
    close: () => post.close(),
  };
}
