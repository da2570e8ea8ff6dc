import type { ExpressionBuilder } from 'kysely';
import type { JobId, LedgerLine } from '../jobs.ts';
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
