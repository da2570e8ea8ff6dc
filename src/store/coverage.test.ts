import { expect, it, onTestFinished } from 'vitest';
import { metricKeys } from '#model/metric.ts';
import { splitKey } from '#model/record.ts';
import { DatabaseFile } from './sqlite/database-file.ts';
import { migrate, migrations } from './sqlite/migrations.ts';
import { storeOnFile } from './sqlite/store.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { measured, server } from './testing/servers.ts';

it('counts which servers have which metric, by provider', async () => {
  const { inventory } = await openTestStore();
  const records = [measured('i-1', 5), measured('i-2', 5, 40), server('i-3'), server('v-1', { provider: 'azure' })];
  await inventory.put(
    records.map((record) => ({ record })),
    1,
  );
  expect(await inventory.coverage()).toEqual([
    {
      provider: 'aws',
      servers: 3,
      withValue: new Map([
        ['cpu.utilization', 2],
        ['memory.usage', 1],
      ]),
    },
    { provider: 'azure', servers: 1, withValue: new Map() },
  ]);
  const [id = 0] = await inventory.order({ path: ['record_id'], descending: false });
  await inventory.put([{ id, record: server('i-1') }], 2);
  expect((await inventory.coverage({ provider: 'aws' }))[0]?.withValue.get('cpu.utilization')).toBe(1);
});

it('knows every metric of what was stored before it was counted', async () => {
  const file = await DatabaseFile.open(':memory:');
  const counting = migrations.findIndex((step) => step.includes('ADD COLUMN measured'));
  await migrate(file, migrations.slice(0, counting));
  for (const [at, key] of metricKeys.entries()) {
    const [section, name] = splitKey(key);
    const doc = JSON.stringify(server(`i-${at}`, { data: { monitoring: { [section]: { [name]: { avg: 0 } } } } }));
    file.exec(`INSERT INTO resource (id, provider, account, region, resource_id, "group", type, name, instance_type,
      state, shape, first_seen, updated_at, last_seen_at)
      VALUES (${at + 1}, 'p${at}', '1', 'r', 'i-${at}', 'EC2', 'Instance', 'n', 't', 'RUNNING', '', 1, 1, 1)`);
    file.exec(`INSERT INTO resource_doc (id, doc) VALUES (${at + 1}, '${doc}')`);
  }
  const store = await storeOnFile(file);
  onTestFinished(() => store.close());
  const found = new Map((await store.inventory.coverage()).map(({ provider, withValue }) => [provider, withValue]));
  expect(metricKeys.map((_, at) => [...(found.get(`p${at}`)?.keys() ?? [])])).toEqual(metricKeys.map((key) => [key]));
});
