import { CollectError } from '#model/errors.ts';
import type { InventoryRecord } from '#model/record.ts';
import { sameJson } from './same-json.ts';

/** What a collector reports of a server: as much of the record as it knows. */
export type IncomingRecord = Partial<InventoryRecord>;

export type Change = 'created' | 'updated' | 'unchanged';

export interface Merged {
  readonly record: InventoryRecord;
  readonly change: Change;
}

/**
 * Puts what was reported over what is known.
 *
 * Top-level fields are replaced where given; `data` and `metadata` key by key at their first level, so that a discovery
 * without `monitoring` leaves it as it was. Idempotent. A report that differs in `monitoring_info.collected_at` alone
 * changes nothing, and the record stays as it is.
 *
 * @throws CollectError `invalid_input` for a new record without provider, group, type or resource id
 */
export function mergeRecord(existing: InventoryRecord | undefined, incoming: IncomingRecord): Merged {
  if (existing === undefined) return { record: newRecord(incoming), change: 'created' };
  const record: InventoryRecord = {
    ...over(existing, incoming),
    data: over(existing.data, incoming.data ?? {}),
    metadata: over(existing.metadata, incoming.metadata ?? {}),
  };
  return sameRecord(existing, record) ? { record: existing, change: 'unchanged' } : { record, change: 'updated' };
}

function newRecord(incoming: IncomingRecord): InventoryRecord {
  const { provider, cloud_service_group, cloud_service_type, reference } = incoming;
  if (!provider || !cloud_service_group || !cloud_service_type || !reference?.resource_id) {
    throw new CollectError(
      'invalid_input',
      'a new record needs provider, cloud_service_group, cloud_service_type and reference.resource_id',
      { where: reference?.resource_id || incoming.name || 'a record without a name' },
    );
  }
  return {
    ...over({ account: '', region_code: '', name: '', instance_type: '', tags: {} }, incoming),
    provider,
    cloud_service_group,
    cloud_service_type,
    reference,
    data: given(incoming.data ?? {}),
    metadata: given(incoming.metadata ?? {}),
  };
}

function sameRecord(a: InventoryRecord, b: InventoryRecord): boolean {
  const { data: dataA, ...restA } = a;
  const { data: dataB, ...restB } = b;
  const { monitoring_info: infoA, ...otherA } = dataA;
  const { monitoring_info: infoB, ...otherB } = dataB;
  return sameJson(restA, restB) && sameJson(otherA, otherB) && sameJson(withoutTime(infoA), withoutTime(infoB));
}

function withoutTime<T extends { readonly collected_at: string }>(
  info: T | undefined,
): Omit<T, 'collected_at'> | undefined {
  if (info === undefined) return undefined;
  const { collected_at: _, ...rest } = info;
  return rest;
}

/** The keys come as the report has them: two reports of one collector then make records that are the same as text, too. */
function over<T extends object, U extends object>(known: T, report: U): T & U {
  const values = given(report);
  return { ...values, ...known, ...values };
}

/** Without the keys that are there and undefined, which would otherwise hide what is known. */
function given<T extends object>(values: T): T {
  if (!Object.values(values).includes(undefined)) return values;
  const copy = { ...values };
  for (const key in copy) if (copy[key] === undefined) delete copy[key];
  return copy;
}
