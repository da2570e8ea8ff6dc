import { isMetricKey, type MetricKey, metrics } from '#model/metric.ts';
import type { MetricRow, PermissionDocument, Price, ProviderFacts } from '#model/provider.ts';
import { type Api, type KeyOf, type MonitoredType, monitoredTypes, type NativeMetric, prices } from './catalog.ts';

/** What each API takes. */
const needed = {
  'oauth2:token': [],
  'robot:x509': [],
  'resourcemanager:projects.search': ['resourcemanager.projects.get'],
  'compute:instances.aggregatedList': ['compute.instances.list'],
  'compute:disks.aggregatedList': ['compute.disks.list'],
  'sqladmin:instances.list': ['cloudsql.instances.list'],
  'compute:machineTypes.get': ['compute.machineTypes.get'],
  'monitoring:timeSeries.list': ['monitoring.timeSeries.list'],
  'monitoring:metricDescriptors.list': ['monitoring.metricDescriptors.list'],
} as const satisfies Record<Api, readonly string[]>;

const permissions: readonly PermissionDocument[] = [
  {
    file: 'google_cloud-role.yaml',
    about:
      'A custom role, to be made in each project or once in the organization (there by `--organization`), and given to the account that we sign in as. The predefined roles Compute Viewer, Monitoring Viewer and Browser do as well. An account that is impersonated needs Service Account Token Creator for the caller.',
    apply: 'gcloud iam roles create fleetgaugeReader --project <id> --file docs/permissions/google_cloud-role.yaml',
    text: [
      'title: Fleetgauge reader',
      'description: Lists what Fleetgauge measures, and reads its time series.',
      'stage: GA',
      'includedPermissions:',
      ...[...new Set(Object.values(needed).flat())].sort().map((permission) => `- ${permission}`),
      '',
    ].join('\n'),
  },
];

/** Permissions for the role that is there already. */
function grant(apis: readonly string[]): string {
  const names = Object.entries(needed).flatMap(([api, some]) => (apis.includes(api) ? some : []));
  return ['includedPermissions:', ...[...new Set(names)].sort().map((name) => `- ${name}`), ''].join('\n');
}

const priceList: readonly Price[] = [
  {
    of: 'time series returned by timeSeries.list',
    usd: prices.series * 1e6,
    per: 1e6,
    note: 'the first million a month of a billing account is free, which plans do not count on; a call without series counts as one',
    source: 'Google Cloud Observability pricing, in force since 2025-10-02',
    readOn: prices.readOn,
  },
];

function rowsOf(type: string, { families, constants }: MonitoredType): MetricRow[] {
  return [
    ...families.flatMap((family) =>
      family.metrics.flatMap((native) => native.keys.map((key) => measuredRow(type, native, key))),
    ),
    ...Object.entries(constants).flatMap(([key, native]) => (isMetricKey(key) ? [constantRow(type, key, native)] : [])),
  ];
}

/** What discovery tells: memory of a machine type in MiB, disks in GiB. */
function constantRow(type: string, key: MetricKey, native: string): MetricRow {
  const [unit, conversion] = key === 'memory.total' ? ['MiB', '× 2^20'] : ['GiB', '× 2^30'];
  return { type, key, native, unit, conversion, source: 'API reference of the resource' };
}

function measuredRow(
  type: string,
  { metric, labels = {}, sampling, engines = [] }: NativeMetric,
  { key, factor }: KeyOf,
): MetricRow {
  const narrowed = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const conversion =
    sampling === 'amount' ? '÷ time between samples; series of one resource added' : scaling[String(factor)];
  const only = engines.length === 0 ? '' : ` (${engines.join(', ')})`;
  return {
    type,
    key,
    native: `${narrowed.length === 0 ? metric : `${metric}{${narrowed.join(',')}}`}${only}`,
    statistic: 'ALIGN_COUNT, ALIGN_SUM, ALIGN_MAX',
    unit: unitOf(key, sampling, factor),
    ...(conversion === undefined ? {} : { conversion }),
    source: `Cloud Monitoring, “${metric.startsWith('agent.') ? 'Ops Agent metrics' : 'Google Cloud metrics'}”`,
  };
}

const scaling: Readonly<Record<string, string | undefined>> = {
  1: undefined,
  100: '× 100',
  percent_of_memory: '÷ memory.total × 100',
};

function unitOf(key: KeyOf['key'], sampling: NativeMetric['sampling'], factor: KeyOf['factor']): string {
  if (factor === 'percent_of_memory') return 'By';
  const { unit } = metrics[key];
  if (unit === 'percent') return factor === 100 ? '1 (a fraction)' : '%';
  return unit === 'bytes' || unit === 'bytes_per_second' ? 'By' : sampling === 'amount' ? '1 (a count)' : '1';
}

/** What is asked for averages and maxima; minima take ALIGN_MIN besides, percentiles ALIGN_MEAN of five minutes. */
const metricTable: readonly MetricRow[] = Object.entries(monitoredTypes).flatMap(([id, type]) => rowsOf(id, type));

/** What its documentation is made of. */
export const facts: ProviderFacts = { prices: priceList, permissions, grant, metricTable };
