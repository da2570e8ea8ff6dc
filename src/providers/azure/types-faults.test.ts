import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import type { Faults } from '../../demo/azure/faults.ts';
import type { AzureCloud } from '../../demo/azure/server.ts';
import { azure } from './index.ts';
import {
  clientSecret,
  connectTo,
  fleetOf,
  type Reading,
  type ReadOptions,
  read,
  startCloud,
  subscription,
} from './testing-fleet.fixture.ts';

const types = azure.types.map(({ id }) => id).filter((id) => id !== serverType);
const clouds: AzureCloud[] = [];
afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.stop()));
});

async function cloudWith(faults: Partial<Faults> = {}): Promise<AzureCloud> {
  const cloud = await startCloud({ faults, graphLagSeconds: 0 });
  clouds.push(cloud);
  return cloud;
}

async function readWith(faults: Partial<Faults>, options: ReadOptions = {}): Promise<Reading> {
  return read(await cloudWith(faults), { types, days: 2, ...options });
}

function foldedOf({ servers }: Reading) {
  return new Map([...servers].map(([id, { folded }]) => [id, folded] as const).sort(([a], [b]) => a.localeCompare(b)));
}

let calm: Reading;
beforeAll(async () => {
  const cloud = await startCloud({ graphLagSeconds: 0 });
  calm = await read(cloud, { types, days: 2 });
  await cloud.stop();
});

describe('what passes leaves no trace in the result', () => {
  it.each<{ name: string; faults: Partial<Faults> }>([
    { name: 'server errors', faults: { serverErrorRate: 0.3 } },
    { name: 'connections torn down', faults: { resetRate: 0.2 } },
    { name: 'throttling', faults: { throttleStorm: { every: 6, lasts: 3 } } },
    { name: 'an overloaded metrics service', faults: { overloadRate: 0.4 } },
    { name: 'calls that Azure stumbles over', faults: { outOfRangeRate: 0.3 } },
  ])('$name', async ({ faults }) => {
    expect(foldedOf(await readWith(faults))).toEqual(foldedOf(calm));
  });
});

describe('what is refused is said', () => {
  it('metrics of a region: every key is denied, what discovery knows stays', async () => {
    const reading = await readWith({ deniedMetrics: [`${subscription}/*`] });
    expect([...reading.servers.keys()].sort()).toEqual([...calm.servers.keys()].sort());
    let failed = 0;
    for (const { resource, folded, failures } of reading.servers.values()) {
      for (const { reason, error, key } of failures) {
        failed++;
        expect(reason).toBe('denied');
        expect(error).toMatchObject({ code: 'access_denied', fix: expect.stringContaining('Monitoring Reader') });
        expect(folded?.info.metrics[key]).toEqual({ missing: 'denied' });
      }
      if (resource.constants['storage.total'] !== undefined)
        expect(folded?.monitoring.storage?.total?.avg).toBe(resource.constants['storage.total']);
    }
    expect(failed).toBeGreaterThan(300);
  });

  it('some metrics: those keys fail, and all others are what they were', async () => {
    const reading = await readWith({ metricErrorRate: 0.1 });
    const seen = { same: 0, failed: 0 };
    for (const [id, { resource, folded, failures }] of reading.servers) {
      const failed = new Set(failures.map(({ key }) => key));
      for (const key of resource.metrics) {
        const before = calm.servers.get(id)?.folded?.info.metrics[key];
        if (failed.has(key)) seen.failed++;
        // Without its clock a database's connections are told by themselves.
        else if (key !== 'connections.rate') {
          seen.same++;
          expect(folded?.info.metrics[key], `${resource.name} ${key}`).toEqual(before);
        }
      }
    }
    expect(seen.same).toBeGreaterThan(seen.failed);
    expect(seen.failed).toBeGreaterThan(10);
  });

  it('a disk that went while it was read is gone, and the others are there', async () => {
    const gone = [...calm.servers.values()].find(({ resource, days }) => resource.type === 'Disk' && days.size > 0);
    const id = gone?.resource.id ?? '';
    const { servers } = await readWith({ missingResources: [id] });
    expect(servers.get(id)?.folded?.info.metrics['disk.read_iops']).toEqual({ missing: 'terminated' });
    for (const [other, { folded }] of servers)
      if (other !== id) expect(folded).toEqual(calm.servers.get(other)?.folded);
  });

  it('Resource Graph: no type is taken for none, and no secret is told', async () => {
    for (const type of types) {
      const refused = await readWith({ deniedManagement: ['*'] }, { types: [type] }).catch(CollectError.from);
      expect(refused).toMatchObject({ code: 'access_denied', fix: expect.stringContaining('--role Reader') });
      expect(JSON.stringify(refused)).not.toContain(clientSecret);
    }
  });
});

it('never asks a database for what Azure answers by 501', async () => {
  const cloud = await cloudWith();
  await read(cloud, { types: ['sql_database'], days: 2, statistics: ['avg', 'max', 'min', 'p95'] });
  for (const { operation, failed } of cloud.stats.rows()) expect(failed, operation).toBe(0);
});

it('ends at once where nothing answers', async () => {
  const cloud = await cloudWith();
  const { connection } = await connectTo(cloud.url);
  const fleet = fleetOf(connection);
  const stop = new AbortController();
  await fleet.regions(stop.signal);
  cloud.faults.set({ hangingHosts: ['management', 'westeurope'] });
  const listing = Array.fromAsync(fleet.resources('westeurope', types, stop.signal));
  const begun = performance.now();
  stop.abort();
  await expect(listing).rejects.toMatchObject({ code: 'cancelled' });
  expect(performance.now() - begun).toBeLessThan(10_000);
  connection.close();
});

describe('a listing', () => {
  it('takes a query for all places and types, and one for each type that is asked for', async () => {
    const cloud = await cloudWith();
    const queriesFor = async (wanted: readonly string[]) => {
      const { connection, ledger } = await connectTo(cloud.url);
      const { signal } = new AbortController();
      for (const fleet of connection.fleets)
        for (const region of await fleet.regions(signal))
          await Array.fromAsync(fleet.resources(region, wanted, signal));
      connection.close();
      return ledger.lines().find(({ api }) => api === 'resourcegraph:resources')?.calls;
    };
    expect(await queriesFor([])).toBe(1);
    expect(await queriesFor([serverType])).toBe(2);
    expect(await queriesFor([serverType, ...types])).toBe(1 + azure.types.length);
  });

  it('has each resource once, of the types that are asked for alone', async () => {
    const cloud = await cloudWith();
    const { connection } = await connectTo(cloud.url);
    const { signal } = new AbortController();
    for (const type of azure.types) {
      const found = (await Array.fromAsync(fleetOf(connection).resources('westeurope', [type.id], signal))).flat();
      expect(found.length).toBeGreaterThan(1);
      expect(new Set(found.map(({ id }) => id.toLowerCase())).size).toBe(found.length);
      for (const { group, type: name, region, account } of found)
        expect({ group, name, region, account }).toEqual({
          group: type.group,
          name: type.type,
          region: 'westeurope',
          account: subscription,
        });
    }
    connection.close();
  });
});
