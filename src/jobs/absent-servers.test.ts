import { expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { account, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { Store } from '#store/store.ts';
import { server } from '#store/testing/servers.ts';
import { openWorkshop } from './workshop.fixture.ts';

const known = (id: string, over: Partial<InventoryRecord> = {}) =>
  server(id, { account: account.id, region_code: 'us-east-1', ...over });

/** Servers that were there before, and that the cloud does not have any more. */
async function rememberGone(store: Store): Promise<void> {
  const records = [
    known('i-gone-us'),
    known('i-gone-eu', { region_code: 'eu-west-1' }),
    known('i-elsewhere', { region_code: 'a-region-that-is-not-asked-for' }),
    known('db-1', { cloud_service_group: 'RDS', cloud_service_type: 'Instance' }),
    known('i-other', { account: '999999999999' }),
  ];
  await store.inventory.put(
    records.map((record) => ({ record })),
    worldNow - 86_400_000,
  );
}

async function absent(store: Store): Promise<string[]> {
  const { rows } = await store.inventory.list({ filter: { state: 'ABSENT' }, limit: 100, sort: { by: 'name' } });
  return rows.map(({ record }) => record.reference.resource_id);
}

it('are those of the regions and types that a run has read without a gap', async () => {
  const { store, startJob, work } = await openWorkshop();
  await rememberGone(store);
  const job = await startJob();
  expect(await work(job.id)).toMatchObject({ state: 'SUCCESS' });
  expect(await absent(store)).toEqual(['i-gone-eu', 'i-gone-us']);
  const { rows } = await store.inventory.list({ filter: { search: 'i-gone-us' }, limit: 1 });
  expect(await store.changes.list({ resource: rows[0]?.id ?? 0, limit: 1 })).toMatchObject([
    { event: 'absent', job: job.id, at: worldNow },
  ]);
  expect(await store.inventory.count({ state: 'RUNNING' })).toBeGreaterThan(3);
});

it('are none of a region that was read in part', async () => {
  const { cloud, store, startJob, work } = await openWorkshop();
  await rememberGone(store);
  cloud.faults.set({ deniedCloudwatch: ['*/us-east-1'] });
  const job = await startJob();
  expect(await work(job.id)).toMatchObject({ state: 'PARTIAL' });
  expect(await absent(store)).toEqual(['i-gone-eu']);
});

it('are all of a region that has none left', async () => {
  const { store, startJob, work } = await openWorkshop();
  await store.inventory.put([{ record: known('i-last', { region_code: 'eu-west-3' }) }], worldNow - 86_400_000);
  const job = await startJob({ regions: ['eu-west-3', 'us-east-1'] });
  expect(await work(job.id)).toMatchObject({ state: 'SUCCESS' });
  expect(await absent(store)).toEqual(['i-last']);
});
