import { hash } from 'node:crypto';
import { type InventoryRecord, valuesAt } from '#model/record.ts';
import type { IdentityPath } from './inventory.ts';

/** The values by which match rules find a record. */
export type RecordIdentity = Readonly<Record<IdentityPath, string>>;

/** What the store's table says of a record: enough to list it, and often to see that it changed, without reading it. */
export interface RecordOutline {
  readonly name: string;
  readonly instanceType: string;
  readonly state: string;
  readonly cpuAvg: number | null;
  readonly cpuMax: number | null;
  readonly memoryAvg: number | null;
  /** Tells records apart by the keys of `data` and `metadata`; empty where there are keys that the model does not know. */
  readonly shape: string;
  /** Tells records apart by all but what was measured and how it is shown; empty where it is not known. */
  readonly facts: string;
  /** Tells records apart by all but when they were collected; empty where it is not known. */
  readonly digest: string;
}

export function identityOf(record: InventoryRecord): RecordIdentity {
  return {
    provider: record.provider,
    account: record.account,
    region_code: record.region_code,
    'reference.resource_id': record.reference.resource_id,
    cloud_service_group: record.cloud_service_group,
    cloud_service_type: record.cloud_service_type,
  };
}

export function outlineOf(record: InventoryRecord): RecordOutline {
  const { monitoring, compute } = record.data;
  const cpu = monitoring && valuesAt(monitoring, 'cpu.utilization');
  const memory = monitoring && valuesAt(monitoring, 'memory.usage');
  const shape = shapeOf(record);
  const facts = digestOf(JSON.stringify(factsOf(record)));
  return {
    name: record.name,
    instanceType: record.instance_type,
    state: compute?.instance_state ?? 'UNKNOWN',
    cpuAvg: cpu?.avg ?? null,
    cpuMax: cpu?.max ?? null,
    memoryAvg: memory?.avg ?? null,
    shape: shape === '' ? '' : digestOf(shape),
    facts,
    digest: digestOf(facts + JSON.stringify(measuredOf(record))),
  };
}

/** 96 bits: every list of servers reads past three of them a row. */
function digestOf(text: string): string {
  return hash('sha1', text, 'base64').slice(0, 16);
}

/** What a record says of a server, apart from what was measured, and how that is shown. */
export function factsOf({ metadata: _, data, ...facts }: InventoryRecord) {
  const { monitoring: _values, monitoring_info: _sources, ...rest } = data;
  return { ...facts, data: rest };
}

/** The rest of a record, without when it was collected. */
function measuredOf({ metadata, data: { monitoring, monitoring_info: info } }: InventoryRecord) {
  return [monitoring, info && { ...info, collected_at: undefined }, metadata];
}

const recordKeys = [
  'provider',
  'cloud_service_group',
  'cloud_service_type',
  'account',
  'region_code',
  'name',
  'instance_type',
  'reference',
  'tags',
  'data',
  'metadata',
] as const satisfies readonly (keyof InventoryRecord)[];

/**
 * Whether a report is a whole record: then, put over a record of the same shape, nothing of that one is left.
 *
 * @returns the shape, or an empty text where it is not whole
 */
function shapeOf(report: Partial<InventoryRecord>): string {
  const { data, metadata } = report;
  if (data === undefined || metadata === undefined) return '';
  if (Object.keys(report).length !== recordKeys.length || recordKeys.some((key) => report[key] === undefined))
    return '';
  if (Object.values(data).includes(undefined) || Object.values(metadata).includes(undefined)) return '';
  return JSON.stringify([Object.keys(data), Object.keys(metadata)]);
}

export function isWhole(report: Partial<InventoryRecord>): report is InventoryRecord {
  return shapeOf(report) !== '';
}

export function sameOutline(a: RecordOutline, b: RecordOutline): boolean {
  return (
    a.name === b.name &&
    a.instanceType === b.instanceType &&
    a.state === b.state &&
    a.cpuAvg === b.cpuAvg &&
    a.cpuMax === b.cpuMax &&
    a.memoryAvg === b.memoryAvg &&
    a.shape === b.shape
  );
}
