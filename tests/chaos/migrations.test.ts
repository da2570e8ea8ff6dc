import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate, migrations } from '../../src/store/postgres/migrations.ts';
import { createPool } from '../../src/store/postgres/pool.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { type Cluster, startCluster } from '../postgres/cluster.ts';
import { patienceMs } from './patience.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(async () => {
  await cluster?.stop();
});

/** The release before knew no workers. */
const stepsBefore = 2;

/** What the release before says to the database, in its own words. */
const old = {
  job: `INSERT INTO job (state, demo, options, plan, counts, planned, spent, started_at, owner_pid, heartbeat_at)
        VALUES ('RUNNING', 0, '{}', '{}', $1, $2, $2, 1, 1, 1) RETURNING id`,
  task: `INSERT INTO task (job, provider, account, region, state, counts, planned_servers, done_servers, failures, spent)
         VALUES ($1, 'aws', '1', 'r', 'PENDING', $2, 1, 0, '[]', $3) RETURNING id`,
  progress: `UPDATE task SET state = 'RUNNING', done_servers = done_servers + 1 WHERE id = $1`,
  read: 'SELECT * FROM task WHERE id = $1',
  end: `UPDATE task SET state = 'SUCCESS', finished_at = 2 WHERE id = $1`,
};
const counts = '{"servers":0,"created":0,"updated":0,"unchanged":0,"failed":0}';
const cost = '{"calls":0,"metrics":0,"points":0,"usd":0,"usdAtMost":0}';

it('lets a process of the release before read and write while the schema changes, and after', async () => {
  const pool = createPool(cluster.url, { size: 2, name: 'old' });
  await migrate(pool, 'test', Date.now(), migrations.slice(0, stepsBefore));
  const stopping = new AbortController();
  let slowestMs = 0;
  let rounds = 0;
  const runOld = async () => {
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      const job = await pool.query<{ id: number }>(old.job, [counts, cost]);
      const task = await pool.query<{ id: number }>(old.task, [job.rows[0]?.id, counts, cost]);
      const id = task.rows[0]?.id;
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query(old.progress, [id]);
      await delay(20);
      expect((await client.query(old.read, [id])).rows).toMatchObject([{ id, state: 'RUNNING', done_servers: 1 }]);
      await client.query(old.end, [id]);
      await client.query('COMMIT');
      client.release();
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      rounds++;
    }
  };
  const running = runOld();
  await delay(300);
  const before = rounds;
  const store = await openPostgresStore(cluster.url);
  const after = rounds;
  await delay(300);
  stopping.abort();
  await running;
  process.stderr.write(
    `${before} rounds before, ${after - before} during, ${rounds - after} after; the slowest took ${slowestMs.toFixed(0)} ms\n`,
  );
  expect(rounds).toBeGreaterThan(after);
  expect(slowestMs).toBeLessThan(30_000);
  // What the old one wrote, the new one reads.
  const [newest] = await store.jobs.list({ limit: 1 });
  expect(newest).toMatchObject({ runsOn: 'process' });
  expect((await store.jobs.get(newest?.id ?? 0)).tasks).toMatchObject([{ state: 'SUCCESS', attempt: 0 }]);
  await store.close();
  await pool.end();
});

it('may take longer than a query may, and be waited for as long', async () => {
  const schema = new URL(cluster.url);
  schema.searchParams.set('options', '-c search_path=slow');
  const plain = new pg.Client(cluster.url);
  await plain.connect();
  await plain.query('CREATE SCHEMA slow');
  await plain.end();
  const pool = new pg.Pool({ connectionString: schema.href, statement_timeout: 1_500 });
  const steps = [...migrations, 'SELECT pg_sleep(2)'];
  await Promise.all([migrate(pool, 'test', Date.now(), steps), migrate(pool, 'test', Date.now(), steps)]);
  expect((await pool.query('SELECT version FROM schema_version')).rows).toEqual([{ version: steps.length }]);
  expect((await pool.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '1500ms' }]);
  await pool.end();
});

it('gives way to a long transaction, so that nobody waits behind it', async () => {
  const schema = new URL(cluster.url);
  schema.searchParams.set('options', '-c search_path=long');
  const plain = new pg.Client(cluster.url);
  await plain.connect();
  await plain.query('CREATE SCHEMA long');
  const pool = createPool(schema.href, { size: 3, name: 'old' });
  await migrate(pool, 'test', Date.now(), migrations.slice(0, stepsBefore));
  const long = await pool.connect();
  await long.query('BEGIN');
  await long.query('SELECT count(*) FROM job');
  const opening = openPostgresStore(schema.href);
  const waiting = async () => (await plain.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount;
  await expect.poll(waiting, { timeout: patienceMs, interval: 20 }).toBeGreaterThan(0);
  // Did nobody give way, this would wait for what comes after it.
  await pool.query(old.job, [counts, cost]);
  await long.query('COMMIT');
  long.release();
  const store = await opening;
  expect(await store.jobs.list({ limit: 5 })).toHaveLength(1);
  await store.close();
  await pool.end();
  await plain.end();
});
