import type { Ledger } from '#collect/ledger.ts';
import type { LedgerLine } from '#store/jobs.ts';

/** The lines of a ledger as a job keeps them. */
export function storedLedger(ledger: Ledger): LedgerLine[] {
  return ledger.lines().map(({ account, region, api, calls, retried, throttled, failed, usd, usdAtMost }) => ({
    account,
    region,
    api,
    calls,
    retried,
    throttled,
    failed,
    usd,
    usdAtMost,
  }));
}

/** What has come to a ledger since lines of it were stored. */
export function ledgerSince(ledger: Ledger, stored: readonly LedgerLine[]): LedgerLine[] {
  const before = new Map(stored.map((line) => [keyOf(line), line]));
  return storedLedger(ledger).flatMap((line) => {
    const had = before.get(keyOf(line));
    if (had === undefined) return line;
    if (had.calls === line.calls) return [];
    return {
      ...line,
      calls: line.calls - had.calls,
      retried: line.retried - had.retried,
      throttled: line.throttled - had.throttled,
      failed: line.failed - had.failed,
      usd: line.usd - had.usd,
      usdAtMost: line.usdAtMost - had.usdAtMost,
    };
  });
}

function keyOf({ account, region, api }: LedgerLine): string {
  return `${api} ${account} ${region}`;
}
