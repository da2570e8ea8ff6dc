import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderTypes, serverType } from '#model/resource-type.ts';
import type { Store } from '../store.ts';
import { openTestStore, testDatabase } from '../testing/open-test-store.ts';
import { server } from '../testing/servers.ts';
import { conditionOfType } from './resource-type.ts';

const row = (id: string, group: string, type: string) => ({ id, label: id, group, type, metrics: [] });
const known: readonly ProviderTypes[] = [
  {
    provider: 'aws',
    types: [
      row(serverType, 'EC2', 'Instance'),
      row('database', 'RDS', 'Instance'),
      { ...row('alb', 'ELB', 'LoadBalancer'), instanceType: 'application' },
      { ...row('nlb', 'ELB', 'LoadBalancer'), instanceType: 'network' },
    ],
  },
  { provider: 'azure', types: [row(serverType, 'VirtualMachines', 'Instance'), row('database', 'SQL', 'Database')] },
];

const kind = (cloud_service_group: string, cloud_service_type: string, instance_type = 'x') => ({
  cloud_service_group,
  cloud_service_type,
  instance_type,
});

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-types-'));
  store = await (await testDatabase(folder))();
  const records = [
    server('ec2', kind('EC2', 'Instance')),
    server('vm', { provider: 'azure', ...kind('VirtualMachines', 'Instance') }),
    // Of a cloud that nobody here knows: another collector told of it.
    server('elsewhere', { provider: 'oracle', ...kind('Compute', 'Instance') }),
    server('rds', kind('RDS', 'Instance')),
    server('sql', { provider: 'azure', ...kind('SQL', 'Database') }),
    server('web', kind('ELB', 'LoadBalancer', 'application')),
    server('tcp', kind('ELB', 'LoadBalancer', 'network')),
  ];
  await store.inventory.put(
    records.map((record) => ({ record })),
    1,
  );
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

describe('records of a type', () => {
  it.each([
    { type: serverType, want: ['ec2', 'elsewhere', 'vm'] },
    { type: 'database', want: ['rds', 'sql'] },
    { type: 'alb', want: ['web'] },
    { type: 'nlb', want: ['tcp'] },
    { type: 'all', want: ['ec2', 'elsewhere', 'rds', 'sql', 'tcp', 'vm', 'web'] },
  ])('$type', async ({ type, want }) => {
    const filter = { condition: conditionOfType(type, known) };
    const { rows, total } = await store.inventory.list({ filter, limit: 100 });
    expect(rows.map(({ record }) => record.reference.resource_id).toSorted()).toEqual(want);
    expect(total).toBe(want.length);
    expect((await store.inventory.summary(filter)).total).toBe(want.length);
  });

  it('are all servers where no type is known', async () => {
    const filter = { condition: conditionOfType(serverType, []) };
    expect(await store.inventory.count(filter)).toBe(7);
  });

  it('are of the type that they have now, also where nothing was of that before', async () => {
    const { inventory, close } = await openTestStore();
    const filter = { condition: conditionOfType(serverType, known) };
    const [id = 0] = await inventory.put([{ record: server('a') }, { record: server('b') }], 1);
    expect(await inventory.count(filter)).toBe(2);
    const moved = server('a', kind('RDS', 'Instance'));
    await inventory.put([{ id, record: moved, sameIdentity: true }], 2);
    expect(await inventory.count(filter)).toBe(1);
    const [rest] = await Array.fromAsync(inventory.stream(filter));
    expect(rest?.map(({ record }) => record.reference.resource_id)).toEqual(['b']);
    await inventory.put([{ id, record: { ...moved, provider: 'oracle' } }], 3);
    expect(await inventory.count(filter)).toBe(2);
    await close();
  });

  it('are refused where there is no such type, by naming those that there are', () => {
    expect(() => conditionOfType('toaster', known)).toThrow(
      expect.objectContaining({
        code: 'invalid_query',
        message: "there is no type 'toaster'",
        fix: 'one of server, database, alb, nlb, all',
      }),
    );
  });
});
