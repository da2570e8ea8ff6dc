import type { InventoryRecord } from '#model/record.ts';
import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';

/** The servers among what our own providers find, by group and type. */
export const serverKinds = [
  { group: 'EC2', type: 'Instance' },
  { group: 'ComputeEngine', type: 'Instance' },
  { group: 'VirtualMachines', type: 'Instance' },
  { group: 'Prometheus', type: 'Node' },
  // As collectors of the first generation call Azure's.
  { group: 'Compute', type: 'VirtualMachine' },
] as const;

/**
 * Where a server's metrics are looked for: what a cloud's own collector writes beside `compute`, in the words of its
 * generation. Our own providers know it without, so that it is made when it is asked for.
 *
 * @returns what is to be added to `data`; nothing for what is no server, or of a cloud without a data source
 */
export function monitoringKeyOf(record: InventoryRecord, generation: Generation): JsonObject {
  const { cloud_service_group: group, cloud_service_type: type } = record;
  if (!serverKinds.some((kind) => kind.group === group && kind.type === type)) return {};
  const { resource_id } = record.reference;
  switch (record.provider) {
    case 'aws':
      return { cloudwatch: cloudwatchKey(resource_id, record.region_code, generation) };
    case 'azure':
      return { azure_monitor: { resource_id } };
    case 'google_cloud':
      return googleKey(record, generation);
    default:
      return {};
  }
}

function cloudwatchKey(instance: string, region_name: string, generation: Generation): JsonObject {
  const dimensions = [{ Name: 'InstanceId', Value: instance }];
  if (generation === 'v1') return { namespace: 'AWS/EC2', dimensions, region_name };
  const metrics_info = ['AWS/EC2', 'CWAgent'].map((Namespace) => ({ Namespace, Dimensions: dimensions }));
  return { region_name, metrics_info };
}

/**
 * An instance by its number. Names will not do: one may be given again, and then the metrics of both go by it. A record
 * without the number has no key.
 */
function googleKey({ reference, account, data }: InventoryRecord, generation: Generation): JsonObject {
  const number = data.compute?.instance_id ?? '';
  if (!/^\d+$/.test(number)) return {};
  const labels = [{ key: 'resource.labels.instance_id', value: number }];
  if (generation === 'v1') return { stackdriver: { type: 'gce_instance', filters: labels } };
  const filters = [{ metric_type: 'compute.googleapis.com/instance', labels }];
  return { google_cloud_monitoring: { name: `projects/${account}`, resource_id: reference.resource_id, filters } };
}
