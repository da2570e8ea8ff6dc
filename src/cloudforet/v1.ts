import type { Client } from '#wire/client.ts';
import { ServerDefinition } from '#wire/gen/v1/spaceone/api/inventory/v1/server.ts';
import {
  DataSourceDefinition,
  DataSourceInfo_State,
  MonitoringType,
} from '#wire/gen/v1/spaceone/api/monitoring/v1/data_source.ts';
import { MetricDefinition } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { dataSourceOf } from './data-source.ts';
import type { Dialect, ServerQuery } from './dialect.ts';
import { inAccounts } from './in-accounts.ts';
import { readSeries } from './metric-series.ts';
import { rowOf } from './server-row.ts';

// Other methods answer a bare Struct, which the wire has no codec for.
const Servers = { ...ServerDefinition, methods: { list: ServerDefinition.methods.list } } as const;
const DataSources = { ...DataSourceDefinition, methods: { list: DataSourceDefinition.methods.list } } as const;

const fields = [
  ...['server_id', 'name', 'provider', 'cloud_service_group', 'cloud_service_type', 'account', 'region_code'],
  ...['instance_type', 'reference', 'data.compute.account', 'data.compute.instance_state', 'data.hardware.memory'],
  ...['tags', 'created_at'],
];
const sort = { keys: ['data.compute.account', 'region_code', 'server_id'].map((key) => ({ key })) };

/** Cloudforet 1.9: servers, and metrics of a list of their ids. Every request names the domain. */
export function dialectV1(inventory: Client, monitoring: Client, domain_id: string): Dialect {
  return {
    generation: 'v1',

    async listServers(query, page, signal) {
      const request = {
        provider: query.provider.id,
        query: { ...filtersOf(query), sort, page, only: fields },
        domain_id,
      };
      const { results, total_count } = await inventory.call(Servers, 'list', request, { signal });
      return {
        rows: results.map((info) => rowOf(info, { id: info.server_id, secretId: '', workspaceId: '' })),
        total: total_count,
      };
    },

    async listDataSources({ id }, signal) {
      const request = { monitoring_type: MonitoringType.METRIC, provider: id, domain_id };
      const { results } = await monitoring.call(DataSources, 'list', request, { signal });
      return results.map((info) => dataSourceOf(info, info.state !== DataSourceInfo_State.DISABLED));
    },

    async getData({ dataSourceId, metric, stat, start, end, periodSeconds, queries }, signal) {
      const request = {
        data_source_id: dataSourceId,
        resource_type: 'inventory.Server',
        resources: [...queries.keys()],
        ...{ metric, stat, start, end, domain_id },
        period: periodSeconds,
      };
      const { resource_values } = await monitoring.call(MetricDefinition, 'get_data', request, { signal });
      return readSeries(resource_values);
    },
  };
}

function filtersOf({ accounts, regions }: ServerQuery) {
  return {
    filter: regions.length === 0 ? [] : [{ k: 'region_code', v: regions, o: 'in' }],
    filter_or: inAccounts(accounts),
  };
}
