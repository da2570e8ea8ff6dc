import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverType } from '#model/resource-type.ts';
import type { Faults } from '../../demo/google/faults.ts';
import type { GoogleCloud } from '../../demo/google/server.ts';
import { connectTo, fleetOf, projects, type Reading, read, startCloud } from './testing-fleet.fixture.ts';

const [{ id: one }, { id: two }] = projects;
const types = [serverType, 'cloud_sql_instance', 'persistent_disk'];
const days = 1;
let cloud: GoogleCloud;
const calm = new Map<string, Reading>();

beforeAll(async () => {
  cloud = await startCloud();
  for (const project of [one, two]) calm.set(project, await read(cloud, { project, types, days }));
});
afterEach(() => {
  cloud.faults.clear();
  cloud.faults.set({ quotaMultiplier: 1000 });
});
afterAll(() => cloud.close());

function readWith(faults: Partial<Faults>, project = two, wanted: readonly string[] = types): Promise<Reading> {
  cloud.faults.set(faults);
  return read(cloud, { project, types: wanted, days });
}

/** What was made of resources, those of some types alone. */
function foldedOf({ servers }: Pick<Reading, 'servers'>, isWanted: (type: string) => boolean = () => true) {
  return new Map(
    [...servers]
      .filter(([, { resource }]) => 'typeId' in resource && isWanted(String(resource.typeId)))
      .map(([id, { folded }]) => [id, folded] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

function calmOf(project: string): Reading {
  const reading = calm.get(project);
  if (reading === undefined) throw new Error(`nothing was read of ${project}`);
  return reading;
}

describe('what is wrong with one type leaves the others whole', () => {
  it.each<{ name: string; faults: Partial<Faults>; lost: string; error: object }>([
    {
      name: 'Cloud SQL was never switched on',
      faults: { disabled: [`sqladmin/${two}`] },
      lost: 'cloud_sql_instance',
      error: {
        code: 'access_denied',
        where: two,
        fix: `gcloud services enable sqladmin.googleapis.com --project 320000000002`,
      },
    },
    {
      name: 'Cloud SQL is refused',
      faults: { denied: [`sqladmin/${two}`] },
      lost: 'cloud_sql_instance',
      error: { code: 'access_denied', where: two, fix: expect.stringContaining('roles/cloudsql.viewer') },
    },
    {
      name: 'Cloud SQL answers half',
      faults: { malformed: [`sqladmin/${two}`] },
      lost: 'cloud_sql_instance',
      error: { code: 'malformed_reply', where: two },
    },
  ])('$name', async ({ faults, lost, error }) => {
    const reading = await readWith(faults);
    expect(reading.error).toMatchObject(error);
    expect(foldedOf(reading)).toEqual(foldedOf(calmOf(two), (type) => type !== lost));
    expect(foldedOf(reading, (type) => type === serverType).size).toBeGreaterThan(0);
    for (const { failures } of reading.servers.values()) expect(failures).toEqual([]);
  });

  it('Compute Engine is refused: the databases are there', async () => {
    const reading = await readWith({ denied: [`compute/${two}`] });
    expect(reading.error).toMatchObject({
      code: 'access_denied',
      fix: expect.stringContaining('roles/compute.viewer'),
    });
    expect(foldedOf(reading)).toEqual(foldedOf(calmOf(two), (type) => type === 'cloud_sql_instance'));
  });

  it('a region of Cloud SQL cannot be looked into: the databases of the others are there', async () => {
    const reading = await readWith({ unreachableZones: [`${one}/us-central1`] }, one, ['cloud_sql_instance']);
    expect(reading.error).toMatchObject({ code: 'unavailable', where: `${one}/us-central1` });
    const regions = [...reading.servers.values()].map(({ resource }) => resource.region);
    expect(new Set(regions)).toEqual(new Set(['europe-west1']));
    expect(regions).toHaveLength(11);
  });

  it('a zone cannot be looked into: its disks are not said to be unused', async () => {
    const reading = await readWith({ unreachableZones: [`${one}/us-central1-a`] }, one, ['persistent_disk']);
    expect(reading.error).toMatchObject({ code: 'unavailable', where: `${one}/us-central1-a` });
    let unknown = 0;
    for (const [id, { folded, resource }] of reading.servers) {
      const before = calmOf(one).servers.get(id);
      expect(resource.state).toBe(before?.resource.state);
      // A disk of the region is listed, and its VM is not.
      const info = folded?.info.metrics['disk.read_iops'];
      if (info !== undefined && 'missing' in info && info.missing === 'unavailable') unknown++;
      else expect(folded).toEqual(before?.folded);
    }
    expect(unknown).toBeGreaterThan(0);
    expect(reading.servers.size).toBeGreaterThan(60);
  });

  it('series of a region cannot be read: its databases fail, the others do not', async () => {
    const reading = await readWith({ unreadableSeries: [`${one}/us-central1`] }, one, ['cloud_sql_instance']);
    let compared = 0;
    for (const [id, { resource, failures, folded }] of reading.servers) {
      const before = calmOf(one).servers.get(id)?.folded;
      // Of one that has no series nobody knows whether it was left out.
      if (before?.monitoring.cpu === undefined) continue;
      compared++;
      expect(failures.length > 0).toBe(resource.region === 'us-central1');
      if (failures.length === 0) expect(folded).toEqual(before);
    }
    expect(compared).toBeGreaterThan(10);
  });
});

it('throttling, errors and broken connections leave no trace', async () => {
  const reading = await readWith({ serverErrorRate: 0.1, resetRate: 0.1, throttleStorm: { every: 9, lasts: 2 } });
  expect(reading.error).toBeUndefined();
  expect(foldedOf(reading)).toEqual(foldedOf(calmOf(two)));
});

describe('a token for more than reading', () => {
  const tokens = async (wanted: readonly string[], secret: object = {}) => {
    cloud.stats.reset();
    const { connection } = await connectTo(cloud, { secret });
    const { signal } = new AbortController();
    const found = (await Array.fromAsync(fleetOf(connection).resources('global', wanted, signal))).flat();
    expect(found.length).toBeGreaterThan(0);
    return cloud.stats
      .rows()
      .filter(({ operation }) => /token|generateAccessToken/i.test(operation))
      .reduce((sum, { calls }) => sum + calls, 0);
  };

  it('is got only where Cloud SQL is asked for, which has none for less', async () => {
    expect(await tokens([serverType, 'persistent_disk'])).toBe(1);
    expect(await tokens([serverType, 'cloud_sql_instance'])).toBe(2);
  });

  it('is got by those who act as another account, and by workloads', async () => {
    const { powerless, externalAccount } = cloud.credentials;
    const account = `fleet-reader@${one}.iam.gserviceaccount.com`;
    const acting = { from: { kind: 'service_account', key: powerless }, impersonate: { account } };
    expect(await tokens(['cloud_sql_instance'], acting)).toBeGreaterThan(1);
    const workload = { from: { kind: 'external_account', config: externalAccount } };
    expect(await tokens(['cloud_sql_instance'], workload)).toBeGreaterThan(1);
  });
});
