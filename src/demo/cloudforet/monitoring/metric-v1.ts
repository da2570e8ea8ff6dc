import { MetricDefinition, type MetricRequest } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { implement, type Service } from '#wire/service.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { DeskV1 } from '../desk.ts';
import { project } from '../inventory/dotted-path.ts';
import type { Secrets } from '../inventory/secrets.ts';
import type { Table } from '../inventory/table.ts';
import { objectOf, text, texts } from '../json.ts';
import { demand, notFound, refuse } from '../refusal.ts';
import type { DataSource } from './data-source.ts';
import type { DataSources } from './data-sources.ts';
import { type Group, groupResources, secretOf } from './groups-v1.ts';
import { mergeAnswers, orNothing } from './merge-answers.ts';
import type { MetricAnswer, MetricCall } from './metric-backend.ts';

/** Groups that are asked for at once. */
const workers = 5;

/** Metric of the old generation. Only inventory.Server is in the simulation. */
export function metricV1(desk: DeskV1, dataSources: DataSources, servers: Table, secrets: Secrets): Service {
  return implement(MetricDefinition, {
    get_data: desk.method('Metric.get_data', 'monitoring.Metric.get_data', async (request, { domainId }, visit) => {
      demand(request, ['data_source_id', 'resource_type', 'resources', 'metric', 'start', 'end']);
      visit.addItems(request.resources.length);
      const source = dataSources.enabled(request.data_source_id, domainId);
      const groups = groupResources(readResources(request, source, servers, domainId), source, secrets);
      const { metric, start, end, period, stat } = request;
      const answers = await askGroups(groups, source, {
        provider: source.provider,
        namesSchema: true,
        metric,
        start,
        end,
        periodSeconds: period || undefined,
        stat: stat || undefined,
        signal: visit.signal,
      });
      const { labels, values } = mergeAnswers(answers);
      return { labels: [...labels], resource_values: values, domain_id: domainId };
    }),

    list: desk.method('Metric.list', 'monitoring.Metric.list', async (request, { domainId }, visit) => {
      demand(request, ['data_source_id', 'resource_type', 'resources']);
      const source = dataSources.enabled(request.data_source_id, domainId);
      const rows = readResources(request, source, servers, domainId);
      const available: Record<string, boolean> = Object.fromEntries(request.resources.map((id) => [id, false]));
      const metrics = new Map<string, JsonObject>();
      for (const row of rows) {
        const secret = secretOf(row, source, secrets);
        if (secret === undefined) continue;
        const call = { provider: source.provider, secret, query: row, signal: visit.signal };
        const listed = await source.backend.list(call).catch(() => undefined);
        if (listed === undefined) continue;
        available[text(row.server_id)] = true;
        for (const each of listed) if (!metrics.has(text(each.key))) metrics.set(text(each.key), each);
      }
      return { metrics: [...metrics.values()].map(toMetricInfo), available_resources: available, domain_id: domainId };
    }),
  });
}

/** The resources as far as the data source needs them. */
function readResources(
  { resource_type, resources }: Pick<MetricRequest, 'resource_type' | 'resources'>,
  { metadata }: DataSource,
  servers: Table,
  domainId: string,
): readonly JsonObject[] {
  if (!texts(metadata.supported_resource_type).includes(resource_type)) {
    // The platform stumbles over the text of the error that it means here.
    const message = 'Error message format is invalid. (error_class = ERROR_NOT_SUPPORT_RESOURCE_TYPE)';
    throw refuse('ERROR_MESSAGE_FORMAT', message);
  }
  const rows = resource_type === 'inventory.Server' ? resources.map((id) => servers.get(id)) : [];
  const seen = rows.filter((row) => row !== undefined && row.domain_id === domainId && row.state !== 'DELETED');
  if (seen.length === 0) throw notFound('resources', `[${resources.map((id) => `'${id}'`).join(', ')}]`);
  const only = ['server_id', 'collection_info.secrets', ...metadata.required_keys];
  return seen.map((row) => project(row ?? {}, only));
}

/**
 * Asks for five groups at once. The platform hands all of them one object, which it overwrites while it queues them: so the
 * groups that have to wait for a worker are each asked for as the last one, and their own resources get nothing.
 */
async function askGroups(
  groups: readonly Group[],
  { backend }: DataSource,
  common: Omit<MetricCall, 'secret' | 'region' | 'queries'>,
): Promise<MetricAnswer[]> {
  const last = groups.at(-1);
  const asked = groups.map((group, index) => (index < workers ? group : (last ?? group)));
  const answers: MetricAnswer[] = [];
  const queue = asked.values();
  const work = async () => {
    for (const group of queue) answers.push(await orNothing(backend.getData({ ...common, ...group })));
  };
  await Promise.all(Array.from({ length: workers }, work));
  return answers;
}

function toMetricInfo(metric: JsonObject) {
  return {
    key: text(metric.key),
    name: text(metric.name),
    unit: objectOf(metric.unit),
    chart_type: text(metric.chart_type),
    chart_options: objectOf(metric.chart_options),
  };
}
