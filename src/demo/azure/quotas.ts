import type { Quota } from '../fleet/token-buckets.ts';

/** Azure's quotas that refill steadily. */
export const quotas = {
  /** Resource Manager's reads, per subscription (or tenant) and service principal. */
  reads: { perSecond: 25, burst: 250 },
  /** The metrics service's calls, per subscription and region. */
  metrics: { perSecond: 100, burst: 100 },
} as const satisfies Record<string, Quota>;

/** Resource Graph's quota: so many queries per principal in each window. */
export const graphQuota = { queries: 15, windowMs: 5000 } as const;

/** What is left of a window. */
export interface WindowLevel {
  readonly granted: boolean;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetsAfterMs: number;
}

interface Window {
  readonly openedAt: number;
  used: number;
}

/** Fixed windows by name. */
export class Windows {
  readonly #clock: () => number;
  readonly #windows = new Map<string, Window>();

  /** @param clock epoch milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Takes one query from the window `key`, which opens with its first. `scale` widens the quota. */
  take(key: string, scale: number): WindowLevel {
    const now = this.#clock();
    const known = this.#windows.get(key);
    const open = known !== undefined && now - known.openedAt < graphQuota.windowMs;
    const window = open ? known : { openedAt: now, used: 0 };
    this.#windows.set(key, window);
    const most = Math.max(1, Math.floor(graphQuota.queries * scale));
    const granted = window.used < most;
    if (granted) window.used++;
    const remaining = Math.min(graphQuota.queries, most - window.used);
    return { granted, remaining, resetsAfterMs: window.openedAt + graphQuota.windowMs - now };
  }
}
