import type { Clock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Days } from '#model/day-cell.ts';
import { metricKeys } from '#model/metric.ts';
import type { Connection } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import type { Statistic } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import { type AzureCloud, type AzureCloudOptions, startAzureCloud } from '../../demo/azure/server.ts';
import type { SimTenant } from '../../demo/azure/tenants.ts';
import { azure } from './index.ts';
import type { AzureResource } from './resource.ts';

/** The time that the simulated world stands still at, epoch milliseconds. */
export const worldNow = Date.parse('2026-11-18T15:00:00Z');

/** Waits are cut short: what is tested is what is done about a fault, not how long it takes. */
const hurried: Clock = {
  now: () => worldNow,
  sleep: (_, signal) => {
    signal.throwIfAborted();
    return new Promise((resolve) => setImmediate(resolve));
  },
  random: () => 0.5,
};

export const subscription = '30000000-0000-4000-8000-000000000011';
export const otherSubscription = '30000000-0000-4000-8000-000000000012';
export const clientSecret = 'contract~secret-that-opens-nothing-real';

export const tenant: SimTenant = {
  id: '30000000-0000-4000-8000-000000000001',
  subscriptions: [
    { id: subscription, name: 'contract', regions: { westeurope: 80, eastus: 20 } },
    { id: otherSubscription, name: 'other', regions: { westeurope: 15 } },
  ],
  applications: [
    {
      clientId: '30000000-0000-4000-8000-000000000021',
      objectId: '30000000-0000-4000-8000-000000000031',
      secret: clientSecret,
      hasCertificate: true,
      federatedSubject: 'system:serviceaccount:fleetgauge:collector',
    },
    {
      clientId: '30000000-0000-4000-8000-000000000022',
      objectId: '30000000-0000-4000-8000-000000000032',
      managedIdentity: true,
      access: { [otherSubscription]: 'subscription' },
    },
    {
      clientId: '30000000-0000-4000-8000-000000000023',
      objectId: '30000000-0000-4000-8000-000000000033',
      secret: 'contract~secret-of-a-narrow-role',
      access: { [otherSubscription]: 'resources' },
    },
  ],
};

export const application = {
  kind: 'client_secret',
  tenantId: tenant.id,
  clientId: '30000000-0000-4000-8000-000000000021',
  clientSecret,
} as const;

export function startCloud(options: AzureCloudOptions = {}): Promise<AzureCloud> {
  return startAzureCloud({
    tenants: [tenant],
    clock: () => worldNow,
    anchorSeconds: worldNow / 1000,
    seed: 7,
    // Every machine that was deleted lately is still listed.
    graphLagSeconds: 3600,
    ...options,
    faults: { quotaMultiplier: 1000, ...options.faults },
  });
}

export interface ReadOptions {
  readonly subscription?: string;
  readonly region?: string;
  /** Of resources; servers alone where absent. */
  readonly types?: readonly string[];
  readonly statistics?: readonly Statistic[];
  readonly days?: number;
  readonly known?: ReadonlyMap<string, Days>;
  readonly timeoutMs?: number;
  readonly maxUsd?: number;
  readonly stopping?: AbortSignal;
  readonly signal?: AbortSignal;
}

export interface Connected {
  readonly connection: Connection;
  readonly ledger: Ledger;
}

/** @param secret what is to be other than an application with a secret */
export async function connectTo(url: string, options: ReadOptions = {}, secret: object = {}): Promise<Connected> {
  const ledger = new Ledger(options.maxUsd);
  const timeoutMs = options.timeoutMs ?? 100_000;
  const limits = Object.fromEntries(Object.entries(azure.limits).map(([api, limit]) => [api, { ...limit, timeoutMs }]));
  const gate = createGate({ limits, ledger, clock: hurried });
  const signal = options.signal ?? new AbortController().signal;
  const endpoints = { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` };
  const connection = await azure.connect(
    { from: application, endpoints, ...secret },
    { gate, now: hurried.now, signal },
  );
  return { connection, ledger };
}

export function fleetOf({ fleets }: Connection, account = subscription) {
  const fleet = fleets.find((each) => each.account === account);
  if (fleet === undefined) throw new Error(`the secret does not open ${account}`);
  return fleet;
}

/** The ids that metrics of a resource are read of. */
export function carriersOf(resource: Resource): AzureResource['carriers'] {
  if (isOfAzure(resource)) return resource.carriers;
  throw new Error(`${resource.id} is no resource of Azure`);
}

function isOfAzure(resource: Resource): resource is AzureResource {
  return resource.provider === 'azure' && 'carriers' in resource;
}

export interface Reading {
  readonly servers: ReadonlyMap<string, CollectedServer>;
  readonly ledger: Ledger;
}

/** Reads a region of a simulated cloud as a run would, without a store. @throws CollectError what discovery did */
export async function read(cloud: AzureCloud, options: ReadOptions = {}, secret: object = {}): Promise<Reading> {
  const { connection, ledger } = await connectTo(cloud.url, options, secret);
  const never = new AbortController().signal;
  const servers = new Map<string, CollectedServer>();
  try {
    const run = collectRegion({
      fleet: fleetOf(connection, options.subscription),
      region: options.region ?? 'westeurope',
      types: options.types ?? [serverType],
      wanted: {
        keys: metricKeys,
        statistics: options.statistics ?? ['avg', 'max'],
        window: lastDays(options.days ?? 7, worldNow),
      },
      concurrency: 8,
      selects: () => true,
      known: async () => options.known ?? new Map(),
      stopping: options.stopping ?? never,
      signal: options.signal ?? never,
      now: hurried.now,
    });
    for await (const batch of run) for (const server of batch) servers.set(server.resource.id, server);
  } finally {
    connection.close();
  }
  return { servers, ledger };
}
