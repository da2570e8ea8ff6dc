import type { JsonObject } from '#wire/struct/json.ts';
import { monitoringKeyV1, monitoringKeyV2 } from './monitoring-keys.ts';
import type { CloudServer, Provider } from './server.ts';

/** Where a fleet's rows are stored, and by whom they were collected. */
interface Owner {
  readonly domainId: string;
  readonly workspaceId: string;
  /** ISO 8601. */
  readonly collectedAt: string;
}

/** The collector that found the servers: its plugin's layouts are in their metadata. */
export const cloudCollector = { collectorId: 'collector-cloud', pluginId: 'plugin-cloud' } as const;

const groupsV1 = {
  aws: ['EC2', 'Instance'],
  google_cloud: ['ComputeEngine', 'Instance'],
  azure: ['Compute', 'VirtualMachine'],
} as const satisfies Record<Provider, readonly [group: string, type: string]>;

const groupsV2 = { ...groupsV1, azure: ['VirtualMachines', 'Instance'] } as const;

const layout = { view: { sub_data: { layouts: [{ name: 'Instance', type: 'item', options: { fields: [] } }] } } };

/** The server as the old generation's inventory.Server. Its account is in `data.compute.account` alone. */
export function rowV1(server: CloudServer, index: number, owner: Owner): JsonObject {
  const [group, type] = groupsV1[server.provider];
  return {
    server_id: `server-${numbered(index)}`,
    name: server.name,
    state: 'ACTIVE',
    primary_ip_address: addressOf(index),
    ip_addresses: [addressOf(index)],
    os_type: 'LINUX',
    ...optional('instance_type', server.instanceType),
    provider: server.provider,
    cloud_service_group: group,
    cloud_service_type: type,
    region_code: server.region,
    data: dataOf(server, monitoringKeyV1(server)),
    metadata: { [cloudCollector.pluginId]: layout },
    reference: { resource_id: server.resourceId },
    tags: server.tags ?? {},
    ...optional('project_id', server.projectId),
    domain_id: owner.domainId,
    collection_info: {
      collectors: [cloudCollector.collectorId],
      service_accounts: [`sa-${server.provider}-${server.account}`],
      secrets: [server.secretId],
    },
    created_at: owner.collectedAt,
    updated_at: owner.collectedAt,
  };
}

/** The server as today's inventory.CloudService. */
export function rowV2(server: CloudServer, index: number, owner: Owner): JsonObject {
  const [group, type] = groupsV2[server.provider];
  return {
    cloud_service_id: `cloud-svc-${numbered(index)}`,
    name: server.name,
    state: 'ACTIVE',
    account: server.account,
    ...optional('instance_type', server.instanceType),
    ...(server.cores === undefined ? {} : { instance_size: server.cores }),
    ip_addresses: [addressOf(index)],
    cloud_service_group: group,
    cloud_service_type: type,
    provider: server.provider,
    data: dataOf(server, monitoringKeyV2(server)),
    metadata: { [server.provider]: layout },
    reference: { resource_id: server.resourceId },
    tags: { [server.provider]: server.tags ?? {} },
    tag_keys: { [server.provider]: Object.keys(server.tags ?? {}) },
    region_code: server.region,
    ...optional('project_id', server.projectId),
    workspace_id: server.workspaceId ?? owner.workspaceId,
    domain_id: owner.domainId,
    collection_info: {
      collector_id: cloudCollector.collectorId,
      secret_id: server.secretId,
      service_account_id: `sa-${server.provider}-${server.account}`,
      last_collected_at: owner.collectedAt,
    },
    created_at: owner.collectedAt,
    updated_at: owner.collectedAt,
  };
}

function dataOf(server: CloudServer, monitoringKey: JsonObject): JsonObject {
  if (server.lacks === 'data') return server.data ?? {};
  const { cores, memoryGib, state = 'RUNNING' } = server;
  return {
    compute: {
      ...(server.lacks === 'compute.account' ? {} : { account: server.accountName ?? server.account }),
      instance_name: server.name,
      instance_state: state,
      ...optional('instance_type', server.instanceType),
    },
    power_state: { status: state },
    ...(cores === undefined || memoryGib === undefined ? {} : { hardware: { core: cores, memory: memoryGib } }),
    ...monitoringKey,
    ...server.data,
  };
}

function optional(key: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}

function numbered(index: number): string {
  return String(index).padStart(8, '0');
}

function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
