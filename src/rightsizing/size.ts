/** A size of servers, as its cloud names and sells it. */
export interface Size {
  readonly name: string;
  readonly vcpus: number;
  readonly gib: number;
  /** The part of each vCPU that may be used all day without spending credits, 0 to 1; absent where all of it may. */
  readonly baseline?: number;
}

/** Sizes that a server can be changed between: of one generation and maker of processors, so that a vCPU is a vCPU. */
export interface PricedSize extends Size {
  readonly line: string;
  /** List price an hour in the home region of its list. */
  readonly homeUsd: number;
}

/** Sizes and list prices of a cloud, as they were on a day. */
export interface SizeList {
  readonly provider: string;
  /** The region whose prices the sizes carry. */
  readonly homeRegion: string;
  /** Where the cloud publishes them. */
  readonly source: string;
  /** `2026-07-20` */
  readonly readOn: string;
  readonly families: readonly SizeFamily[];
}

export interface SizeFamily {
  /** Families of one line have vCPUs that do the same work, and differ in memory. */
  readonly line: string;
  readonly architecture?: 'arm64';
  /**
   * What one size costs in other regions, in USD an hour: all others of its family cost more or less there by the same factor. Where a
   * region is not here, no price is known.
   */
  readonly elsewhere?: { readonly of: string; readonly usd: Readonly<Record<string, number>> };
  /** Name, vCPUs, GiB, USD an hour in the home region, and the baseline of those that earn credits. */
  readonly sizes: readonly (readonly [name: string, vcpus: number, gib: number, usd: number, baseline?: number])[];
}
