import type { MetricKey } from '#model/metric.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { Condition, Path } from './query/condition.ts';
import type { RecordIdentity, RecordOutline } from './record-outline.ts';
import type { HexagonArea, HexagonGrid, Hexagons, PercentKey, RecordPoint, TypeGroup } from './record-shapes.ts';

/** The store's own number of a record, which history refers to. */
export type RecordId = number;

/** What may identify a record in a match rule: paths into `InventoryRecord`. */
export const identityPaths = [
  'provider',
  'account',
  'region_code',
  'reference.resource_id',
  'cloud_service_group',
  'cloud_service_type',
] as const;
export type IdentityPath = (typeof identityPaths)[number];

/** Values by path, none of them empty; a record matches where all are equal. */
export type Lookup = Readonly<Partial<Record<IdentityPath, string>>>;

/** A record that a lookup found, without the record itself. */
export interface MatchedRecord {
  readonly id: RecordId;
  readonly identity: RecordIdentity;
  readonly outline: RecordOutline;
  readonly isAbsent: boolean;
  /** When a collector last reported it, changed or not. */
  readonly lastSeenAt: number;
}

export interface StoredRecord {
  readonly id: RecordId;
  readonly record: InventoryRecord;
  readonly firstSeen: number;
  /** When the record last changed. */
  readonly updatedAt: number;
  /** When a collector last reported it, changed or not. */
  readonly lastSeenAt: number;
  /** Since when complete runs have not found it any more. */
  readonly absentSince?: number;
}

export interface RecordWrite {
  /** Absent for a record that is not stored yet. */
  readonly id?: RecordId;
  readonly record: InventoryRecord;
  /** Of the record, where it is known already. */
  readonly outline?: RecordOutline;
  /** Where provider, account, region and resource id are known to be as they are stored: half the work. */
  readonly sameIdentity?: boolean;
}

/** The state of a record that is gone. */
export const absentState = 'ABSENT';

export interface RecordFilter {
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  readonly state?: string;
  /** Part of the name or the resource id, in any case. */
  readonly search?: string;
  readonly condition?: Condition;
}

export const recordSorts = [
  'id',
  'name',
  'provider',
  'account',
  'region',
  'state',
  'instanceType',
  'cpuAvg',
  'cpuMax',
  'memoryAvg',
  'firstSeen',
  'updatedAt',
  'lastSeenAt',
] as const;
export type RecordSort = (typeof recordSorts)[number];

export interface RecordQuery {
  readonly filter?: RecordFilter;
  /** Records without the value come last, either way; equal ones by id. By id where absent. */
  readonly sort?: { readonly by: RecordSort; readonly descending?: boolean };
  /** 1 to 1,000. */
  readonly limit: number;
  /** `next` of the page before, of the same filter and sort. */
  readonly after?: string;
}

export interface RecordPage {
  readonly rows: readonly StoredRecord[];
  /** Of all pages. */
  readonly total: number;
  /** Absent on the last page. */
  readonly next?: string;
}

/** A query of the language of `query/parse.ts`, checked. */
export interface RecordSearch {
  readonly condition: Condition;
  readonly sort: readonly { readonly path: Path; readonly descending: boolean }[];
  readonly offset: number;
  /** 0 where only the count is wanted. */
  readonly limit: number;
}

export interface SearchResult {
  /** Of all pages. */
  readonly total: number;
  readonly rows: readonly StoredRecord[];
}

export interface RecordSummary {
  readonly total: number;
  readonly groups: readonly RecordGroup[];
  /** Servers by average cpu: ten bins of 10 %, the last one including 100 and above. */
  readonly cpuHistogram: readonly number[];
  readonly withoutCpu: number;
  /** With a value of any metric of their disks. */
  readonly withDisk: number;
  /** With a value of any metric of their network. */
  readonly withNetwork: number;
}

/** Servers that share provider, account, region and state. */
export interface RecordGroup {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly state: string;
  readonly count: number;
  /** How many of them have a value for memory usage. */
  readonly withMemory: number;
}

/** How used the servers of one provider, account and region are. In percent; null where none of them has the value. */
export interface RecordUsage {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly servers: number;
  readonly withCpu: number;
  readonly withMemory: number;
  /** The mean of their averages. */
  readonly cpuAvg: number | null;
  /** The highest of their maxima. */
  readonly cpuMax: number | null;
  /** The mean of their averages. */
  readonly memoryAvg: number | null;
}

/** Of the records of one provider, how many have a value of each metric; none has one of a metric that is not there. */
export interface RecordCoverage {
  readonly provider: string;
  readonly servers: number;
  readonly withValue: ReadonlyMap<MetricKey, number>;
}

/** By which value of a record; those without one come last. */
export interface RecordOrder {
  readonly path: Path;
  readonly descending: boolean;
}

/** The first ids of an order. */
export interface RecordHead {
  readonly ids: readonly RecordId[];
  /** Of all that the filter lets through. */
  readonly total: number;
}

/** What lists are narrowed by, one value at a time. `type` is the `instance_type`. */
export const facets = ['provider', 'account', 'region', 'state', 'type'] as const;
export type Facet = (typeof facets)[number];

export interface FacetCount {
  readonly facet: Facet;
  readonly value: string;
  readonly servers: number;
}

/** Statistics of cpu utilization that can be summed up. */
export const cpuStatistics = ['avg', 'max', 'p95'] as const;
export type CpuStatistic = (typeof cpuStatistics)[number];

export interface CpuQuantiles {
  /** How many records have the value. */
  readonly measured: number;
  /** A value that one of them has for each percent asked for; empty where none has one. */
  readonly values: readonly number[];
}

/** What the store's table alone says of a record. */
export interface RecordLine extends Pick<RecordOutline, 'name' | 'cpuAvg' | 'cpuMax' | 'memoryAvg'> {
  readonly id: RecordId;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly resourceId: string;
}

export interface InventoryStore {
  /**
   * The records that each lookup matches, in the order of the lookups: none, one, or two where there are two or more.
   * One statement for all lookups that name the same paths.
   */
  match(lookups: readonly Lookup[]): Promise<readonly (readonly MatchedRecord[])[]>;

  /**
   * Writes new and changed records.
   *
   * @returns their ids, in order
   * @throws CollectError `conflict` where another record has the same provider, account, region and resource id
   */
  put(writes: readonly RecordWrite[], now: number): Promise<readonly RecordId[]>;

  /** Notes that records were reported again, and did not change. */
  touch(ids: readonly RecordId[], now: number): Promise<void>;

  /**
   * Notes that records are gone: those that nobody has reported since, and that are not known to be.
   *
   * @param seenBefore epoch milliseconds
   * @returns their ids
   */
  markAbsent(filter: RecordFilter, seenBefore: number, now: number): Promise<readonly RecordId[]>;

  /** The records of these ids, in this order; ids that are gone are left out. */
  records(ids: readonly RecordId[]): Promise<readonly StoredRecord[]>;
  get(id: RecordId): Promise<StoredRecord | undefined>;
  /** @throws CollectError `invalid_query` for a limit or cursor that is not one */
  list(query: RecordQuery): Promise<RecordPage>;
  search(search: RecordSearch): Promise<SearchResult>;
  /** The ids of all records that the filter lets through, in order; equal ones by id. */
  order(order: RecordOrder, filter?: RecordFilter): Promise<readonly RecordId[]>;
  /** The first of them, which takes a fraction of it. */
  head(order: RecordOrder, limit: number, filter?: RecordFilter): Promise<RecordHead>;
  /** How many records have each value of these facets, most first. */
  tally(facets: readonly Facet[], filter?: RecordFilter): Promise<readonly FacetCount[]>;
  /** @param percents whole numbers, 0 to 100 */
  cpuQuantiles(statistic: CpuStatistic, percents: readonly number[], filter?: RecordFilter): Promise<CpuQuantiles>;
  /** How many records lie in each hexagon of a grid, and in areas of it; those without one of the two values in none. */
  hexagons(grid: HexagonGrid, areas: readonly HexagonArea[], filter?: RecordFilter): Promise<Hexagons>;
  /** By account, region and instance type. */
  groups(key: PercentKey, filter: RecordFilter): Promise<readonly TypeGroup[]>;
  /** All that the filter lets through, at once: ask `groups` first how many that is. */
  points(key: PercentKey, filter: RecordFilter): Promise<readonly RecordPoint[]>;
  count(filter?: RecordFilter): Promise<number>;
  summary(filter?: RecordFilter): Promise<RecordSummary>;
  usage(filter?: RecordFilter): Promise<readonly RecordUsage[]>;
  coverage(filter?: RecordFilter): Promise<readonly RecordCoverage[]>;
  /** By id, in pages. */
  lines(filter?: RecordFilter): AsyncIterable<readonly RecordLine[]>;
  /** All that the filter lets through, by id, in pages, of which some may be empty; what is written meanwhile may or may not be among it. */
  stream(filter?: RecordFilter): AsyncIterable<readonly StoredRecord[]>;
}
