import { ServerDefinition, type ServerInfo, ServerOSType } from '#wire/gen/v1/spaceone/api/inventory/v1/server.ts';
import type { Sparse } from '#wire/rpc.ts';
import { implement, type Service } from '#wire/service.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { DeskV1 } from '../desk.ts';
import { objectIf, text, texts } from '../json.ts';
import type { TableRules } from './query.ts';
import { asksForDeleted, is, readQueryV1, shortcuts } from './read-query.ts';
import type { Table } from './table.ts';

export const serverRules: TableRules = {
  idKey: 'server_id',
  ordering: ['name'],
  minimalFields: [
    'server_id',
    'name',
    'state',
    'primary_ip_address',
    'os_type',
    'provider',
    'cloud_service_group',
    'cloud_service_type',
    'region_code',
    'reference.resource_id',
    'project_id',
  ],
  keywordFields: [
    'server_id',
    'name',
    'ip_addresses',
    'cloud_service_group',
    'cloud_service_type',
    'reference.resource_id',
  ],
  tieBreak: false,
  tagDepth: 1,
};

/** What of the service is served, and so can be called. */
export const ServerList = { ...ServerDefinition, methods: { list: ServerDefinition.methods.list } } as const;

/** Server.list of the old generation: as many rows as are asked for, all if no limit is given. */
export function serverV1(desk: DeskV1, servers: Table): Service {
  return implement(ServerList, {
    list: desk.method('Server.list', 'inventory.Server.list', (request, { domainId }, { addItems }) => {
      const { server_id, name, state, primary_ip_address, ip_addresses, account, instance_type } = request;
      const { provider, cloud_service_group, cloud_service_type, region_code, project_id, query } = request;
      const demands = [
        ...shortcuts({ server_id, name, state, primary_ip_address, ip_addresses, account, instance_type }),
        ...shortcuts({ provider, cloud_service_group, cloud_service_type, region_code, project_id }),
        is('domain_id', domainId),
        ...(asksForDeleted(query) ? [] : [{ key: 'state', value: 'DELETED', operator: 'not' }]),
      ];
      const { rows, total } = servers.query(readQueryV1(query, serverRules, demands));
      addItems(rows.length);
      return { results: rows.map(toServerInfo), total_count: total };
    }),
  });
}

function toServerInfo(row: JsonObject): Sparse<ServerInfo> {
  return {
    server_id: text(row.server_id),
    name: text(row.name),
    state: text(row.state),
    primary_ip_address: text(row.primary_ip_address),
    ip_addresses: texts(row.ip_addresses),
    os_type: row.os_type === 'LINUX' ? ServerOSType.LINUX : ServerOSType.OS_TYPE_NONE,
    account: text(row.account),
    instance_type: text(row.instance_type),
    provider: text(row.provider),
    cloud_service_group: text(row.cloud_service_group),
    cloud_service_type: text(row.cloud_service_type),
    region_code: text(row.region_code),
    data: objectIf(row.data),
    metadata: objectIf(row.metadata),
    reference: objectIf(row.reference),
    tags: objectIf(row.tags),
    collection_info: objectIf(row.collection_info),
    project_id: text(row.project_id),
    domain_id: text(row.domain_id),
    created_at: text(row.created_at),
    updated_at: text(row.updated_at),
    deleted_at: text(row.deleted_at),
    launched_at: text(row.launched_at),
  };
}
