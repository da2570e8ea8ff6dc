import { isMetricKey, metrics } from '#model/metric.ts';
import type { MetricRow, PermissionDocument, Price, ProviderFacts } from '#model/provider.ts';
import {
  type Api,
  type AzureType,
  type Carrier,
  type NativeMetric,
  prices,
  type Reading,
  resourceTypes,
} from './catalog.ts';

/** What each API takes besides the right to see the resources themselves. */
const needed = {
  'entra:token': [],
  'resourcemanager:subscriptions': ['Microsoft.Resources/subscriptions/read'],
  'resourcegraph:resources': [],
  'compute:skus': ['Microsoft.Compute/skus/read'],
  'monitor:getBatch': ['Microsoft.Insights/metrics/read'],
  'monitor:metrics': ['Microsoft.Insights/metrics/read'],
  'monitor:metricDefinitions': ['Microsoft.Insights/metricDefinitions/read'],
} as const satisfies Record<Api, readonly string[]>;

/** Resource Graph shows what its caller may read: each type, and what its metrics are read of. */
const seen = resourceTypes.flatMap(({ families }: AzureType) =>
  Object.values(families).map(({ namespace }) => `${namespace}/read`),
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

function rowsOf({ id, metrics: keys, native, families }: AzureType): MetricRow[] {
  const measured = Object.entries(native).flatMap(([key, row]): MetricRow[] => {
    if (!isMetricKey(key)) return [];
    const { reading, metric, carrier } = row;
    const { statistic, unit } = readings[reading];
    const conversion = conversionOf(row);
    return [
      {
        type: id,
        key,
        native: `${families[carrier]?.namespace} ${metric}`,
        statistic: `count, ${statistic}`,
        unit: unit ?? nativeUnits[metrics[key].unit],
        ...(conversion === undefined ? {} : { conversion }),
        source: `${manual} for ${families[carrier]?.namespace}`,
      },
    ];
  });
  if (!keys.includes('memory.total')) return measured;
  return [
    ...measured,
    {
      type: id,
      key: 'memory.total',
      native: 'Microsoft.Compute/skus MemoryGB',
      unit: 'GiB',
      conversion: '× 2^30',
      source: 'Compute REST API reference, “Resource Skus - List”',
    },
  ];
}

const readings: Readonly<Record<Reading, { readonly statistic: string; readonly unit?: string }>> = {
  level: { statistic: 'average, maximum' },
  amount: { statistic: 'total, maximum' },
  free_percent: { statistic: 'average, minimum', unit: 'Percent' },
  free_bytes: { statistic: 'average, minimum', unit: 'Bytes' },
};

/** Of a level the key's own; of an amount what is left when time is taken out of it. */
const nativeUnits = {
  percent: 'Percent',
  bytes: 'Bytes',
  per_second: 'Count/Second',
  bytes_per_second: 'Bytes',
  count: 'Count',
  seconds: 'Seconds',
} as const;

function conversionOf({ reading, carrier }: NativeMetric): string | undefined {
  const added = addedOver[carrier];
  switch (reading) {
    case 'level':
      return added;
    case 'amount':
      return ['÷ time between samples', added].filter((part) => part !== undefined).join('; ');
    case 'free_percent':
      return '100 − value';
    case 'free_bytes':
      return 'memory.total − value';
  }
}

const addedOver: Readonly<Record<Carrier, string | undefined>> = {
  self: undefined,
  interfaces: 'network interfaces added',
};

/** What is asked for averages and maxima; minima take the other extreme, percentiles `average` of five minutes. */
const metricTable: readonly MetricRow[] = resourceTypes.flatMap(rowsOf);

/** What its documentation is made of. */
export const facts: ProviderFacts = { prices: priceList, permissions, metricTable };
