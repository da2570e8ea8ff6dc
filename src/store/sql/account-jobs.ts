import { sql } from 'kysely';
import type { Account, AccountId } from '../accounts.ts';
import type { Job, JobId } from '../jobs.ts';
import { jobOf } from './job-row.ts';
import type { SqlSession } from './session.ts';

/* Tasks name the account that opens theirs; one that had the name before is told apart by when the job began. */

export async function readLastJobs(
  { db }: SqlSession,
  accounts: readonly Pick<Account, 'id' | 'name' | 'createdAt'>[],
): Promise<ReadonlyMap<AccountId, JobId>> {
  if (accounts.length === 0) return new Map();
  const byName = new Map(accounts.map((account) => [account.name, account]));
  const names = [...byName.keys()].map((name) => sql`(${name})`);
  // The names are given, as those of `account` are ordered in a way in which PostgreSQL does not find them in the index of `task`.
  const { rows } = await sql<{ readonly name: string; readonly job: JobId; readonly started_at: number }>`
    WITH given (name) AS (VALUES ${sql.join(names)})
    SELECT given.name, job.id AS job, job.started_at FROM given
    JOIN job ON job.id = (SELECT max(task.job) FROM task WHERE task.source = given.name)
  `.execute(db);
  return new Map(
    rows.flatMap(({ name, job, started_at }) => {
      const account = byName.get(name);
      return account === undefined || started_at < account.createdAt ? [] : [[account.id, job]];
    }),
  );
}

export async function readJobsOf(
  { db }: SqlSession,
  { name, createdAt }: Pick<Account, 'name' | 'createdAt'>,
  limit: number,
): Promise<Job[]> {
  const newest = db
    .selectFrom('task')
    .select('job')
    .distinct()
    .where('source', '=', name)
    .orderBy('job', 'desc')
    .limit(limit);
  const rows = await db
    .selectFrom('job')
    .selectAll()
    .where('id', 'in', newest)
    .where('started_at', '>=', createdAt)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(jobOf);
}

export async function readOpened(
  { db }: SqlSession,
  { name }: Pick<Account, 'name'>,
  job: JobId,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('task')
    .select('account')
    .distinct()
    .where('source', '=', name)
    .where('job', '=', job)
    .orderBy('account')
    .limit(limit)
    .execute();
  return rows.map(({ account }) => account);
}
