/** Counts of one operation in one account and region. */
export interface OperationStats {
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** Requests, whatever came of them. */
  calls: number;
  /** Refused for a quota or in a throttle storm. */
  throttled: number;
  /** Answered with any other error, or not answered at all. */
  failed: number;
  /** MetricDataQuery structures sent. */
  queries: number;
  /** Datapoints returned. */
  datapoints: number;
}

/** Counts what the simulated cloud was asked. */
export class Stats {
  readonly #rows = new Map<string, OperationStats>();

  /** The counts of an operation in an account and region, to be added to. */
  of(operation: string, account: string, region: string): OperationStats {
    const key = `${operation}/${account}/${region}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = { operation, account, region, calls: 0, throttled: 0, failed: 0, queries: 0, datapoints: 0 };
    this.#rows.set(key, row);
    return row;
  }

  /** All counts so far, copied. */
  rows(): readonly Readonly<OperationStats>[] {
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }

  /** Starts counting anew. */
  reset(): void {
    this.#rows.clear();
  }
}
