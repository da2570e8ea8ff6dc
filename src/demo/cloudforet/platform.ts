import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { Service } from '#wire/service.ts';
import type { FaultSwitches } from '../fleet/fault-switches.ts';
import { mix } from '../fleet/hash.ts';
import type { Collecting } from './collecting/collecting.ts';
import { type Faults, makeFaults } from './faults.ts';
import { type Directory, makeDirectory } from './identity/directory.ts';
import { type ServiceUrls, serviceUrls } from './identity/endpoints.ts';
import { Secrets } from './inventory/secrets.ts';
import type { CloudSecret, CloudServer } from './inventory/server.ts';
import type { Table } from './inventory/table.ts';
import type { DataSourceSpec } from './monitoring/data-source.ts';
import { DataSources } from './monitoring/data-sources.ts';
import { registerDataSources } from './monitoring/register.ts';
import { syntheticSources } from './monitoring/synthetic-sources.ts';
import { watchedBackend } from './monitoring/watched-backend.ts';
import { type GenerationStats, Stats } from './stats.ts';

/** How to set up a simulated platform of one generation. */
export interface PlatformOptions {
  /** What its inventory holds from the start. Default: nothing. */
  readonly servers?: readonly CloudServer[];
  readonly secrets?: readonly CloudSecret[];
  /** Default: one of each provider, with made-up numbers of the servers that run. */
  readonly dataSources?: readonly DataSourceSpec[];
  /** Default `domain-demo`. */
  readonly domainId?: string;
  /** Where servers and secrets are that name none. Default `workspace-demo`. */
  readonly workspaceId?: string;
  /** The platform's time, epoch milliseconds; tokens go by it too. Default: the real time. */
  readonly clock?: () => number;
  /** 32-bit integer that decides what the platform leaves to chance. Default 1. */
  readonly seed?: number;
  /** TCP port on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  /** Faults from the start; see {@link Platform.faults} for later. */
  readonly faults?: Partial<Faults>;
}

/** A running platform: Identity, Inventory and Monitoring on one port. */
export interface Platform<Tokens> extends Collecting {
  /** `grpc://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly port: number;
  readonly tokens: Tokens;
  /** A secret as the platform keeps it for a collector that asks the platform itself. */
  readonly secretData: { readonly api_key_id: string; readonly api_key: string; readonly endpoint: string };
  /** The rows of inventory.Server, of today's generation of inventory.CloudService. */
  readonly inventory: Table;
  readonly faults: FaultSwitches<Faults>;
  stats(): GenerationStats;
  close(): Promise<void>;
}

/** What a generation builds its services from. */
interface Foundation {
  readonly domainId: string;
  readonly workspaceId: string;
  readonly clock: () => number;
  readonly seed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly faults: FaultSwitches<Faults>;
  readonly stats: Stats;
  readonly directory: Directory;
  readonly secrets: Secrets;
  readonly dataSources: DataSources;
  /** The services' own addresses, once there is a port. */
  readonly urls: () => readonly ServiceUrls[];
  randomByte(): number;
  /** Begins to listen. */
  listen(services: readonly Service[]): Promise<{ readonly port: number; close(): Promise<void> }>;
}

const versions = { v1: '1.9.7', v2: '2.0.435' } as const satisfies Record<Generation, string>;

export async function layFoundation(generation: Generation, options: PlatformOptions): Promise<Foundation> {
  const { domainId = 'domain-demo', workspaceId = 'workspace-demo', clock = Date.now, seed = 1 } = options;
  const faults = makeFaults(options.faults ?? {});
  const stats = new Stats();
  const secrets = new Secrets(options.secrets ?? [], workspaceId, () => faults.current.missingSecrets);
  const specs = options.dataSources ?? syntheticSources(options.servers ?? []);
  const registered = await registerDataSources(specs, {
    generation,
    secrets,
    watch: (backend) => watchedBackend(backend, faults, stats, seed),
  });
  const startedAt = new Date(clock()).toISOString();
  let urls: readonly ServiceUrls[] = [];
  let draws = 0;
  return {
    domainId,
    workspaceId,
    clock,
    seed,
    startedAt,
    faults,
    stats,
    directory: makeDirectory(domainId),
    secrets,
    dataSources: new DataSources(registered.sources, domainId, faults, startedAt),
    urls: () => urls,
    randomByte: () => mix(seed, draws++) & 255,
    async listen(services) {
      const stop = new AbortController();
      const { port, closed } = await serve({
        generation,
        services,
        version: versions[generation],
        host: '127.0.0.1',
        port: options.port ?? 0,
        signal: stop.signal,
        graceMs: 0,
        onError: complain,
      }).catch((caught) => {
        registered.close();
        throw caught;
      });
      urls = serviceUrls(port);
      return {
        port,
        async close() {
          stop.abort();
          await closed;
          registered.close();
        },
      };
    },
  };
}

/** Says on the console what is wrong with the simulation itself. */
function complain(error: unknown, path: string): void {
  const meant = error instanceof Error && ['CollectError', 'AbortError'].includes(error.name);
  if (!meant) console.error('simulated Cloudforet:', path, error);
}
