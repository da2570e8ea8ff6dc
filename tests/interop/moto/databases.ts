import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient, StopDBInstanceCommand } from '@aws-sdk/client-rds';
import type { KnownServer } from './fleet.ts';
import { realSeries, type Sample } from './real-series.ts';
import { type Keys, Seed } from './seed.ts';
import { type Truth, truthOfLevel } from './truth.ts';

export const databaseRegion = 'eu-north-1';
const gibibyte = 2 ** 30;
const memoryBytes = 8 * gibibyte;
const storageBytes = 100 * gibibyte;

/** An instance of RDS in moto, and what a record of it has to say. */
export interface KnownDatabase extends KnownServer {
  readonly storageBytes: number | undefined;
}

/**
 * One with a series of every kind: percentages, states, rates that are per second already, and what is left of memory and of
 * storage; one of Aurora, which has no storage of its own; and one that does not run.
 *
 * @param now epoch milliseconds
 */
export async function seedDatabases(endpoint: string, credentials: Keys, now: number): Promise<KnownDatabase[]> {
  const rds = new RDSClient({ endpoint, region: databaseRegion, credentials });
  using seed = new Seed(endpoint, databaseRegion, credentials);
  const put = (name: string, metric: string, samples: readonly Sample[]) =>
    seed.put('AWS/RDS', metric, { DBInstanceIdentifier: name }, samples);

  await rds.send(new CreateDBInstanceCommand({ ...common, DBInstanceIdentifier: 'orders', Engine: 'postgres' }));
  const cpu = realSeries('databaseCpu', 1, now);
  const received = realSeries('networkIn', 1, now);
  const written = realSeries('diskWriteBytes', 2, now);
  const connections = realSeries('spikyCpu', 3, now);
  const freeMemory = times(realSeries('busyCpu', 1, now), 2 ** 26);
  const freeStorage = times(realSeries('lowCpu', 1, now), 2 ** 32);
  await put('orders', 'CPUUtilization', cpu);
  await put('orders', 'NetworkReceiveThroughput', received);
  await put('orders', 'WriteThroughput', written);
  await put('orders', 'DatabaseConnections', connections);
  await put('orders', 'FreeableMemory', freeMemory);
  await put('orders', 'FreeStorageSpace', freeStorage);

  const cluster = { DBClusterIdentifier: 'ledger', Engine: 'aurora-mysql' };
  await rds.send(new CreateDBClusterCommand({ ...cluster, MasterUsername: 'u', MasterUserPassword: 'notNeeded1' }));
  const { AllocatedStorage: _, ...withoutStorage } = common;
  await rds.send(new CreateDBInstanceCommand({ ...withoutStorage, ...cluster, DBInstanceIdentifier: 'ledger-1' }));
  const clusterCpu = realSeries('idleCpu', 2, now);
  await put('ledger-1', 'CPUUtilization', clusterCpu);

  await rds.send(new CreateDBInstanceCommand({ ...common, DBInstanceIdentifier: 'parked', Engine: 'mysql' }));
  await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'parked' }));
  rds.destroy();

  const place = { region: databaseRegion, memoryBytes, reasons: {} } as const;
  return [
    {
      ...place,
      ...named('orders'),
      state: 'RUNNING',
      storageBytes,
      otherwise: 'no_data',
      values: (window) => ({
        'cpu.utilization': truthOfLevel(cpu, window),
        'network.received_throughput': truthOfLevel(received, window),
        'disk.write_throughput': truthOfLevel(written, window),
        'connections.active': truthOfLevel(connections, window),
        'memory.used': restOf(memoryBytes, truthOfLevel(freeMemory, window)),
        'memory.usage': restOf(100, truthOfLevel(freeMemory, window, 100 / memoryBytes)),
        'storage.free': truthOfLevel(freeStorage, window),
        'storage.used': restOf(storageBytes, truthOfLevel(freeStorage, window)),
        'storage.usage': restOf(100, truthOfLevel(freeStorage, window, 100 / storageBytes)),
      }),
    },
    {
      ...place,
      ...named('ledger-1'),
      state: 'RUNNING',
      storageBytes: undefined,
      otherwise: 'no_data',
      reasons: { 'storage.free': 'unsupported', 'storage.used': 'unsupported', 'storage.usage': 'unsupported' },
      values: (window) => ({ 'cpu.utilization': truthOfLevel(clusterCpu, window) }),
    },
    { ...place, ...named('parked'), state: 'STOPPED', storageBytes, otherwise: 'stopped', values: () => ({}) },
  ];
}

const common = {
  AllocatedStorage: 100,
  DBInstanceClass: 'db.m5.large',
  MasterUsername: 'u',
  MasterUserPassword: 'notNeeded1',
};

function named(name: string): { id: string; name: string } {
  return { id: `arn:aws:rds:${databaseRegion}:123456789012:db:${name}`, name };
}

function times(samples: readonly Sample[], factor: number): Sample[] {
  return samples.map(({ time, value }) => ({ time, value: value * factor }));
}

/** What is used of a whole, told by what is left: most where least is left. */
function restOf(whole: number, left: Truth | undefined): Truth | undefined {
  if (left === undefined) return undefined;
  return {
    avg: whole - left.avg,
    max: { least: whole - left.min, most: whole - left.min },
    min: whole - left.max.most,
    p95: Number.NaN,
    coverage: left.coverage,
  };
}
