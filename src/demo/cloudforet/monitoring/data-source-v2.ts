import { DataSourceDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/data_source.ts';
import { implement, type Service } from '#wire/service.ts';
import type { DeskV2 } from '../desk.ts';
import { is, readQueryV2, shortcuts } from '../inventory/read-query.ts';
import { dataSourceRules } from './data-source.ts';
import { monitoringTypeName, toDataSourceInfo } from './data-source-message.ts';
import type { DataSources } from './data-sources.ts';

/** What of the service is served, and so can be called. */
export const DataSourceList = {
  ...DataSourceDefinition,
  methods: { list: DataSourceDefinition.methods.list },
} as const;

export function dataSourceV2(desk: DeskV2, dataSources: DataSources): Service {
  return implement(DataSourceList, {
    list: desk.method('DataSource.list', 'monitoring:DataSource.read', (request, { domainId }, { addItems }) => {
      const { data_source_id, name, state, provider, query } = request;
      const monitoring_type = monitoringTypeName(request.monitoring_type);
      const demands = [
        ...shortcuts({ data_source_id, name, state, provider, monitoring_type }),
        is('domain_id', domainId),
      ];
      const { rows, total } = dataSources.table('v2').query(readQueryV2(query, dataSourceRules, demands, 0));
      addItems(rows.length);
      return { results: rows.map(toDataSourceInfo), total_count: total };
    }),
  });
}
