import type { Clock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Days } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import { metricKeys } from '#model/metric.ts';
import type { Connection } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import type { Statistic } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import type { SimProject } from '../../demo/google/projects.ts';
import { type GoogleCloud, type GoogleCloudOptions, startGoogleCloud } from '../../demo/google/server.ts';
import { googleCloud } from './index.ts';
import type { GoogleResource } from './resource.ts';

/** The time that the simulated world stands still at, epoch milliseconds. */
export const worldNow = Date.parse('2026-11-18T15:00:00Z');

/** Waits are cut short: what is tested is what is done about a fault, not how long it takes. */
export const hurried: Clock = {
  now: () => worldNow,
  sleep: (_, signal) => {
    signal.throwIfAborted();
    return new Promise((resolve) => setImmediate(resolve));
  },
  random: () => 0.5,
};

/** Its metrics scope shows the second project; the third never switched Monitoring on. */
export const projects: readonly [SimProject, SimProject, SimProject] = [
  {
    id: 'contract-one',
    number: '320000000001',
    displayName: 'Contract one',
    zones: { 'us-central1-a': 40, 'europe-west1-b': 30, 'asia-northeast3-a': 20 },
    databases: { 'us-central1': 9, 'europe-west1': 11 },
    monitors: ['contract-two'],
  },
  {
    id: 'contract-two',
    number: '320000000002',
    displayName: 'Contract two',
    zones: { 'us-central1-a': 12 },
    databases: { 'us-central1': 2 },
  },
  {
    id: 'contract-off',
    number: '320000000003',
    displayName: 'Contract off',
    zones: { 'us-west1-b': 5 },
    disabled: ['monitoring'],
  },
];

export function startCloud(options: GoogleCloudOptions = {}): Promise<GoogleCloud> {
  return startGoogleCloud({
    projects,
    clock: () => worldNow,
    anchorSeconds: worldNow / 1000,
    seed: 7,
    ...options,
    faults: { quotaMultiplier: 1000, ...options.faults },
  });
}

export interface Reading {
  readonly servers: ReadonlyMap<string, CollectedServer>;
  readonly ledger: Ledger;
  /** What ended the reading, after the servers that came. */
  readonly error: CollectError | undefined;
}

export interface ReadOptions {
  /** More of the secret than the key of one that reads everything. */
  readonly secret?: object;
  readonly project?: string;
  /** Servers where absent. */
  readonly types?: readonly string[];
  readonly statistics?: readonly Statistic[];
  readonly days?: number;
  readonly known?: ReadonlyMap<string, Days>;
  /** All where absent. */
  readonly selects?: (resource: Resource) => boolean;
  readonly timeoutMs?: number;
  readonly maxUsd?: number;
  readonly stopping?: AbortSignal;
  readonly signal?: AbortSignal;
}

export async function connectTo(
  { url, credentials }: GoogleCloud,
  options: ReadOptions = {},
): Promise<{ connection: Connection; ledger: Ledger }> {
  const ledger = new Ledger(options.maxUsd);
  const timeoutMs = options.timeoutMs ?? 100_000;
  const limits = Object.fromEntries(
    Object.entries(googleCloud.limits).map(([api, limit]) => [api, { ...limit, timeoutMs }]),
  );
  const gate = createGate({ limits, ledger, clock: hurried });
  const signal = options.signal ?? new AbortController().signal;
  const from = { kind: 'service_account', key: credentials.serviceAccount };
  const secret = { from, endpoint: url, ...options.secret };
  return { connection: await googleCloud.connect(secret, { gate, now: hurried.now, signal }), ledger };
}

export function fleetOf({ fleets }: Connection, project = projects[0].id): Fleet {
  const fleet = fleets.find(({ account }) => account === project);
  if (fleet === undefined) throw new Error(`no fleet of ${project}`);
  return fleet;
}

/** Reads a project of a simulated cloud as a run would, without a store. */
export async function read(cloud: GoogleCloud, options: ReadOptions = {}): Promise<Reading> {
  const { connection, ledger } = await connectTo(cloud, options);
  const never = new AbortController().signal;
  const servers = new Map<string, CollectedServer>();
  const run = collectRegion({
    fleet: fleetOf(connection, options.project),
    region: 'global',
    types: options.types ?? [serverType],
    wanted: {
      keys: metricKeys,
      statistics: options.statistics ?? ['avg', 'max'],
      window: lastDays(options.days ?? 14, worldNow),
    },
    concurrency: 8,
    selects: options.selects ?? (() => true),
    known: async () => options.known ?? new Map(),
    stopping: options.stopping ?? never,
    signal: options.signal ?? never,
    now: hurried.now,
  });
  try {
    for await (const batch of run) for (const server of batch) servers.set(server.resource.id, server);
  } catch (caught) {
    return { servers, ledger, error: CollectError.from(caught) };
  } finally {
    connection.close();
  }
  return { servers, ledger, error: undefined };
}

/** What the simulated cloud calls a resource when it is asked for the truth. */
export function simulatedIdOf(resource: Resource): string {
  if (!isGoogles(resource)) throw new Error(`${resource.id} is not of Google Cloud`);
  const [name] = resource.series;
  return resource.typeId === 'persistent_disk' || name === undefined ? resource.id : name.id;
}

export function isGoogles(resource: Resource): resource is GoogleResource {
  return 'typeId' in resource && 'series' in resource;
}

export function timeSeriesCalls({ ledger }: Pick<Reading, 'ledger'>): number {
  return ledger.lines().find(({ api }) => api === 'monitoring:timeSeries.list')?.calls ?? 0;
}
