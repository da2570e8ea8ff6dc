import type { Call } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import { addCosts, type Cost, usdRounding } from '#model/fleet.ts';

/** What one API of one account and region was asked, and at what price. */
export interface LedgerLine {
  readonly api: string;
  readonly account: string;
  readonly region: string;
  /** Sent, tries included. */
  calls: number;
  /** Tries after the first. */
  retried: number;
  /** Answered by "slow down". */
  throttled: number;
  failed: number;
  usd: number;
  usdAtMost: number;
  metrics: number;
  points: number;
  readonly isBilled: boolean;
}

/** The calls of one run as they are made. Holds the run to its budget. */
export class Ledger {
  readonly #lines = new Map<string, LedgerLine>();
  #maxUsd: number;
  #committedUsd = 0;

  /** @param maxUsd no call is sent that could make the run cost more than this */
  constructor(maxUsd = Number.POSITIVE_INFINITY) {
    this.#maxUsd = maxUsd;
  }

  /** From now on the run may cost no more than this, if it might until now. */
  limit(maxUsd: number): void {
    this.#maxUsd = Math.min(this.#maxUsd, maxUsd);
  }

  /** Sets the price of a call aside before it is sent. @throws CollectError `budget_exceeded` */
  commit({ api, account, region, usdAtMost = 0 }: Call): void {
    if (usdAtMost > 0 && this.#committedUsd + usdAtMost > this.#maxUsd + usdRounding) {
      throw new CollectError('budget_exceeded', `the run would cost more than $${this.#maxUsd}`, {
        where: `${account}/${region} ${api}`,
        fix: 'raise --max-cost, or narrow the run by --regions, --days or --stat; what was read is kept',
      });
    }
    this.#committedUsd += usdAtMost;
  }

  /** A call was sent and settled. What the cloud refused is not billed. */
  settle(call: Call, attempt: number, error: CollectError | undefined): void {
    const line = this.#line(call);
    const { usd = 0, usdAtMost = 0 } = call;
    line.calls++;
    if (attempt > 0) line.retried++;
    if (error?.code === 'rate_limited') line.throttled++;
    if (error !== undefined) line.failed++;
    if (error !== undefined && isRefusal(error)) this.#committedUsd -= usdAtMost;
    else {
      if (error === undefined) {
        line.usd += usd;
        line.metrics += call.metrics ?? 0;
        line.points += call.points ?? 0;
      }
      line.usdAtMost += usdAtMost;
    }
  }

  lines(): LedgerLine[] {
    return [...this.#lines.values()].map((line) => ({ ...line }));
  }

  /** Of billed calls, those sent in vain among them: what a plan is held against. */
  spent(of: { readonly account?: string; readonly region?: string } = {}): Cost {
    const lines = [...this.#lines.values()].filter(
      ({ isBilled, account, region }) =>
        isBilled && account === (of.account ?? account) && region === (of.region ?? region),
    );
    return addCosts(lines);
  }

  #line({ api, account, region, usd }: Call): LedgerLine {
    const key = `${api} ${account} ${region}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = {
      api,
      account,
      region,
      calls: 0,
      retried: 0,
      throttled: 0,
      failed: 0,
      usd: 0,
      usdAtMost: 0,
      metrics: 0,
      points: 0,
      isBilled: usd !== undefined,
    };
    this.#lines.set(key, line);
    return line;
  }
}

function isRefusal({ code }: CollectError): boolean {
  return code === 'rate_limited' || code === 'access_denied' || code === 'secret_rejected' || code === 'invalid_query';
}
