import type { InventoryRecord } from '#model/record.ts';
import type { StoredRecord } from '#store/inventory.ts';
import type { Generation } from '#wire/generation.ts';
import type { AccountOf } from './account-of.ts';
import { monitoringKeyOf } from './monitoring-key.ts';
import { wireId } from './wire-id.ts';

/** What both generations say of a record, as Cloudforet names it. */
export function commonRow(stored: StoredRecord, generation: Generation, domainId: string) {
  const { record, firstSeen, updatedAt, absentSince } = stored;
  return {
    name: record.name,
    state: absentSince === undefined ? 'ACTIVE' : 'DELETED',
    account: record.account,
    instance_type: record.instance_type,
    provider: record.provider,
    cloud_service_group: record.cloud_service_group,
    cloud_service_type: record.cloud_service_type,
    region_code: record.region_code,
    data: { ...monitoringKeyOf(record, generation), ...record.data },
    metadata: record.metadata,
    reference: record.reference,
    domain_id: domainId,
    created_at: new Date(firstSeen).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    ...(absentSince === undefined ? {} : { deleted_at: new Date(absentSince).toISOString() }),
  };
}

/** The secret that a record's cloud is asked with; undefined where it cannot be told. */
export function secretIdOf(record: InventoryRecord, accountOf: AccountOf): string | undefined {
  const account = accountOf(record);
  return account && wireId('secret', account.id);
}
