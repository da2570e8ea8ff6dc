import { CollectError } from '#model/errors.ts';
import type { StoredRecord } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import { PlatformCode, requiredParameter } from '#wire/platform-error.ts';
import { implement, type Service } from '#wire/service.ts';
import type { Gate } from '../identity/grpc-caller.ts';
import { storedId } from '../inventory/wire-id.ts';
import { type DataSources, factsOf, type OpenSource } from './data-sources.ts';
import type { ListedMetric, Query } from './metric-plugin.ts';
import { type AskedResource, accountsFor, checkStat, queryOf, readMetrics } from './read-metrics.ts';

/** Metric of today's generation: of each resource a query, as `list` has told it. */
export function metricV2(gate: Gate, store: Store, sources: DataSources): Service {
  return implement(MetricDefinition, {
    get_data: gate.method('viewer', async (request, { domainId }, { signal }) => {
      const { data_source_id, metric_query, metric, start, end, period, stat } = request;
      for (const [key, value] of Object.entries({ data_source_id, metric_query, metric, start, end })) {
        if (value === undefined || value === '') throw requiredParameter(key);
      }
      const source = await sources.open(data_source_id);
      checkStat(factsOf(source.plugin, 'v2', data_source_id), stat);
      const queries = new Map(Object.entries(metric_query ?? {}));
      const resources = await find([...queries.keys()], source);
      const asked = resources.map((resource) => ({
        ...resource,
        query: readQueryOf(queries.get(resource.id), resource.id),
      }));
      const ask = { metric, start, end, period, stat };
      const { labels, values } = await readMetrics(source, asked, { generation: 'v2', ask, signal });
      return { labels: [...labels], values, domain_id: domainId };
    }),

    list: gate.method('viewer', async ({ data_source_id, resources }, { domainId }, { signal }) => {
      if (data_source_id === '') throw requiredParameter('data_source_id');
      if (resources.length === 0) throw requiredParameter('resources');
      const source = await sources.open(data_source_id);
      const { requiredKey } = factsOf(source.plugin, 'v2', data_source_id);
      const found = await find(resources, source);
      const listed = await Promise.all(
        found.map(async ({ id, record, account }) => {
          const query = { region_name: record.region_code, ...queryOf(record, requiredKey, 'v2') };
          return { id, metrics: await source.plugin.list({ generation: 'v2', account, query }, signal) };
        }),
      );
      return {
        metrics: commonOf(listed),
        available_resources: Object.fromEntries(listed.map(({ id }) => [id, true])),
        domain_id: domainId,
      };
    }),
  });

  /** Ids that are none of ours are passed over. @throws CollectError `not_found` for a resource without a secret */
  async function find(ids: readonly string[], source: OpenSource): Promise<AskedResource[]> {
    const numbers = new Map(ids.map((id) => [storedId('cloud-svc', id) ?? -1, id]));
    const known = await store.inventory.records([...numbers.keys()]);
    const rows = known.filter(({ absentSince }) => absentSince === undefined);
    const accountOf = await accountsFor(store, source);
    return rows.map(({ id: number, record }) => {
      const id = numbers.get(number) ?? '';
      const account = accountOf(record);
      if (account === undefined) throw withoutSecret(id, record);
      return { id, record, account };
    });
  }
}

interface ListedOfResource {
  readonly id: string;
  readonly metrics: readonly ListedMetric[];
}

/** The metrics that every one of the resources has, each with the query of each of them. */
function commonOf(listed: readonly ListedOfResource[]) {
  const [first, ...others] = listed;
  return (first?.metrics ?? [])
    .filter(({ key }) => others.every(({ metrics }) => metrics.some((metric) => metric.key === key)))
    .map(({ key, name, group, unit }) => {
      const queries = listed.map(({ id, metrics }) => [id, metrics.find((metric) => metric.key === key)?.query ?? {}]);
      return { key, name, group, unit, metric_query: Object.fromEntries(queries) };
    });
}

function readQueryOf(query: unknown, id: string): Query {
  if (typeof query === 'object' && query !== null && !Array.isArray(query)) return { ...query };
  throw new CollectError('invalid_input', `metric_query.${id}: is no object`, { where: `metric_query.${id}` });
}

function withoutSecret(id: string, { provider, account }: StoredRecord['record']): CollectError {
  return new CollectError('not_found', `There is no secret of the resource. (cloud_service_id = ${id})`, {
    where: `${provider} ${account}`,
    fix: `fleetgauge account add ${provider}`,
    cause: new PlatformCode('ERROR_RESOURCE_SECRETS_NOT_EXISTS'),
  });
}
