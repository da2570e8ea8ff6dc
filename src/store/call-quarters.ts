import type { ErrorCode } from '#model/errors.ts';

/** Calls are summed up by the quarter of an hour in which they were answered. */
export const quarterMs = 900_000;

/** @param at epoch milliseconds @returns quarters of an hour since 1970 */
export function quarterAt(at: number): number {
  return Math.floor(at / quarterMs);
}

/** How long a call may take to fall into a band, in milliseconds; one band more is for all that take longer. */
export const bandBoundsMs = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600] as const;

export function bandOf(tookMs: number): number {
  const at = bandBoundsMs.findIndex((bound) => tookMs <= bound);
  return at < 0 ? bandBoundsMs.length : at;
}

/** What became of the calls of one quarter. */
export interface CallCounts {
  /** Sent, tries included. */
  readonly calls: number;
  /** Those that were told to slow down among them. */
  readonly failed: number;
  readonly throttled: number;
  /** Why, of the last one that failed for another reason. */
  readonly error: ErrorCode | null;
  /** How many calls took how long: one number a band. */
  readonly bands: readonly number[];
}

/** Calls to the API that answers for metrics, of one account and region. */
export interface CallQuarter extends CallCounts {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly quarter: number;
}

/** Those of all accounts of a region. */
export interface RegionQuarter extends CallCounts {
  readonly provider: string;
  readonly region: string;
  readonly quarter: number;
  readonly accounts: number;
  /** Calls of the one account that sent most. */
  readonly busiest: number;
}

/** Those of all quarters that were asked for. */
export interface AccountCalls extends CallCounts {
  readonly account: string;
  readonly region: string;
  /** The newest quarter with a call. */
  readonly last: number;
}

/** How the clouds have answered for metrics of late. What is lost here is missing in no inventory. */
export interface CallQuarterStore {
  /** Adds to what is there. */
  add(quarters: readonly CallQuarter[]): Promise<void>;
  /** By provider, region and quarter. @param since the first quarter */
  byRegion(since: number): Promise<readonly RegionQuarter[]>;
  /** Those that failed most first. */
  byAccount(of: {
    readonly provider: string;
    readonly region?: string;
    readonly since: number;
    readonly limit: number;
  }): Promise<readonly AccountCalls[]>;
  /** @param before the first quarter that is kept */
  forget(before: number): Promise<void>;
}
