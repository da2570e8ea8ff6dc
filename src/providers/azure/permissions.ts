import { isMetricKey, metrics, type Unit } from '#model/metric.ts';
import type { MetricRow, PermissionDocument, Price, ProviderFacts } from '#model/provider.ts';
import { type Api, prices } from './catalog.ts';
import { type AzureType, familiesOf, type NativeMetric, restOf } from './native-metric.ts';
import { resourceTypes } from './types.ts';

/** What each API takes besides the right to see the resources themselves. */
const needed = {
  'entra:token': [],
  'resourcemanager:subscriptions': ['Microsoft.Resources/subscriptions/read'],
  'resourcegraph:resources': [],
  // A role in the directory, and no action: not asked for, as runs do without.
  'graph:applications': [],
  'compute:skus': ['Microsoft.Compute/skus/read'],
  'monitor:getBatch': ['Microsoft.Insights/metrics/read'],
  'monitor:metrics': ['Microsoft.Insights/metrics/read'],
  'monitor:metricDefinitions': ['Microsoft.Insights/metricDefinitions/read'],
} as const satisfies Record<Api, readonly string[]>;

/** Resource Graph shows what its caller may read: each type, and what its metrics are read of. */
const seen = resourceTypes.flatMap((type: AzureType) =>
  [...familiesOf(type)].map(({ namespace }) => `${namespace}/read`),
);

const permissions: readonly PermissionDocument[] = [
  {
    file: 'azure-role.json',
    about:
      'A custom role, to be given on each subscription, not on single resources: the metrics service looks at the subscription. The built-in roles Reader and Monitoring Reader do as well.',
    apply: 'az role definition create --role-definition @docs/permissions/azure-role.json',
    text: `${JSON.stringify(
      {
        Name: 'Fleetgauge reader',
        IsCustom: true,
        Description: 'Lists what Fleetgauge measures, and reads its metrics.',
        Actions: [...new Set([...Object.values(needed).flat(), ...seen])].sort(),
        NotActions: [],
        DataActions: [],
        NotDataActions: [],
        AssignableScopes: ['/subscriptions/00000000-0000-0000-0000-000000000000'],
      },
      null,
      2,
    )}\n`,
  },
];

/** Actions for the role that is there already. */
function grant(apis: readonly string[]): string {
  const actions = Object.entries(needed).flatMap(([api, some]) => (apis.includes(api) ? some : []));
  return `${JSON.stringify({ Actions: [...new Set(actions.length > 0 ? actions : seen)].sort() }, null, 2)}\n`;
}

const priceList: readonly Price[] = [
  {
    of: 'standard API call',
    usd: prices.standardCall * 1000,
    per: 1000,
    note: `a million a month are free, which no run of ours comes near; what a batch counts as is not said: at most one for each series of up to ${prices.pointsPerStandardCall.toLocaleString('en-US')} points`,
    source: 'Azure Monitor pricing, native metrics; not confirmed by a bill',
    readOn: prices.readOn,
  },
];

const manual = 'Azure Monitor reference, “Supported metrics”';

function rowsOf({ id, native, constants }: AzureType): MetricRow[] {
  const measured = Object.entries(native).flatMap(([key, row]): MetricRow[] => {
    if (!isMetricKey(key)) return [];
    const { metric, reading, family } = row;
    const conversion = conversionOf(row);
    return [
      {
        type: id,
        key,
        native: `${family.namespace} ${metric}`,
        statistic: statisticOf(row),
        unit: (reading === 'amount' ? amountUnits : levelUnits)[metrics[key].unit],
        ...(conversion === '' ? {} : { conversion }),
        source: `${manual} for ${family.namespace}`,
      },
    ];
  });
  const told = Object.entries(constants).flatMap(([key, from]): MetricRow[] =>
    isMetricKey(key) ? [{ type: id, key, native: from, ...constantTraits(from) }] : [],
  );
  return [...measured, ...told];
}

/** What discovery tells is in bytes already, but for the memory of a size. */
function constantTraits(from: string): Pick<MetricRow, 'unit' | 'conversion' | 'source'> {
  if (from.startsWith('Resource Graph')) return { unit: 'Bytes', source: 'Azure Resource Graph, table `resources`' };
  return { unit: 'GiB', conversion: '× 2^30', source: 'Compute REST API reference, “Resource Skus - List”' };
}

/** For averages and maxima; minima take the other extreme, percentiles `average` of five minutes. */
function statisticOf({ shape, reading, isAdded }: NativeMetric): string {
  const sum = reading === 'amount' ? 'total' : 'average';
  const greatest = reading in restOf ? 'minimum' : 'maximum';
  switch (shape) {
    case 'samples':
      return `count, ${sum}, ${greatest}`;
    case 'hours':
      return `${sum}, ${greatest} of hours`;
    case 'events':
      return `${sum} of five minutes`;
    case 'instances':
      return isAdded ? `count, ${sum} of five minutes` : `count, ${sum}, ${greatest} of five minutes`;
  }
}

const levelUnits: Readonly<Record<Unit, string>> = {
  percent: 'Percent',
  bytes: 'Bytes',
  per_second: 'Count/Second',
  bytes_per_second: 'Bytes/Second',
  count: 'Count',
  seconds: 'Seconds',
};

/** Time is taken out of them. */
const amountUnits: Readonly<Record<Unit, string>> = {
  ...levelUnits,
  per_second: 'Count',
  bytes_per_second: 'Bytes',
};

function conversionOf({ reading, shape, isAdded, family }: NativeMetric): string {
  return [
    ...(reading === 'amount' ? [shape === 'samples' ? '÷ time between samples' : '÷ observed time'] : []),
    ...(reading === 'level' || reading === 'amount' ? [] : [`${restOf[reading]} − value`]),
    ...(family.carrier === 'interfaces' ? ['network interfaces added'] : []),
    ...(isAdded ? ['instances added'] : []),
  ].join('; ');
}

const metricTable: readonly MetricRow[] = resourceTypes.flatMap(rowsOf);

/** What its documentation is made of. */
export const facts: ProviderFacts = { prices: priceList, permissions, grant, metricTable };
