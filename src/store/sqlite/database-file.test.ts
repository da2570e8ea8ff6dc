import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { serverType } from '#model/resource-type.ts';
import { conditionOfType } from '../query/resource-type.ts';
import { server } from '../testing/servers.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { DatabaseFile } from './database-file.ts';
import { migrate, migrations } from './migrations.ts';
import { storeError } from './sqlite-error.ts';
import { openSqliteStore, storeOnFile } from './store.ts';

describe('database file', () => {
  it('says that the disk is full, keeps what there was, and goes on when there is space', async () => {
    const file = await DatabaseFile.open(join(await temporaryFolder(), 'full.db'));
    const store = await storeOnFile(file);
    await store.inventory.put([{ record: server('before') }], 1);
    const { page_count: pages } = file.prepare('PRAGMA page_count').all([])[0] ?? {};
    file.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`);
    const many = Array.from({ length: 500 }, (_, index) => ({ record: server(`s-${index}`) }));
    await expect(store.inventory.put(many, 1)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('the disk is full'),
      fix: expect.stringContaining('Free some space'),
    });
    expect(await store.inventory.count()).toBe(1);
    file.exec('PRAGMA max_page_count = 1000000');
    await store.inventory.put(many, 1);
    expect(await store.inventory.count()).toBe(501);
    await store.close();
  });

  it('refuses what a newer fleetgauge wrote', async () => {
    const path = join(await temporaryFolder(), 'newer.db');
    const file = await DatabaseFile.open(path);
    file.exec('PRAGMA user_version = 99');
    file.close();
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('a newer fleetgauge wrote this store'),
      fix: expect.stringContaining('Update fleetgauge'),
    });
  });

  it('refuses a file that is something else', async () => {
    const path = join(await temporaryFolder(), 'other.db');
    await writeFile(path, 'shopping list\n'.repeat(1000));
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('not a fleetgauge store'),
    });
  });

  it('names a folder that it cannot open', async () => {
    await expect(openSqliteStore('/nowhere/at/all.db')).rejects.toMatchObject({
      code: 'store_failed',
      where: '/nowhere/at/all.db',
      fix: expect.any(String),
    });
  });

  it('says that it is read-only', async () => {
    const path = join(await temporaryFolder(), 'read-only.db');
    await (await openSqliteStore(path)).close();
    // Opened as such, since permissions do not stop root.
    const database = new DatabaseSync(path, { readOnly: true });
    const write = () => database.exec('CREATE TABLE more (x)');
    expect(write).toThrow(expect.objectContaining({ errcode: 8 }));
    try {
      write();
    } catch (caught) {
      expect(storeError(caught, path)).toMatchObject({
        code: 'store_failed',
        where: path,
        message: expect.stringContaining('read-only'),
      });
    }
    database.close();
  });

  it('leaves the schema as it was where a step of a migration fails', async () => {
    const file = await DatabaseFile.open(':memory:');
    await expect(migrate(file, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); nonsense'])).rejects.toMatchObject({
      code: 'store_failed',
    });
    expect(file.userVersion()).toBe(1);
    await migrate(file, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
    expect(file.userVersion()).toBe(2);
    file.close();
  });

  it('knows the types of what was stored before types were kept', async () => {
    const file = await DatabaseFile.open(':memory:');
    await migrate(file, migrations.slice(0, 14));
    const columns = [
      'provider',
      'account',
      'region',
      'resource_id',
      '"group"',
      'type',
      'name',
      'instance_type',
      'state',
    ];
    const insert = file.writer(
      `INSERT INTO resource (${columns.join(', ')}, shape, first_seen, updated_at, last_seen_at)
      VALUES (${columns.map(() => '?').join(', ')}, '', 1, 1, 1)`,
    );
    for (const [id, group] of ['EC2', 'RDS', 'RDS'].entries())
      insert(['aws', '1', 'eu-west-1', `i-${id}`, group, 'Instance', 'a', 'x', 'RUNNING']);
    const store = await storeOnFile(file);
    const types = [{ id: 'rds', label: 'RDS', group: 'RDS', type: 'Instance', metrics: [] }];
    const servers = { condition: conditionOfType(serverType, [{ provider: 'aws', types }]) };
    expect(await store.inventory.count(servers)).toBe(1);
    await store.close();
  });

  it('waits for another writer of the same process', async () => {
    const path = join(await temporaryFolder(), 'two.db');
    const [one, two] = [await openSqliteStore(path), await openSqliteStore(path)];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : two).transaction(async (tx) => {
          const count = await tx.inventory.count();
          await new Promise((resolve) => setTimeout(resolve, 2));
          await tx.inventory.put([{ record: server(`number ${count}`) }], 1);
        }),
      ),
    );
    expect(await one.inventory.count()).toBe(20);
    await one.close();
    await two.close();
  });
});
