import { afterEach, expect, it } from 'vitest';
import { type AzureCloud, startAzureCloud } from '../../demo/azure/server.ts';
import { bigTenant, type SimTenant } from '../../demo/azure/tenants.ts';
import { type Connected, connectTo, worldNow } from './testing-fleet.fixture.ts';

let cloud: AzureCloud | undefined;
afterEach(() => cloud?.stop());

async function connectToTenant(tenants: readonly [SimTenant]): Promise<Connected> {
  cloud = await startAzureCloud({
    tenants,
    clock: () => worldNow,
    anchorSeconds: worldNow / 1000,
    faults: { quotaMultiplier: 1000 },
  });
  const [{ tenantId, clientId, clientSecret } = { tenantId: '', clientId: '' }] = cloud.credentials;
  return connectTo(cloud.url, {}, { from: { kind: 'client_secret', tenantId, clientId, clientSecret } });
}

/** Lists all places, so many at a time. @returns ids, each as often as it came */
async function listAll(
  { connection }: Connected,
  regions: (own: readonly string[]) => readonly string[] = (own) => own,
) {
  const { signal } = new AbortController();
  const lists = await Promise.all(
    connection.fleets.map(async (fleet) => {
      const places = regions(await fleet.regions(signal));
      const pages = await Promise.all(
        places.map((region) => Array.fromAsync(fleet.resources(region, ['server'], signal))),
      );
      for (const resource of pages.flat(2))
        expect([resource.account, places]).toEqual([fleet.account, expect.arrayContaining([resource.region])]);
      return pages.flat(2).map(({ id }) => id);
    }),
  );
  return lists.flat();
}

function queriesOf({ ledger }: Connected): number {
  return ledger.lines().find(({ api }) => api === 'resourcegraph:resources')?.calls ?? 0;
}

it('lists many small places by a query a page, and one for all regions', async () => {
  const connected = await connectToTenant(bigTenant(2400, 40, ['eastus', 'westeurope', 'koreacentral']));
  const ids = await listAll(connected);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(2300);
  expect(queriesOf(connected)).toBe(1 + 3);
  expect((await listAll(connected)).sort()).toEqual(ids.sort());
  expect(queriesOf(connected)).toBe(1 + 3 + 3);
  connected.connection.close();
});

it('lists one large place page by page', async () => {
  const connected = await connectToTenant(bigTenant(2400));
  const ids = await listAll(connected);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(2300);
  expect(queriesOf(connected)).toBe(1 + 3);
  connected.connection.close();
});

it('lists one region of many subscriptions without asking for each', async () => {
  const connected = await connectToTenant(bigTenant(1500, 30, ['eastus', 'westeurope']));
  const ids = await listAll(connected, () => ['westeurope']);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(700);
  expect(queriesOf(connected)).toBe(1 + 2);
  connected.connection.close();
});

it('lists nothing, and asks for nothing, where there is nothing', async () => {
  const connected = await connectToTenant(bigTenant(10));
  expect(await listAll(connected, () => ['uksouth'])).toEqual([]);
  expect(queriesOf(connected)).toBe(1);
  connected.connection.close();
});

it('asks for the sizes of a region once', async () => {
  const connected = await connectToTenant(bigTenant(200, 10, ['eastus', 'westeurope']));
  await listAll(connected);
  const calls = connected.ledger.lines().filter(({ api }) => api === 'compute:skus');
  expect(calls.reduce((sum, line) => sum + line.calls, 0)).toBeLessThanOrEqual(2);
  connected.connection.close();
});
