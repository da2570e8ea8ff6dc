/** Counts of one method. */
export interface MethodStats {
  /** Requests, whatever came of them. */
  readonly calls: number;
  /** Answered with an error, or given up by the caller. */
  readonly failed: number;
  readonly inFlight: number;
  /** Most that were in flight at once. */
  readonly maxInFlight: number;
  /** What the requests were about: rows answered by a list, resources asked for by Metric.get_data. */
  readonly items: number;
}

/** By method, such as `Metric.get_data`; `plugin: Metric.get_data` is what the platform asks a data source. */
export type GenerationStats = Readonly<Record<string, MethodStats>>;

/** Counts what a simulated platform was asked. */
export class Stats {
  readonly #rows = new Map<string, { -readonly [Name in keyof MethodStats]: number }>();

  /** Does the work and counts it. */
  async track<T>(method: string, work: (addItems: (count: number) => void) => Promise<T>): Promise<T> {
    const row = this.#rows.get(method) ?? { calls: 0, failed: 0, inFlight: 0, maxInFlight: 0, items: 0 };
    this.#rows.set(method, row);
    row.calls++;
    row.inFlight++;
    row.maxInFlight = Math.max(row.maxInFlight, row.inFlight);
    try {
      return await work((count) => {
        row.items += count;
      });
    } catch (caught) {
      row.failed++;
      throw caught;
    } finally {
      row.inFlight--;
    }
  }

  /** All counts so far, copied. */
  rows(): GenerationStats {
    return Object.fromEntries([...this.#rows].map(([method, row]) => [method, { ...row }]));
  }
}
