import type { JobId, JobStore, JobTally, JobTotals } from '../jobs.ts';
import type { SqlSession } from './session.ts';

/** Jobs that read an account: a saved one by name, or any by its id. */
export function jobsOfSource(db: SqlSession['db'], source: string) {
  const named = db.selectFrom('task').select('job').where('source', '=', source);
  return named.union(db.selectFrom('task').select('job').where('account', '=', source));
}

export async function countJobs(
  { db }: SqlSession,
  { source }: Parameters<JobStore['countByState']>[0],
): Promise<JobTotals['jobs']> {
  let query = db
    .selectFrom('job')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('state');
  if (source !== undefined) query = query.where('id', 'in', jobsOfSource(db, source));
  return query.execute();
}

export async function tallyJobs({ db }: SqlSession, jobs: readonly JobId[]): Promise<ReadonlyMap<JobId, JobTally>> {
  if (jobs.length === 0) return new Map();
  const states = await db
    .selectFrom('task')
    .select(['job', 'state', (eb) => eb.fn.countAll<number>().as('count')])
    .where('job', 'in', jobs)
    .groupBy(['job', 'state'])
    .execute();
  const places = await db
    .selectFrom('task')
    .select(['job', 'provider', (eb) => eb.fn.count<number>('account').distinct().as('accounts')])
    .where('job', 'in', jobs)
    .groupBy(['job', 'provider'])
    .orderBy('provider')
    .execute();
  const tallies = new Map<JobId, JobTally>();
  for (const { job, state, count } of states) {
    const { tasks } = tallies.get(job) ?? { tasks: {} };
    tallies.set(job, { tasks: { ...tasks, [state]: count }, places: [] });
  }
  for (const { job, ...place } of places) {
    const known = tallies.get(job);
    if (known !== undefined) tallies.set(job, { ...known, places: [...known.places, place] });
  }
  return tallies;
}
