import { expect, it, onTestFinished } from 'vitest';
import { migrate, migrations } from '../../src/store/postgres/migrations.ts';
import { createPool } from '../../src/store/postgres/pool.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { conditionOfText } from '../../src/store/query/text.ts';
import { testPlace } from '../../src/store/testing/open-test-store.ts';

/** What the release before says to the database, in its own words. */
const old = {
  insert: `INSERT INTO resource (provider, account, region, resource_id, "group", type, name, instance_type, state, shape,
             cpu_avg, first_seen, updated_at, last_seen_at, tags)
           VALUES ('aws', '1', 'r', $1, 'EC2', 'Instance', $2, 't', 'RUNNING', '', $3, 1, 1, 1, '{"team":"Pay"}')`,
  update: `UPDATE resource SET name = $2, cpu_avg = $3, account = '2' WHERE resource_id = $1`,
  touch: 'UPDATE resource SET last_seen_at = last_seen_at + 1',
  remove: 'DELETE FROM resource WHERE resource_id = $1',
};

/** A store of the release before with two records, and the same store once it is opened anew. */
async function migrated() {
  const { database = '' } = await testPlace();
  const pool = createPool(database, { size: 4, name: 'old' });
  onTestFinished(() => pool.end());
  const step = migrations.findIndex((each) => each.includes('CREATE TABLE resource_value'));
  await migrate(pool, 'test', Date.now(), migrations.slice(0, step));
  await pool.query(old.insert, ['i-1', 'Web-1', 10]);
  await pool.query(old.insert, ['i-2', 'Web-2', null]);
  const store = await openPostgresStore(database);
  onTestFinished(() => store.close());
  const counts = (...queries: string[]) =>
    Promise.all(queries.map((q) => store.inventory.count({ condition: conditionOfText(q) })));
  return { pool, store, counts };
}

it('are made of what was stored before, and kept while a process of the release before writes', async () => {
  const { pool, counts } = await migrated();
  expect(await counts('account:1', 'cpu:10', 'web', 'tag.team:Pay')).toEqual([2, 1, 2, 2]);
  await pool.query(old.insert, ['i-3', 'Web-3', 30]);
  await pool.query(old.update, ['i-2', 'Db-2', 10]);
  await pool.query(old.touch);
  expect(await counts('account:1', 'account:2', 'cpu:10', 'web', 'db', 'tag.team:Pay')).toEqual([2, 1, 2, 2, 1, 3]);
  await pool.query(old.remove, ['i-1']);
  expect(await counts('', 'account:1', 'cpu:10', 'web-1')).toEqual([2, 1, 1, 0]);
  const narrow = await pool.query<{ count: number }>(
    'SELECT count(*) FROM resource_value UNION ALL SELECT count(*) FROM resource_text',
  );
  expect(narrow.rows.map(({ count }) => count)).toEqual([2, 2]);
});

it('name a class once, whoever comes first', async () => {
  const { pool, store } = await migrated();
  const insert = (at: number) => pool.query(old.insert.replace("'RUNNING'", "'PAUSED'"), [`i-many-${at}`, 'n', at]);
  await Promise.all(Array.from({ length: 20 }, (_, at) => insert(at)));
  expect(await store.inventory.count({ state: 'PAUSED' })).toBe(20);
  expect((await store.inventory.tally(['state'])).filter(({ value }) => value === 'PAUSED')).toEqual([
    { facet: 'state', value: 'PAUSED', servers: 20 },
  ]);
});
