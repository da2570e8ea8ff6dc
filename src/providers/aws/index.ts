import type { Fleet } from '#model/fleet.ts';
import { type ConnectContext, type Connection, defineProvider } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { batchSize, limits } from './catalog.ts';
import { createClients } from './clients.ts';
import { listRegions } from './discover.ts';
import { fetchRequest } from './fetch.ts';
import { accountOf } from './identity.ts';
import { createTypeLookup } from './instance-types.ts';
import { joinRequests } from './join.ts';
import { facts } from './permissions.ts';
import { type AwsRequest, planRequests } from './plan.ts';
import type { AwsResource } from './resource.ts';
import { listResources } from './resources.ts';
import { roleSetup } from './role-setup.ts';
import { checkEnvironment, keyHint, parseSecret } from './secret.ts';
import { createSend } from './send.ts';
import { sessionExpiry } from './session-expiry.ts';
import { sourceOf } from './source.ts';
import { type Survey, surveyCost, surveyRegion } from './survey.ts';
import { resourceTypes } from './types.ts';

/** Amazon Web Services: EC2 instances and what else `types.ts` lists, measured by CloudWatch. */
export const aws = defineProvider({
  id: 'aws',
  name: 'Amazon Web Services',
  types: resourceTypes,
  statistics,
  regionForm: /^[a-z]{2}(-[a-z]+)+-\d$/,
  metricApi: 'cloudwatch:GetMetricData',
  limits,
  ...facts,
  parseSecret,
  keyHint,
  expiry: async (secret) => sessionExpiry(parseSecret(secret), process.env),
  roleSetup,
  connect,
});

async function connect(input: unknown, { gate, now, signal: connectSignal }: ConnectContext): Promise<Connection> {
  checkEnvironment(process.env);
  const secret = parseSecret(input);
  const clients = createClients(secret);
  const sendAnonymous = createSend(gate, 'unknown');
  const call = { api: 'sts:AssumeRole', region: secret.homeRegion } as const;
  if (secret.assume.length > 0) await sendAnonymous(call, clients.assumeRoles, connectSignal);
  const account = await accountOf(clients.sts(), sendAnonymous, secret.homeRegion, connectSignal);
  const send = createSend(gate, account);
  const discovery = { account, clients, send, lookUpTypes: createTypeLookup(clients.ec2, send) };
  const fleet: Fleet<AwsResource, AwsRequest, Survey> = {
    provider: 'aws',
    account,
    isRegional: true,
    batchSize,
    regions: (signal) => listRegions(discovery, secret.homeRegion, signal),
    resources: (region, types, signal) => listResources({ ...discovery, region, signal }, types),
    survey: (region, signal, types = [serverType]) =>
      surveyRegion(clients.cloudwatch(region), send, region, types, signal),
    surveyCost: (resources, types = [serverType]) => surveyCost(resources, types),
    plan: (wants, survey) => planRequests(wants, survey, now()),
    join: joinRequests,
    fetch: (request, signal) => {
      const { region, days } = request;
      return fetchRequest(request, { client: clients.cloudwatch(region), send, account, region, days, signal }, now());
    },
    source: sourceOf,
  };
  return { principal: account, fleets: [fleet], close: clients.close };
}
