import type { Client } from '#wire/client.ts';
import { CloudServiceDefinition } from '#wire/gen/v2/spaceone/api/inventory/v1/cloud_service.ts';
import {
  DataSourceDefinition,
  DataSourceInfo_State,
  MonitoringType,
} from '#wire/gen/v2/spaceone/api/monitoring/v1/data_source.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import { dataSourceOf } from './data-source.ts';
import type { Dialect, ServerQuery } from './dialect.ts';
import { inAccounts } from './in-accounts.ts';
import { readSeries } from './metric-series.ts';
import { rowOf } from './server-row.ts';

// Other methods answer a bare Struct, which the wire has no codec for.
const CloudServices = { ...CloudServiceDefinition, methods: { list: CloudServiceDefinition.methods.list } } as const;
const DataSources = { ...DataSourceDefinition, methods: { list: DataSourceDefinition.methods.list } } as const;

const fields = [
  ...['cloud_service_id', 'name', 'provider', 'cloud_service_group', 'cloud_service_type', 'account', 'region_code'],
  ...['instance_type', 'reference', 'data.compute.account', 'data.compute.instance_state', 'data.hardware.memory'],
  ...['tags', 'created_at', 'workspace_id', 'collection_info.secret_id'],
];
const sort = ['account', 'region_code', 'cloud_service_id'].map((key) => ({ key }));

/** Cloudforet 2.x: cloud services, and metrics of a query for each. The token says which domain. */
export function dialectV2(inventory: Client, monitoring: Client): Dialect {
  return {
    generation: 'v2',

    async listServers(query, page, signal) {
      const { id, queryKey } = query.provider;
      const only = [...fields, `data.${queryKey}`];
      const request = { provider: id, query: { ...filtersOf(query), sort, page, only } };
      const { results, total_count } = await inventory.call(CloudServices, 'list', request, { signal });
      return {
        rows: results.map((info) => {
          const secretId = info.collection_info?.secret_id ?? '';
          return rowOf(info, { id: info.cloud_service_id, secretId, workspaceId: info.workspace_id });
        }),
        total: total_count,
      };
    },

    async listDataSources({ id }, signal) {
      const request = { monitoring_type: MonitoringType.METRIC, provider: id };
      const { results } = await monitoring.call(DataSources, 'list', request, { signal });
      return results.map((info) => dataSourceOf(info, info.state !== DataSourceInfo_State.DISABLED));
    },

    async getData({ dataSourceId, metric, stat, start, end, periodSeconds, queries }, signal) {
      const request = {
        data_source_id: dataSourceId,
        metric_query: Object.fromEntries(queries),
        ...{ metric, stat, start, end },
        period: periodSeconds,
      };
      const { values } = await monitoring.call(MetricDefinition, 'get_data', request, { signal });
      return readSeries(values);
    },
  };
}

function filtersOf({ provider: { groups, types }, accounts, regions, notInWorkspace }: ServerQuery) {
  const filter = [
    { k: 'cloud_service_group', v: groups, o: 'in' },
    { k: 'cloud_service_type', v: types, o: 'in' },
    ...(regions.length === 0 ? [] : [{ k: 'region_code', v: regions, o: 'in' }]),
    ...(notInWorkspace === undefined ? [] : [{ k: 'workspace_id', v: notInWorkspace, o: 'not' }]),
  ];
  return { filter, filter_or: inAccounts(accounts) };
}
