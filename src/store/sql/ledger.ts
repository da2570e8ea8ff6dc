import type { ExpressionBuilder } from 'kysely';
import type { JobId, JobTotals, LedgerLine } from '../jobs.ts';
import type { SqlSession } from './session.ts';
import type { LedgerTable, Tables } from './tables.ts';

export async function addToLedger({ db }: SqlSession, job: JobId, lines: readonly LedgerLine[]): Promise<void> {
  for (const { usdAtMost: usd_at_most, ...line } of lines) {
    await db
      .insertInto('ledger')
      .values({ job, ...line, usd_at_most })
      .onConflict((conflict) =>
        conflict
          .columns(['job', 'account', 'region', 'api'])
          .doUpdateSet((eb) => Object.fromEntries(sums.map((column) => [column, added(eb, column)]))),
      )
      .execute();
  }
}

const sums = ['calls', 'retried', 'throttled', 'failed', 'usd', 'usd_at_most'] as const;

function added(
  eb: ExpressionBuilder<Tables & { excluded: LedgerTable }, 'ledger' | 'excluded'>,
  column: (typeof sums)[number],
) {
  return eb(`ledger.${column}`, '+', eb.ref(`excluded.${column}`));
}

export async function readLedger({ db }: SqlSession, job: JobId): Promise<LedgerLine[]> {
  return db
    .selectFrom('ledger')
    .select(['account', 'region', 'api', 'calls', 'retried', 'throttled', 'failed', 'usd', 'usd_at_most as usdAtMost'])
    .where('job', '=', job)
    .orderBy('account')
    .orderBy('region')
    .orderBy('api')
    .execute();
}

/** Summed by api. @param jobs all where absent */
export async function readLedgerTotals({ db }: SqlSession, jobs?: readonly JobId[]): Promise<JobTotals['calls']> {
  let query = db
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
    .orderBy('api');
  if (jobs !== undefined) query = query.where('job', 'in', jobs);
  // PostgreSQL sums whole numbers as texts, which are longer than a double may be.
  return (await query.execute()).map(({ calls, retried, throttled, failed, ...rest }) => ({
    ...rest,
    calls: Number(calls),
    retried: Number(retried),
    throttled: Number(throttled),
    failed: Number(failed),
  }));
}
