import { isDeepStrictEqual } from 'node:util';
import type { JobTotals } from '../jobs.ts';
import { addCalls, forgottenCalls } from './forget-jobs.ts';
import { readLedgerTotals } from './ledger.ts';
import type { SqlSession } from './session.ts';

export async function readTotals(session: SqlSession): Promise<JobTotals> {
  const { db } = session;
  const jobs = await db
    .selectFrom('job')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const tasks = await db
    .selectFrom('task')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const { queued } = await db
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job')
    .select((eb) => eb.fn.countAll<number>().as('queued'))
    .where('task.state', '=', 'PENDING')
    .where('job.state', '=', 'RUNNING')
    .executeTakeFirstOrThrow();
  return { jobs, tasks, queued, calls: await readCalls(session) };
}

/** Read again where jobs were forgotten meanwhile, whose calls would count in neither sum. */
async function readCalls(session: SqlSession): Promise<JobTotals['calls']> {
  for (let forgotten = await forgottenCalls(session); ; ) {
    const sums = await readLedgerTotals(session);
    const after = await forgottenCalls(session);
    if (isDeepStrictEqual(after, forgotten)) return addCalls(sums, forgotten);
    forgotten = after;
  }
}
