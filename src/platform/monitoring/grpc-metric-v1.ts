import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';
import { MetricDefinition } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { PlatformCode, requiredParameter } from '#wire/platform-error.ts';
import { implement, type Service } from '#wire/service.ts';
import type { Gate } from '../identity/grpc-caller.ts';
import { storedId } from '../inventory/wire-id.ts';
import { type DataSources, factsOf } from './data-sources.ts';
import type { ListedMetric, Query } from './metric-plugin.ts';
import { type AskedResource, accountsFor, checkStat, queryOf, readMetrics } from './read-metrics.ts';

const resourceKinds: Readonly<Record<string, 'server' | 'cloud-svc'>> = {
  'inventory.Server': 'server',
  'inventory.CloudService': 'cloud-svc',
};

interface ResourceRequest {
  readonly data_source_id: string;
  readonly resource_type: string;
  readonly resources: readonly string[];
}

/** Metric of the first generation: a list of ids, of which each record says by itself how it is asked for. */
export function metricV1(gate: Gate, store: Store, sources: DataSources): Service {
  return implement(MetricDefinition, {
    get_data: gate.method('viewer', async (request, { domainId }, { signal }) => {
      demand(request, 'data_source_id', 'resource_type', 'resources', 'metric', 'start', 'end');
      const { source, facts, asked } = await find(request);
      checkStat(facts, request.stat);
      const { metric, start, end, period, stat } = request;
      const ask = { metric, start, end, period, stat };
      const { labels, values } = await readMetrics(source, asked, { generation: 'v1', ask, signal });
      return { labels: [...labels], resource_values: values, domain_id: domainId };
    }),

    list: gate.method('viewer', async (request, { domainId }, { signal }) => {
      demand(request, 'data_source_id', 'resource_type', 'resources');
      const { source, facts, asked } = await find(request);
      const metrics = new Map<string, ListedMetric>();
      const available = new Map(request.resources.map((id) => [id, false]));
      for (const { id, record, account, query } of asked) {
        const resource = { region_name: record.region_code, ...nested(facts.requiredKey, query) };
        const listed = await source.plugin
          .list({ generation: 'v1', account, query: resource }, signal)
          .catch(() => undefined);
        if (listed === undefined) continue;
        available.set(id, true);
        for (const each of listed) if (!metrics.has(each.key)) metrics.set(each.key, each);
      }
      signal.throwIfAborted();
      const described = [...metrics.values()].map(({ key, name, unit }) => ({ key, name, unit, chart_type: 'line' }));
      return { metrics: described, available_resources: Object.fromEntries(available), domain_id: domainId };
    }),
  });

  /** Those of the resources that can be asked for; of others the platform is silent. @throws CollectError `not_found` for none */
  async function find(request: ResourceRequest) {
    const source = await sources.open(request.data_source_id);
    const facts = factsOf(source.plugin, 'v1', source.source.id);
    const kind = resourceKinds[request.resource_type];
    if (kind === undefined) throw unsupported(request.resource_type);
    const ids = new Map(request.resources.map((id) => [storedId(kind, id) ?? -1, id]));
    const known = await store.inventory.records([...ids.keys()]);
    const rows = known.filter(({ absentSince }) => absentSince === undefined);
    if (rows.length === 0) {
      throw new CollectError(
        'not_found',
        `Resource not found. (resources = ${request.resources.slice(0, 5).join(', ')})`,
      );
    }
    const accountOf = await accountsFor(store, source);
    const asked = rows.flatMap(({ id, record }): (AskedResource & { query: Query })[] => {
      const account = accountOf(record);
      const query = queryOf(record, facts.requiredKey, 'v1');
      return account === undefined || query === undefined ? [] : [{ id: ids.get(id) ?? '', record, account, query }];
    });
    return { source, facts, asked };
  }
}

/** The record as a plugin is sent it: with nothing but what it needs. `data.cloudwatch` → `{ data: { cloudwatch: … } }` */
function nested(path: string, query: Query): Query {
  return path.split('.').reduceRight<Query>((value, key) => ({ [key]: value }), query);
}

function demand<T extends object>(request: T, ...keys: (keyof T & string)[]): void {
  for (const key of keys) {
    const value = request[key];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
      throw requiredParameter(key);
    }
  }
}

function unsupported(type: string): CollectError {
  return new CollectError('invalid_input', `Data source not support resource type. (resource_type = ${type})`, {
    where: 'resource_type',
    cause: new PlatformCode('ERROR_NOT_SUPPORT_RESOURCE_TYPE'),
  });
}
