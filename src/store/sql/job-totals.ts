import type { JobTotals } from '../jobs.ts';
import type { SqlSession } from './session.ts';

export async function readTotals({ db }: SqlSession): Promise<JobTotals> {
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
  const sums = await db
    .selectFrom('ledger')
    .select(({ fn }) => [
      'api',
      fn.sum<number | string>('calls').as('calls'),
      fn.sum<number | string>('retried').as('retried'),
      fn.sum<number | string>('throttled').as('throttled'),
      fn.sum<number | string>('failed').as('failed'),
      fn.sum<number>('usd').as('usd'),
      fn.sum<number>('usd_at_most').as('usdAtMost'),
    ])
    .groupBy('api')
    .orderBy('api')
    .execute();
  // PostgreSQL sums whole numbers as texts, which are longer than a double may be.
  const calls = sums.map(({ calls, retried, throttled, failed, ...rest }) => ({
    ...rest,
    calls: Number(calls),
    retried: Number(retried),
    throttled: Number(throttled),
    failed: Number(failed),
  }));
  return { jobs, tasks, queued, calls };
}
