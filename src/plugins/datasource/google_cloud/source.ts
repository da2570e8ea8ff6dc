import { CollectError } from '#model/errors.ts';
import type { GoogleMetric, GoogleScope } from '#providers/google_cloud/reader/metric.ts';
import type { Source } from '../source.ts';
import { parseQuery } from './query.ts';

/** How the metrics begin of a type of resources, which is all that 1.x says. */
const prefixes: Readonly<Record<string, string>> = {
  gce_instance: 'compute.googleapis.com/instance',
  cloudsql_database: 'cloudsql.googleapis.com/database',
};

/** Cloud Monitoring. */
export const googleCloudSource: Source<GoogleMetric, GoogleScope> = {
  provider: 'google_cloud',
  requiredKey: { v1: 'data.stackdriver', v2: 'data.google_cloud_monitoring' },
  resourceIdKey: 'resource_id',
  stats: new Map([
    ['MEAN', 'avg'],
    ['MAX', 'max'],
    ['MIN', 'min'],
    ['SUM', 'sum'],
  ]),
  connect: async (secret, context) =>
    (await import('#providers/google_cloud/reader/connect.ts')).connectReader(secret, context),

  /** Without a label it would be the whole project's. */
  scopesOf(query) {
    const { project, resourceType, labels, parts } = parseQuery(query);
    const ofType = { project, ...(resourceType === undefined ? {} : { resourceType }) };
    const prefix = prefixes[resourceType ?? ''];
    const all = prefix === undefined ? parts : [...parts, { prefix, labels }];
    return all.filter((part) => part.labels.length > 0).map((part) => ({ ...ofType, ...part }));
  },

  metricOf(query, name) {
    const { project: place, resourceType, labels, parts, metric: type = name } = parseQuery(query);
    const own = labels.length > 0 ? labels : (parts.find(({ prefix }) => type.startsWith(prefix))?.labels ?? []);
    if (type === '') throw new CollectError('invalid_input', 'metric_type: is missing');
    if (own.length === 0) throw new CollectError('invalid_input', 'labels: are missing');
    return { place, metric: { type, ...(resourceType === undefined ? {} : { resourceType }), labels: own } };
  },

  entriesOf: (listed) =>
    listed.map(({ metric, unit, scope }) => ({
      metric,
      key: metric.type,
      group: metric.type.split('/')[0] ?? '',
      unit,
      query: {
        ...(scope.project === undefined ? {} : { name: `projects/${scope.project}` }),
        filter: { metric_type: metric.type, labels: metric.labels.map(({ key, value }) => ({ key, value })) },
      },
    })),
};
