import { z } from 'zod';
import type { Resource } from '#model/resource.ts';
import { bigWorld } from '../src/demo/aws/accounts.ts';
import { findServer, makeWorld } from '../src/demo/aws/world.ts';
import { bigTenant } from '../src/demo/azure/tenants.ts';
import { bigProject } from '../src/demo/google/projects.ts';
import { frozenNow, worldSeed } from './cloud.ts';

/** A simulated cloud to be measured: how it is started and entered, and the calls of the best plan that its API allows. */
export interface ProviderWorld {
  readonly worker: URL;
  /** What the worker is given for so many servers. */
  readonly options: (servers: number) => object;
  /** From what the worker says once it runs. */
  readonly secret: (started: unknown) => unknown;
  /** Which servers of a world of so many are read. */
  readonly selects: (servers: number) => (resource: Resource) => boolean;
  /** Of the API that reads metrics, by servers. */
  readonly best: (servers: number) => number;
  readonly because: string;
}

const Url = z.object({ url: z.string() });
const GoogleStarted = Url.extend({ credentials: z.looseObject({ serviceAccount: z.unknown() }) });
const AzureStarted = Url.extend({
  credentials: z.array(
    z.looseObject({ tenantId: z.string(), clientId: z.string(), clientSecret: z.string().optional() }),
  ),
});

/** Of the world: Nitro servers whose monitoring was not switched in the window. */
const usualShare = 0.68;
const zones = ['us-central1-a', 'us-central1-b', 'europe-west1-b', 'asia-northeast1-a'];

/** Of the simulated machines. */
const interfacesPerServer = 1.17;

const all = () => () => true;

export const providerWorlds: Readonly<Record<string, ProviderWorld>> = {
  aws: {
    worker: new URL('../src/demo/aws/worker.ts', import.meta.url),
    options: (servers) => ({ accounts: awsWorld(servers) }),
    secret: (started) => {
      const [{ accessKeyId, secretAccessKey }] = awsWorld(0);
      return { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint: Url.parse(started).url };
    },
    selects: (servers) => {
      const [cell] = makeWorld(awsWorld(servers), worldSeed, frozenNow / 1000).cells;
      return (resource) =>
        'ebs' in resource &&
        resource.ebs === 'instance' &&
        cell !== undefined &&
        findServer(cell, resource.id)?.monitoring.switchedAt === 0;
    },
    best: (servers) => (servers * 27) / 500,
    because: '9 metrics × 3 statistics of each server, 500 queries a call; Nitro servers, of every life and agent',
  },
  google_cloud: {
    worker: new URL('../src/demo/google/worker.ts', import.meta.url),
    options: (servers) => ({ projects: bigProject(servers, zones) }),
    secret: (started) => {
      const { url, credentials } = GoogleStarted.parse(started);
      return { from: { kind: 'service_account', key: credentials.serviceAccount }, endpoint: url };
    },
    selects: all,
    best: (servers) => (2 * 9 + 1 + (2 * 2 + 1) + (2 + 1)) * Math.ceil((servers * 14) / 100_000),
    because:
      '9 metrics of the platform, 2 of the agent and 1 of the balloon × 2 statistics of all servers, and the observed time of these three; 100,000 daily points a page',
  },
  azure: {
    worker: new URL('../src/demo/azure/worker.ts', import.meta.url),
    // What is listed is there: asking for what was deleted costs calls that no plan knows.
    options: (servers) => ({ tenants: bigTenant(servers), graphLagSeconds: 0 }),
    secret: (started) => {
      const { url, credentials } = AzureStarted.parse(started);
      const [{ tenantId, clientId, clientSecret } = { tenantId: '', clientId: '' }] = credentials;
      return {
        from: { kind: 'client_secret', tenantId, clientId, clientSecret },
        endpoints: { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` },
      };
    },
    selects: all,
    best: (servers) => Math.ceil(servers / 50) + Math.ceil((servers * interfacesPerServer) / 50),
    because: 'all metrics of 50 servers a call, and those of 50 network interfaces, whose metrics the packets are',
  },
};

function awsWorld(servers: number) {
  return bigWorld(Math.round(servers / usualShare));
}
