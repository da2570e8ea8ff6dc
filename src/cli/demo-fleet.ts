import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { demoAccounts, type SimAccount } from '../demo/aws/accounts.ts';
import { demoTenants, type SimTenant } from '../demo/azure/tenants.ts';
import { demoProjects, type SimProject } from '../demo/google/projects.ts';
import { resized } from './demo-size.ts';

/** A way into a simulated cloud. */
export interface DemoDoor {
  readonly provider: string;
  readonly name: string;
  /** Whom it lets in, in the cloud's own words. */
  readonly account: string;
  /** What the provider's `parseSecret` takes. */
  readonly secret: unknown;
}

export interface DemoFleet extends AsyncDisposable {
  readonly doors: readonly DemoDoor[];
}

/** 1,240 servers on three clouds, of which some come and go; in each of them a place refuses its metrics. */
const usual = {
  aws: [
    { 'us-east-1': 190, 'eu-west-1': 110, 'ap-northeast-2': 90, 'us-west-2': 70 },
    { 'us-east-1': 60, 'eu-west-1': 50, 'ap-southeast-1': 30, 'eu-central-1': 20 },
  ],
  google: [
    { 'us-central1-a': 80, 'europe-west1-b': 70, 'asia-northeast3-a': 50 },
    { 'us-central1-a': 60, 'europe-west4-a': 40 },
    { 'us-west1-b': 20 },
  ],
  azure: [
    { eastus: 120, westeurope: 80, koreacentral: 40 },
    { eastus: 30, southeastasia: 20, germanywestcentral: 10 },
  ],
} as const;

const Aws = z.object({ url: z.url() });
const Google = z.object({
  url: z.url(),
  credentials: z.object({ serviceAccount: z.looseObject({ client_email: z.string() }) }),
});
const Azure = z.object({
  url: z.url(),
  credentials: z.array(z.object({ tenantId: z.string(), clientId: z.string(), clientSecret: z.string().optional() })),
});

/**
 * Starts the simulated clouds, each in a thread of its own: they take no time from the run, and go with this process however that ends.
 *
 * @param size servers in all; nothing is kept of each, so any number takes the same memory
 */
export async function startDemoFleet(size?: number): Promise<DemoFleet> {
  const servers = size === undefined ? usual : resized(usual, size);
  const accounts: readonly SimAccount[] = withServers(demoAccounts, servers.aws, 'regions');
  const projects: readonly SimProject[] = withServers(demoProjects, servers.google, 'zones');
  const tenants: readonly SimTenant[] = demoTenants.map((tenant) => ({
    ...tenant,
    subscriptions: withServers(tenant.subscriptions, servers.azure, 'regions'),
  }));
  const [aws, google, azure] = await Promise.all([
    startCloud('aws', { accounts }, Aws),
    startCloud('google', { projects }, Google),
    startCloud('azure', { tenants }, Azure),
  ]);
  return {
    doors: [...awsDoors(accounts, aws.ready), ...googleDoors(google.ready), ...azureDoors(azure.ready)],
    [Symbol.asyncDispose]: async () => {
      await Promise.all([aws, google, azure].map(({ worker }) => worker.terminate()));
    },
  };
}

function withServers<T extends object, Field extends string>(
  places: readonly T[],
  counts: readonly Readonly<Record<string, number>>[],
  field: Field,
) {
  return places.map((place, at) => ({ ...place, [field]: counts[at] ?? {} }));
}

async function startCloud<T>(name: string, workerData: object, schema: z.ZodType<T>) {
  const worker = new Worker(new URL(`../demo/${name}/worker.ts`, import.meta.url), { workerData });
  const [message] = await once(worker, 'message');
  return { worker, ready: schema.parse(message) };
}

function awsDoors(accounts: readonly SimAccount[], { url: endpoint }: z.infer<typeof Aws>): DemoDoor[] {
  return accounts.map(({ id, name, accessKeyId, secretAccessKey }) => ({
    provider: 'aws',
    name,
    account: id,
    secret: { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint },
  }));
}

function googleDoors({ url: endpoint, credentials: { serviceAccount: key } }: z.infer<typeof Google>): DemoDoor[] {
  return [
    {
      provider: 'google_cloud',
      name: 'demo-google',
      account: key.client_email,
      secret: { from: { kind: 'service_account', key }, endpoint },
    },
  ];
}

function azureDoors({ url, credentials }: z.infer<typeof Azure>): DemoDoor[] {
  const endpoints = { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` };
  return credentials.slice(0, 1).map(({ tenantId, clientId, clientSecret }) => ({
    provider: 'azure',
    name: 'demo-azure',
    account: `${clientId}@${tenantId}`,
    secret: { from: { kind: 'client_secret', tenantId, clientId, clientSecret }, endpoints },
  }));
}
