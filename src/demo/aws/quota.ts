/** A quota that refills with time. */
export interface Quota {
  /** Units that come back per second. */
  readonly perSecond: number;
  /** Units that a rested bucket holds. */
  readonly burst: number;
}

/** CloudWatch's and EC2's documented quotas, each per account and region. */
export const quotas = {
  GetMetricData: { perSecond: 50, burst: 50 },
  ListMetrics: { perSecond: 25, burst: 25 },
  /** Estimated datapoints, StartTime within three hours. */
  recentDatapoints: { perSecond: 180_000, burst: 180_000 },
  /** Estimated datapoints, StartTime further back. */
  olderDatapoints: { perSecond: 396_000, burst: 396_000 },
  /** EC2's read-only operations. */
  describe: { perSecond: 20, burst: 100 },
  /** DescribeInstances with neither page size nor filter nor ids. */
  unpagedDescribe: { perSecond: 10, burst: 50 },
  sts: { perSecond: 600, burst: 600 },
} as const satisfies Record<string, Quota>;

interface Level {
  units: number;
  at: number;
}

/** Token buckets by name. A request may draw a bucket below zero if anything is left in it: then it must recover first. */
export class TokenBuckets {
  readonly #clock: () => number;
  readonly #levels = new Map<string, Level>();

  /** @param clock epoch milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Draws `units` from the bucket `key`; false, and nothing drawn, if it is empty. `scale` widens the quota. */
  take(key: string, quota: Quota, units: number, scale: number): boolean {
    if (scale === Number.POSITIVE_INFINITY) return true;
    const now = this.#clock();
    const full = quota.burst * scale;
    const { units: before, at } = this.#levels.get(key) ?? { units: full, at: now };
    const level = Math.min(full, before + (Math.max(0, now - at) / 1000) * quota.perSecond * scale);
    const granted = level >= Math.min(1, full);
    this.#levels.set(key, { units: granted ? level - units : level, at: now });
    return granted;
  }
}
