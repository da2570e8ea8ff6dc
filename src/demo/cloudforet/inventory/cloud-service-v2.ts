import { CloudServiceDefinition, type CloudServiceInfo } from '#wire/gen/v2/spaceone/api/inventory/v1/cloud_service.ts';
import type { Sparse } from '#wire/rpc.ts';
import { implement, type Service } from '#wire/service.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { DeskV2 } from '../desk.ts';
import type { Caller } from '../identity/caller.ts';
import { objectIf, text, texts } from '../json.ts';
import type { Condition } from './filter.ts';
import type { TableRules } from './query.ts';
import { asksForDeleted, is, readQueryV2, shortcuts } from './read-query.ts';
import type { Table } from './table.ts';

export const cloudServiceRules: TableRules = {
  idKey: 'cloud_service_id',
  ordering: [],
  minimalFields: [
    'cloud_service_id',
    'name',
    'cloud_service_group',
    'cloud_service_type',
    'provider',
    'reference.resource_id',
    'region_code',
    'project_id',
  ],
  keywordFields: [
    'cloud_service_id',
    'name',
    'ip_addresses',
    'cloud_service_group',
    'cloud_service_type',
    'reference.resource_id',
  ],
  tieBreak: true,
  tagDepth: 2,
};

/** A page's default and its most. */
const mostRows = 1000;

/** What of the service is served, and so can be called. */
export const CloudServiceList = {
  ...CloudServiceDefinition,
  methods: { list: CloudServiceDefinition.methods.list },
} as const;

/** CloudService.list of today's generation: a thousand rows at most, and in any order unless a sort is given. */
export function cloudServiceV2(desk: DeskV2, cloudServices: Table): Service {
  return implement(CloudServiceList, {
    list: desk.method('CloudService.list', 'inventory:CloudService.read', (request, caller, { addItems }) => {
      const { cloud_service_id, name, state, account, instance_type, cloud_service_type, query } = request;
      const { cloud_service_group, provider, region_code, project_id, ip_address, workspace_id } = request;
      const demands = [
        ...shortcuts({ cloud_service_id, name, state, account, instance_type, cloud_service_type }),
        ...shortcuts({ cloud_service_group, provider, region_code, project_id, ip_addresses: ip_address }),
        ...(caller.workspaceId === undefined ? shortcuts({ workspace_id }) : []),
        ...visibleTo(caller),
        ...(asksForDeleted(query) ? [] : [is('state', 'ACTIVE')]),
      ];
      const { rows, total } = cloudServices.query(readQueryV2(query, cloudServiceRules, demands, mostRows));
      addItems(rows.length);
      return { results: rows.map(toCloudServiceInfo), total_count: total };
    }),
  });
}

/** What a caller sees of rows with domain, workspace and project. */
export function visibleTo({ domainId, workspaceId, projects }: Caller): readonly Condition[] {
  return [
    is('domain_id', domainId),
    ...(workspaceId === undefined ? [] : [is('workspace_id', workspaceId)]),
    ...(projects === undefined ? [] : [{ key: 'project_id', value: projects, operator: 'in' }]),
  ];
}

function toCloudServiceInfo(row: JsonObject): Sparse<CloudServiceInfo> {
  return {
    cloud_service_id: text(row.cloud_service_id),
    name: text(row.name),
    state: text(row.state),
    ip_addresses: texts(row.ip_addresses),
    account: text(row.account),
    instance_type: text(row.instance_type),
    instance_size: typeof row.instance_size === 'number' ? row.instance_size : 0,
    cloud_service_type: text(row.cloud_service_type),
    cloud_service_group: text(row.cloud_service_group),
    provider: text(row.provider),
    data: objectIf(row.data),
    metadata: objectIf(row.metadata),
    reference: objectIf(row.reference),
    tags: objectIf(row.tags),
    tag_keys: objectIf(row.tag_keys),
    collection_info: objectIf(row.collection_info),
    region_code: text(row.region_code),
    domain_id: text(row.domain_id),
    workspace_id: text(row.workspace_id),
    project_id: text(row.project_id),
    created_at: text(row.created_at),
    updated_at: text(row.updated_at),
    deleted_at: text(row.deleted_at),
  };
}
