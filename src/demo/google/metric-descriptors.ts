import { openToken, sealToken } from '../fleet/page-token.ts';
import { invalidField } from './errors.ts';
import { databaseMetrics, type MetricType, vmMetrics } from './metric-types.ts';
import type { SimProject } from './projects.ts';
import { checkParams, countParam, textParam } from './query-params.ts';

const mostPerPage = 10_000;

/** projects.metricDescriptors.list: the descriptors of metrics by their type, or by how it begins. */
export function listMetricDescriptors(params: URLSearchParams, { id }: SimProject): string {
  checkParams(params, ['filter', 'pageSize', 'pageToken', 'activeOnly']);
  const filter = textParam(params, 'filter') ?? '';
  const takes = typeTest(filter);
  const all = [
    ...[...vmMetrics.values()].map((metric) => descriptorOf(metric, 'gce_instance', id)),
    ...[...databaseMetrics.values()].map((metric) => descriptorOf(metric, 'cloudsql_database', id)),
  ].filter(({ type }) => takes(type));
  const size = Math.min(mostPerPage, countParam(params, 'pageSize', mostPerPage));
  const key = `${id}\n${filter}`;
  const token = textParam(params, 'pageToken') ?? '';
  const [start] = token === '' ? [0] : (openToken(key, token) ?? []);
  if (start === undefined) throw invalidField('pageToken', token, 'The page token is not valid for this request.');
  const next = start + size < all.length ? { nextPageToken: sealToken(key, [start + size]) } : {};
  return JSON.stringify({ metricDescriptors: all.slice(start, start + size), ...next });
}

function descriptorOf(
  { type, kind, valueType, unit, labels }: Omit<MetricType<never>, 'parts'>,
  resourceType: string,
  projectId: string,
) {
  return {
    name: `projects/${projectId}/metricDescriptors/${type}`,
    labels: labels.map((key) => ({ key })),
    metricKind: kind,
    valueType,
    unit,
    type,
    monitoredResourceTypes: [resourceType],
  };
}

/** Of all filters that there are, the two that name a type. @throws ApiError for any other */
function typeTest(filter: string): (type: string) => boolean {
  if (filter === '') return () => true;
  const [, begins, text = ''] = /^\s*metric\.type\s*=\s*(starts_with\()?"([^"\\]*)"\)?\s*$/.exec(filter) ?? [];
  if (text === '') throw invalidField('filter', filter, 'The simulation takes metric.type = "…" or starts_with("…").');
  return begins === undefined ? (type) => type === text : (type) => type.startsWith(text);
}
