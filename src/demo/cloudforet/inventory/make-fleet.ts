import { draw, hashText, hex8, pick } from '../../fleet/hash.ts';
import type { CloudSecret, CloudServer, Provider } from './server.ts';

/** What fleet to invent. Rates are shares of the servers, 0 to 1. */
export interface FleetOptions {
  readonly servers: number;
  /** Default: all three. */
  readonly providers?: readonly Provider[];
  /** Of each provider. Default 2. */
  readonly accountsPerProvider?: number;
  /** Of each account. Default 2, at most 4. */
  readonly regionsPerAccount?: number;
  /** Servers whose collector has written no `data.compute.account`. Default 0. */
  readonly withoutAccountRate?: number;
  /** Servers with an empty `data`. Default 0. */
  readonly withoutDataRate?: number;
  /** Default 0.1. */
  readonly stoppedRate?: number;
  /** Accounts are dealt to them in turn. Default: the platform's first. */
  readonly workspaceIds?: readonly string[];
  /** 32-bit integer that decides all that is invented. Default 1. */
  readonly seed?: number;
}

export interface Fleet {
  readonly servers: readonly CloudServer[];
  /** One of each account. */
  readonly secrets: readonly CloudSecret[];
}

interface Account {
  readonly provider: Provider;
  readonly id: string;
  readonly name: string;
  readonly secretId: string;
  readonly workspaceId: string | undefined;
}

const regions = {
  aws: ['ap-northeast-2', 'us-east-1', 'eu-west-1', 'us-west-2'],
  google_cloud: ['asia-northeast3', 'us-central1', 'europe-west1', 'us-west1'],
  azure: ['koreacentral', 'eastus', 'westeurope', 'westus2'],
} as const satisfies Record<Provider, readonly string[]>;

const instanceTypes = {
  aws: ['m5.large', 'c6i.xlarge', 'r5.2xlarge', 't2.micro'],
  google_cloud: ['n2-standard-2', 'e2-medium', 'c3-standard-4'],
  azure: ['Standard_D2s_v5', 'Standard_B2ms', 'Standard_E4s_v5'],
} as const satisfies Record<Provider, readonly string[]>;

const sizes = [
  { cores: 2, memoryGib: 8 },
  { cores: 4, memoryGib: 16 },
  { cores: 8, memoryGib: 64 },
] as const;

/** Servers dealt evenly to providers, accounts and regions; equal options give equal fleets. */
export function makeFleet(options: FleetOptions): Fleet {
  const { accountsPerProvider = 2, regionsPerAccount = 2, workspaceIds } = options;
  const providers = options.providers ?? ['aws', 'google_cloud', 'azure'];
  const accounts = Array.from({ length: accountsPerProvider * providers.length }, (_, index): Account => {
    const number = Math.floor(index / providers.length) + 1;
    return makeAccount(deal(providers, index), number, workspaceIds && deal(workspaceIds, index));
  });
  return {
    secrets: accounts.map(secretOf),
    servers: Array.from({ length: options.servers }, (_, index) => {
      const account = deal(accounts, index);
      const places = regions[account.provider].slice(0, regionsPerAccount);
      return makeServer(account, deal(places, Math.floor(index / accounts.length)), index, options);
    }),
  };
}

function deal<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length];
  if (item === undefined) throw new RangeError('nothing to deal');
  return item;
}

function makeAccount(provider: Provider, number: number, workspaceId: string | undefined): Account {
  const digits = String(number).padStart(4, '0');
  const ids = {
    aws: `32000000${digits}`,
    google_cloud: `demo-project-${digits}`,
    azure: `00000000-0000-4000-8000-00000000${digits}`,
  } as const satisfies Record<Provider, string>;
  return { provider, id: ids[provider], name: `demo-${digits}`, secretId: `secret-${provider}-${digits}`, workspaceId };
}

function secretOf({ provider, id, secretId, workspaceId }: Account): CloudSecret {
  const secrets = {
    aws: {
      schema: 'aws_access_key',
      data: { aws_access_key_id: `AKIADEMO${id}`, aws_secret_access_key: 'demoSecretThatOpensNothing' },
    },
    google_cloud: {
      schema: 'google_oauth2_credentials',
      data: { project_id: id, client_email: `reader@${id}.iam.gserviceaccount.com`, private_key: 'opens nothing' },
    },
    azure: {
      schema: 'azure_client_secret',
      data: { subscription_id: id, tenant_id: 'demo-tenant', client_id: 'demo-client', client_secret: 'opens nothing' },
    },
  } as const satisfies Record<Provider, Pick<CloudSecret, 'schema' | 'data'>>;
  return {
    secretId,
    provider,
    ...secrets[provider],
    serviceAccountId: `sa-${provider}-${id}`,
    ...(workspaceId === undefined ? {} : { workspaceId }),
  };
}

function makeServer(account: Account, region: string, index: number, options: FleetOptions): CloudServer {
  const { withoutAccountRate = 0, withoutDataRate = 0, stoppedRate = 0.1, seed = 1 } = options;
  const luck = (purpose: string) => draw(hashText(seed, purpose), index);
  const name = `${account.name}-${String(index).padStart(5, '0')}`;
  const { provider } = account;
  const lacks = luck('data') < withoutDataRate ? 'data' : luck('account') < withoutAccountRate ? 'compute.account' : '';
  return {
    provider,
    account: account.id,
    accountName: provider === 'azure' ? account.name : account.id,
    region,
    ...idsOf(account, region, name, index, seed),
    name,
    state: luck('state') < stoppedRate ? stoppedStates[provider] : 'RUNNING',
    instanceType: pick(instanceTypes[provider], seed, index),
    ...pick(sizes, seed, index),
    tags: { Name: name, 'cost.center': deal(['pay', 'core', 'data'], index) },
    secretId: account.secretId,
    projectId: `project-${account.id}`,
    ...(account.workspaceId === undefined ? {} : { workspaceId: account.workspaceId }),
    ...(lacks === '' ? {} : { lacks }),
  };
}

const stoppedStates = {
  aws: 'STOPPED',
  google_cloud: 'TERMINATED',
  azure: 'DEALLOCATED',
} as const satisfies Record<Provider, string>;

function idsOf(
  { provider, id }: Account,
  region: string,
  name: string,
  index: number,
  seed: number,
): Pick<CloudServer, 'resourceId' | 'instanceId'> {
  if (provider === 'aws') return { resourceId: `i-0${hex8(hashText(seed, `instance ${index}`))}${hex8(index)}` };
  if (provider === 'google_cloud') {
    const zone = `https://www.googleapis.com/compute/v1/projects/${id}/zones/${region}-a`;
    return { resourceId: `${zone}/instances/${name}`, instanceId: String(4_000_000_000_000_000_000n + BigInt(index)) };
  }
  const group = `/subscriptions/${id}/resourceGroups/Fleet-${region}`;
  return { resourceId: `${group}/providers/Microsoft.Compute/virtualMachines/${name}` };
}
