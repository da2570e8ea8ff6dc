/** A quota that refills with time. */
export interface Quota {
  /** Units that come back per second. */
  readonly perSecond: number;
  /** Units that a rested bucket holds. */
  readonly burst: number;
}

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
