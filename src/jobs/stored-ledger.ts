import { Ledger } from '#collect/ledger.ts';
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

/** The ledger of an attempt at a task, which is stored piece by piece. */
export class AttemptLedger extends Ledger {
  #stored: readonly LedgerLine[] = [];

  /** @param work stores what was spent since it last did, along with what else it stores */
  async storing(work: (since: readonly LedgerLine[]) => Promise<void>): Promise<void> {
    const lines = storedLedger(this);
    await work(difference(lines, this.#stored));
    this.#stored = lines;
  }
}

function difference(lines: readonly LedgerLine[], stored: readonly LedgerLine[]): LedgerLine[] {
  const before = new Map(stored.map((line) => [keyOf(line), line]));
  return lines.flatMap((line) => {
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
