import type { Fleet } from '#model/fleet.ts';
import { type ConnectContext, type Connection, defineProvider } from '#model/provider.ts';
import { statistics } from '#model/statistic.ts';
import type { AgentIndex } from './agent-index.ts';
import { agentSurveyCost, listAgents } from './agents.ts';
import { batchSize, limits, resourceTypes } from './catalog.ts';
import { createClients } from './clients.ts';
import { listRegions, listServers } from './discover.ts';
import { fetchRequest } from './fetch.ts';
import { accountOf } from './identity.ts';
import { createTypeLookup } from './instance-types.ts';
import { joinRequests } from './join.ts';
import { type AwsRequest, planRequests } from './plan.ts';
import { checkEnvironment, parseSecret } from './secret.ts';
import { createSend } from './send.ts';
import type { Ec2Server } from './server.ts';
import { sourceOf } from './source.ts';

/** Amazon Web Services: EC2 instances, measured by CloudWatch. */
export const aws = defineProvider({
  id: 'aws',
  name: 'Amazon Web Services',
  types: resourceTypes,
  statistics,
  regionForm: /^[a-z]{2}(-[a-z]+)+-\d$/,
  metricApi: 'cloudwatch:GetMetricData',
  limits,
  parseSecret,
  connect,
});

async function connect(input: unknown, { gate, now, signal: connectSignal }: ConnectContext): Promise<Connection> {
  checkEnvironment(process.env);
  const secret = parseSecret(input);
  const clients = createClients(secret);
  const account = await accountOf(clients.sts(), createSend(gate, 'unknown'), secret.homeRegion, connectSignal);
  const send = createSend(gate, account);
  const discovery = { account, send, clientOf: clients.ec2, lookUpTypes: createTypeLookup(clients.ec2, send) };
  const fleet: Fleet<Ec2Server, AwsRequest, AgentIndex> = {
    provider: 'aws',
    account,
    isRegional: true,
    batchSize,
    regions: (signal) => listRegions(discovery, secret.homeRegion, signal),
    resources: (region, _types, signal) => listServers(discovery, region, signal),
    survey: (region, signal) => listAgents(clients.cloudwatch(region), send, region, signal),
    surveyCost: agentSurveyCost,
    plan: (wants, agents) => planRequests(wants, agents, now()),
    join: joinRequests,
    fetch: (request, signal) => {
      const { region, days } = request;
      return fetchRequest(request, { client: clients.cloudwatch(region), send, account, region, days, signal }, now());
    },
    source: sourceOf,
  };
  return { principal: account, fleets: [fleet], close: clients.close };
}
