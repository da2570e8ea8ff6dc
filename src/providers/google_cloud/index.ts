import { type Fleet, noCost } from '#model/fleet.ts';
import { type ConnectContext, type Connection, defineProvider } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { AgentIndex, agentSurveyCost, findAgents } from './agents.ts';
import { batchSize, limits, pointsBatchSize, resourceTypes } from './catalog.ts';
import { openCredentials } from './credentials.ts';
import { listResources } from './discover.ts';
import { fetchRequest } from './fetch.ts';
import { keyExpiry } from './key-expiry.ts';
import { createTypeLookup, type TypeLookup } from './machine-types.ts';
import { facts } from './permissions.ts';
import { type GoogleRequest, planRequests } from './plan.ts';
import { type Project, projectsOf } from './projects.ts';
import type { GoogleResource } from './resource.ts';
import { createRest, limitBodies, type RestContext } from './rest.ts';
import { endpointsIn, parseSecret } from './secret.ts';
import { sourceOf } from './source.ts';

/** Google Cloud: Compute Engine instances, their disks and Cloud SQL, measured by Cloud Monitoring. */
export const googleCloud = defineProvider({
  id: 'google_cloud',
  name: 'Google Cloud',
  types: resourceTypes,
  statistics,
  regionForm: /^[a-z]+-[a-z]+\d+$/,
  metricApi: 'monitoring:timeSeries.list',
  limits,
  ...facts,
  parseSecret,
  expiry: (secret, context) => keyExpiry(parseSecret(secret), context),
  connect,
});

async function connect(input: unknown, { gate, now, signal }: ConnectContext): Promise<Connection> {
  const secret = parseSecret(input);
  const endpoints = endpointsIn(secret);
  const credentials = await gate.send(
    { api: 'oauth2:token', account: 'unknown', region: 'global' },
    (trySignal) => openCredentials(secret, endpoints, now, trySignal),
    signal,
  );
  const { principal, headersOf } = credentials;
  const bodies = limitBodies();
  const rest = createRest({ gate, account: principal, endpoints, headersOf, bodies });
  const projects = await projectsOf(secret.projects, credentials, rest, signal);
  const shared = { gate, endpoints, headersOf, bodies, now, lookUpTypes: createTypeLookup() };
  const { scopingProject } = secret;
  const fleets =
    scopingProject === undefined
      ? projects.map((project) => fleetOf(shared, project.id, [project], false))
      : [fleetOf(shared, scopingProject, projects, true)];
  return { principal, fleets, close: () => {} };
}

interface Shared extends Omit<RestContext, 'account'> {
  readonly now: () => number;
  readonly lookUpTypes: TypeLookup;
}

/** @param account the project that is asked for metrics, and whose limits count */
function fleetOf(
  { now, lookUpTypes, ...shared }: Shared,
  account: string,
  projects: readonly Project[],
  scoped: boolean,
): Fleet<GoogleResource, GoogleRequest, AgentIndex> {
  const rest = createRest({ ...shared, account });
  const series = (signal: AbortSignal) => ({ rest, project: account, scoped, signal });
  let surveyed: AgentIndex | undefined;
  return {
    provider: 'google_cloud',
    account,
    ...(scoped ? { accounts: projects.map(({ id }) => id) } : {}),
    isRegional: false,
    batchSize,
    pointsBatchSize,
    regions: async () => ['global'],
    resources: (_, types, signal) => listResources({ rest, lookUpTypes, projects, scoped, signal }, types),
    async survey(_, signal, types = [serverType]) {
      surveyed = types.includes(serverType) ? await findAgents(series(signal), now()) : new AgentIndex([], scoped);
      return surveyed;
    },
    surveyCost: (resources, types = [serverType]) => (types.includes(serverType) ? agentSurveyCost(resources) : noCost),
    plan: (wants, agents) => planRequests(wants, agents, now()),
    join: (followUps) => followUps,
    fetch: (request, signal) => fetchRequest(request, series(signal)),
    source: (resource, key) => sourceOf(resource, key, surveyed),
  };
}
