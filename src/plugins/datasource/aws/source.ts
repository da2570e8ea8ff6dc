import { CollectError } from '#model/errors.ts';
import type { AwsMetric, AwsScope } from '#providers/aws/reader/metric.ts';
import { unitOf } from '#providers/aws/reader/units.ts';
import type { InScope, Source } from '../source.ts';
import { parseQuery } from './query.ts';

/** CloudWatch. */
export const awsSource: Source<AwsMetric, AwsScope> = {
  provider: 'aws',
  requiredKey: { v1: 'data.cloudwatch', v2: 'data.cloudwatch' },
  resourceIdKey: 'resource_id',
  stats: new Map([
    ['AVERAGE', 'avg'],
    ['MAX', 'max'],
    ['MIN', 'min'],
    ['SUM', 'sum'],
  ]),
  connect: async (secret, context) => (await import('#providers/aws/reader/connect.ts')).connectReader(secret, context),

  /** Without a dimension it would be the whole region's: such a part is left out, as the platform's own plugin does. */
  scopesOf: (query) => parseQuery(query).scopes.filter(({ dimensions }) => dimensions.length > 0),

  metricOf(query, name) {
    const { region: place, scopes, metric = name } = parseQuery(query);
    // A record may have several namespaces, and only a metric's name comes with it.
    const scope = scopes.find(({ namespace }) => unitOf(namespace, metric) !== undefined) ?? scopes[0];
    if (scope === undefined) throw new CollectError('invalid_input', 'Namespace: is missing');
    if (metric === '') throw new CollectError('invalid_input', 'MetricName: is missing');
    return { place, metric: { namespace: scope.namespace, metric, dimensions: scope.dimensions } };
  },

  entriesOf: (listed) =>
    [...Map.groupBy(listed, ({ metric }) => metric.metric).values()].flatMap((sameName) => {
      const plain = sameName.length === 1 ? sameName[0] : sameName.find(hasNoMore);
      const telling = tellingNames(sameName);
      return sameName.map((each) => ({
        metric: each.metric,
        key: each === plain ? each.metric.metric : keyOf(each.metric, telling),
        group: each.metric.namespace,
        unit: each.unit,
        query: {
          Namespace: each.metric.namespace,
          MetricName: each.metric.metric,
          Dimensions: each.metric.dimensions.map(({ Name, Value }) => ({ Name, Value })),
        },
      }));
    }),
};

/** Whether a series has just the dimensions of its resource: it is what is meant by the metric's name alone. */
function hasNoMore({ metric, scope }: InScope<AwsMetric, AwsScope>): boolean {
  return metric.dimensions.length === scope.dimensions.length;
}

/** Names of the dimensions in which series differ: a disk's path, and not the image that the server was made from. */
function tellingNames(series: readonly InScope<AwsMetric, AwsScope>[]): string[] {
  const attributes = series.map(({ metric }) => attributesOf(metric));
  const names = new Set(attributes.flatMap((own) => [...own.keys()]));
  return [...names].filter((name) => new Set(attributes.map((own) => own.get(name))).size > 1);
}

function keyOf(metric: AwsMetric, telling: readonly string[]): string {
  const own = attributesOf(metric);
  const parts = telling.flatMap((name) => (own.has(name) ? [`${name}=${own.get(name)}`] : []));
  return [metric.metric, ...parts].join(' ');
}

function attributesOf({ namespace, dimensions }: AwsMetric): ReadonlyMap<string, string> {
  return new Map([['Namespace', namespace], ...dimensions.map(({ Name, Value }): [string, string] => [Name, Value])]);
}
