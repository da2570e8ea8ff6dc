import type { JobId, LedgerLine } from '../jobs.ts';
import type { Session } from './session.ts';

const addLine = `INSERT INTO ledger (job, account, region, api, calls, retried, throttled, failed, usd, usd_at_most)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (job, account, region, api) DO UPDATE SET
    calls = calls + excluded.calls, retried = retried + excluded.retried,
    throttled = throttled + excluded.throttled, failed = failed + excluded.failed,
    usd = usd + excluded.usd, usd_at_most = usd_at_most + excluded.usd_at_most`;

export async function addToLedger({ file }: Session, job: JobId, lines: readonly LedgerLine[]): Promise<void> {
  const add = file.writer(addLine);
  for (const line of lines) {
    const { account, region, api, calls, retried, throttled, failed, usd, usdAtMost } = line;
    add([job, account, region, api, calls, retried, throttled, failed, usd, usdAtMost]);
  }
}

export async function readLedger({ db }: Session, job: JobId): Promise<LedgerLine[]> {
  return db
    .selectFrom('ledger')
    .select(['account', 'region', 'api', 'calls', 'retried', 'throttled', 'failed', 'usd', 'usd_at_most as usdAtMost'])
    .where('job', '=', job)
    .orderBy('account')
    .orderBy('region')
    .orderBy('api')
    .execute();
}
