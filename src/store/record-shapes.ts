/** What charts of many servers are drawn by: measures in percent that are columns of the table. */
export const percentKeys = ['cpu.avg', 'cpu.max', 'cpu.p95', 'mem.avg', 'mem.max', 'mem.p95'] as const;
export type PercentKey = (typeof percentKeys)[number];

/** In percent: `[from, to)`, or without an end. */
export interface PercentRange {
  readonly from: number;
  readonly to: number | null;
}

/** Two keys of a record, and how many hexagons of the same width fit into 0 to 100 % of each. */
export interface HexagonGrid {
  readonly x: PercentKey;
  readonly y: PercentKey;
  readonly columns: number;
  readonly rows: number;
}

/** Records in one hexagon. Its centre lies `column` widths from the left, half a width more in odd rows. */
export interface Hexagon {
  readonly column: number;
  readonly row: number;
  readonly servers: number;
}

export interface HexagonArea {
  readonly x: PercentRange;
  readonly y: PercentRange;
}

export interface Hexagons {
  readonly hexagons: readonly Hexagon[];
  /** Of all that the filter lets through. */
  readonly total: number;
  /** In each area, in the order of the areas. */
  readonly inAreas: readonly number[];
}

/** Records of one account, region and instance type. */
export interface TypeGroup {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly servers: number;
  /** How many of them have the value. */
  readonly measured: number;
  /** Of their values. */
  readonly sum: number;
  /** The lowest and the highest id. */
  readonly first: number;
  readonly last: number;
}

export interface RecordPoint {
  readonly id: number;
  readonly name: string;
  readonly resourceId: string;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly value: number | null;
}
