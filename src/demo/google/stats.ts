/** Counts of one operation in one project. */
export interface OperationStats {
  readonly operation: string;
  /** Id, or `-` of calls outside of any project. */
  readonly project: string;
  /** Requests, whatever came of them. */
  calls: number;
  /** Refused for a quota or in a throttle storm. */
  throttled: number;
  /** Answered with any other error, or not answered at all. */
  failed: number;
  /** Time series returned, which is what Google charges for. */
  series: number;
  /** Points returned. */
  points: number;
}

/** Counts what the simulated cloud was asked. */
export class Stats {
  readonly #rows = new Map<string, OperationStats>();

  /** The counts of an operation in a project, to be added to. */
  of(operation: string, project: string): OperationStats {
    const key = `${operation}/${project}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = { operation, project, calls: 0, throttled: 0, failed: 0, series: 0, points: 0 };
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
