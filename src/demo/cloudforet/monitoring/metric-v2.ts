import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import { implement, type Service } from '#wire/service.ts';
import type { Json, JsonObject } from '#wire/struct/json.ts';
import type { DeskV2 } from '../desk.ts';
import type { Caller } from '../identity/caller.ts';
import { visibleTo } from '../inventory/cloud-service-v2.ts';
import { project, valueAt } from '../inventory/dotted-path.ts';
import { compileFilter } from '../inventory/filter.ts';
import { is } from '../inventory/read-query.ts';
import type { Secrets } from '../inventory/secrets.ts';
import type { CloudSecret } from '../inventory/server.ts';
import type { Table } from '../inventory/table.ts';
import { isObject, objectOf, text } from '../json.ts';
import { demand, missing, refuse } from '../refusal.ts';
import { chunkQueries, type Entry } from './chunks-v2.ts';
import type { DataSource } from './data-source.ts';
import type { DataSources } from './data-sources.ts';
import { mergeAnswers, orNothing } from './merge-answers.ts';
import type { ListedMetric, MetricAnswer } from './metric-backend.ts';

/** What the platform's own list of the resources holds at most. */
const mostResources = 1000;

/** Metric of today's generation. */
export function metricV2(
  desk: DeskV2,
  dataSources: DataSources,
  cloudServices: Table,
  secrets: Secrets,
  randomByte: () => number,
): Service {
  return implement(MetricDefinition, {
    get_data: desk.method('Metric.get_data', 'monitoring:Metric.read', async (request, caller, visit) => {
      const { metric_query, metric, start, end, period, stat } = request;
      demand(request, ['data_source_id', 'metric_query', 'metric', 'start', 'end']);
      if (!isObject(metric_query)) throw missing('metric_query');
      visit.addItems(Object.keys(metric_query).length);
      const source = dataSources.enabled(request.data_source_id, caller.domainId);
      checkMetadata(source, stat);
      const rows = readResources(Object.keys(metric_query), source, cloudServices, caller);
      const entries = rows.map((row) => entryOf(row, metric_query, source, secrets, caller));
      const answers: MetricAnswer[] = [];
      for (const chunk of chunkQueries(source.provider, entries, randomByte)) {
        const call = {
          ...chunk,
          provider: source.provider,
          metric,
          start,
          end,
          periodSeconds: period || undefined,
          stat: stat || undefined,
          signal: visit.signal,
        };
        answers.push(await orNothing(source.backend.getData(call)));
      }
      const { labels, values } = mergeAnswers(answers);
      return { labels: [...labels], values, domain_id: caller.domainId };
    }),

    list: desk.method('Metric.list', 'monitoring:Metric.read', async (request, caller, { signal }) => {
      demand(request, ['data_source_id', 'resources']);
      const source = dataSources.enabled(request.data_source_id, caller.domainId);
      checkMetadata(source, '');
      const rows = readResources(request.resources, source, cloudServices, caller);
      const listed: ListedByResource[] = [];
      for (const row of rows) {
        const secret = secretOf(row, source, secrets, caller);
        const query = objectOf(valueAt(row, source.metadata.required_keys[0] ?? ''));
        const call = { provider: source.provider, secret, query, signal };
        const metrics = await source.backend.list(call).catch(() => {
          // The platform means to go on without this one, and then trips over what is not there.
          throw refuse('ERROR_UNKNOWN', "'metrics'");
        });
        listed.push({ id: text(row.cloud_service_id), metrics });
      }
      return {
        metrics: commonMetrics(listed),
        available_resources: Object.fromEntries(listed.map(({ id }) => [id, true])),
        domain_id: caller.domainId,
      };
    }),
  });
}

interface ListedByResource {
  readonly id: string;
  readonly metrics: readonly ListedMetric[];
}

function checkMetadata({ metadata, dataSourceId }: DataSource, stat: string): void {
  if (stat !== '' && !metadata.supported_stat.includes(stat)) {
    throw refuse('ERROR_NOT_SUPPORT_METRIC_STAT', `Data source not support metric stat. (stat = ${stat})`);
  }
  if (metadata.required_keys.length === 0) {
    const message = `Required key not found in plugin metadata. (data_source_id = ${dataSourceId})`;
    throw refuse('ERROR_NOT_FOUND_REQUIRED_KEY', message);
  }
}

/** The resources that the caller may see, as far as the data source needs them; of others it is not told. */
function readResources(
  ids: readonly string[],
  { metadata }: DataSource,
  cloudServices: Table,
  caller: Caller,
): readonly JsonObject[] {
  caller.demand('inventory:CloudService.read');
  const isVisible = compileFilter([...visibleTo(caller), is('state', 'ACTIVE')], [], { now: 0, tagDepth: 2 });
  const only = ['cloud_service_id', 'collection_info.secret_id', 'region_code', ...metadata.required_keys];
  return ids
    .map((id) => cloudServices.get(id))
    .filter((row) => row !== undefined && isVisible(row))
    .slice(0, mostResources)
    .map((row) => project(row ?? {}, only));
}

function entryOf(
  row: JsonObject,
  metricQuery: JsonObject,
  source: DataSource,
  secrets: Secrets,
  caller: Caller,
): Entry {
  const id = text(row.cloud_service_id);
  const query = metricQuery[id];
  const secret = secretOf(row, source, secrets, caller);
  if (!isObject(query)) throw refuse('ERROR_UNKNOWN', "'str' object does not support item assignment");
  return { id, region: text(row.region_code), secret, query };
}

/**
 * The data source's own secret, else that of the resource's last collector. Where that is not named, the provider's first, of
 * whatever account; where it is gone or another provider's, nothing is answered for anybody.
 */
function secretOf(row: JsonObject, source: DataSource, secrets: Secrets, { workspaceId }: Caller): CloudSecret {
  const own = text(valueAt(row, 'collection_info.secret_id'));
  const secret =
    source.secretId === undefined
      ? secrets.find({ provider: source.provider, secretIds: own === '' ? [] : [own], schemas: [], workspaceId })
      : secrets.find({ secretIds: [source.secretId], schemas: [], workspaceId });
  if (secret === undefined) {
    throw refuse('ERROR_RESOURCE_SECRETS_NOT_EXISTS', 'There are no secrets in the resources. (resource_id = None)');
  }
  return secret;
}

/** Metrics that all resources have; once no key is left, those of the next resource start it anew. */
function commonMetrics(listed: readonly ListedByResource[]) {
  let common: readonly string[] = [];
  for (const keys of listed.map(({ metrics }) => metrics.map(({ key }) => text(key)))) {
    if (keys.length === 0) continue;
    const both = keys.filter((key) => common.includes(key));
    common = both.length > 0 ? both : keys;
  }
  const merged = new Map<string, { metric: ListedMetric; queries: Record<string, Json> }>();
  for (const { id, metrics } of listed) {
    for (const metric of metrics.filter(({ key }) => common.includes(text(key)))) {
      const known = merged.get(text(metric.key)) ?? { metric, queries: {} };
      known.queries[id] = metric.metric_query ?? {};
      merged.set(text(metric.key), known);
    }
  }
  return [...merged.values()].map(({ metric, queries }) => ({
    key: text(metric.key),
    name: text(metric.name),
    group: text(metric.group),
    unit: objectOf(metric.unit),
    metric_query: queries,
  }));
}
