import { type Clock, systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { DataSourceDefinition as DataSourceV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { DataSourceDefinition as DataSourceV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as MetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import type { Generation } from '#wire/generation.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import type { Call } from '#wire/serve-method.ts';
import { implement, type Service } from '#wire/service.ts';
import { type CloudAccess, cloudAccess } from '../collector/cloud-secret.ts';
import type { DataSource, ListedEntry } from './data-source.ts';
import { metadataOf, providerOf } from './metadata.ts';
import { sources } from './sources.ts';
import { queriesOfResources, queryOfRecord } from './v1-queries.ts';

export interface DataSourceOptions {
  /** Serve this one only. */
  readonly provider?: string;
  readonly clock?: Clock;
}

/** Services that keep connections to clouds until they are disposed of. */
export interface DataSourceServices extends Disposable {
  readonly services: readonly Service[];
}

/** A request of either generation, apart from what it asks. */
interface PluginRequest {
  readonly options: object | undefined;
  readonly secret_data: object | undefined;
}

/** What we offer to Cloudforet as data sources for metrics, in the words of either generation. */
export function dataSourceServices(
  generation: Generation,
  { provider: only, clock = systemClock }: DataSourceOptions = {},
): DataSourceServices {
  const rows = Object.entries(sources).filter(([provider]) => only === undefined || provider === only);
  const dataSources = new Map(rows.map(([provider, create]) => [provider, create(clock)]));
  const providers = [...dataSources.keys()];

  const sourceOf = (provider: string): DataSource => {
    const source = dataSources.get(provider);
    if (source !== undefined) return source;
    throw new CollectError('invalid_input', `secret_data is of ${provider}; served are: ${providers.join(', ')}`, {
      where: 'secret_data',
    });
  };

  /** The provider is told by the secret: options do not come with every call. */
  const open = async (request: PluginRequest): Promise<{ source: DataSource; access: CloudAccess }> => {
    demand(request, 'options', 'secret_data');
    const access = await cloudAccess(request.secret_data ?? {});
    return { source: sourceOf(access.provider.id), access };
  };

  const lifecycle = {
    init: (request: { options: object | undefined }) => {
      demand(request, 'options');
      const source = sourceOf(providerOf(request.options ?? {}, providers));
      return { metadata: metadataOf(generation, source.facts) };
    },
    verify: async (request: PluginRequest, { signal }: Call) => {
      const { source, access } = await open(request);
      providerOf(request.options ?? {}, [access.provider.id]);
      await source.verify(access, signal);
      return {};
    },
  };

  const v1 = () => [
    implement(DataSourceV1, lifecycle),
    implement(MetricV1, {
      list: async (request, { signal }) => {
        const { source, access } = await open(request);
        demand(request, 'resource');
        const entries = await source.list(access, queryOfRecord(request.resource, source.facts), signal);
        return { metrics: entries.filter(({ isFoundByKey }) => isFoundByKey).map(metricV1) };
      },
      get_data: async (request, { signal }) => {
        const { source, access } = await open(request);
        demand(request, 'resource', 'metric', 'start', 'end');
        const queries = queriesOfResources(request.resource, source.facts);
        const { labels, values } = await source.getData(access, { ...request, queries }, signal);
        return { labels, resource_values: values };
      },
    }),
  ];

  const v2 = () => [
    implement(DataSourceV2, lifecycle),
    implement(MetricV2, {
      list: async (request, { signal }) => {
        const { source, access } = await open(request);
        demand(request, 'query');
        const entries = await source.list(access, request.query, signal);
        return { metrics: entries.map(metricV2) };
      },
      get_data: async (request, { signal }) => {
        const { source, access } = await open(request);
        demand(request, 'metric_query', 'metric', 'start', 'end');
        const queries = new Map(Object.entries(request.metric_query ?? {}));
        return source.getData(access, { ...request, queries }, signal);
      },
    }),
  ];

  return {
    services: generation === 'v1' ? v1() : v2(),
    [Symbol.dispose]: () => {
      for (const source of dataSources.values()) source[Symbol.dispose]();
    },
  };
}

/** What a chart's axes are called. */
function unitOf({ unit = '' }: ListedEntry) {
  return { x: 'Timestamp', y: unit };
}

function metricV1(entry: ListedEntry) {
  return { key: entry.key, name: entry.key, unit: unitOf(entry), chart_type: 'line', chart_options: {} };
}

function metricV2(entry: ListedEntry) {
  return { key: entry.key, name: entry.key, group: entry.group, unit: unitOf(entry), metric_query: entry.query };
}

function demand<T extends object>(request: T, ...keys: (keyof T & string)[]): void {
  for (const key of keys) if (request[key] === undefined || request[key] === '') throw requiredParameter(key);
}
