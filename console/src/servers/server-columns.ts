import type { MetricKey } from '../../../src/model/metric.ts';
import type { ServerFacets } from '../../../src/server/facets-api.ts';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import { isMetricKey } from '../format.ts';
import { text } from '../text.ts';

/** A column of the list. */
export interface ServerColumn {
  /** As the address names it: `account`, `cpu.utilization`, `trend`. */
  readonly id: string;
  readonly label: string;
  /** What sorts by it; a trend is in no order. */
  readonly sort?: string;
  readonly metric?: MetricKey;
  /** In pixels. */
  readonly width: number;
}

const facts = {
  name: { label: text.table.name, width: 192 },
  provider: { label: text.search.provider, width: 84 },
  account: { label: text.table.account, width: 122 },
  region: { label: text.table.region, width: 108 },
  instanceType: { label: text.table.type, width: 110 },
  state: { label: text.table.state, width: 92 },
} as const;
type Fact = keyof typeof facts;
const usualFacts = ['name', 'account', 'region', 'instanceType', 'state'] as const satisfies readonly Fact[];

const serverMetrics: readonly MetricKey[] = [
  'cpu.utilization',
  'memory.usage',
  'disk.read_throughput',
  'disk.write_throughput',
  'network.received_throughput',
  'network.sent_throughput',
];
const anyMetrics: readonly MetricKey[] = ['cpu.utilization', 'memory.usage'];
const metricWidth = 108;

export const serverType = 'server';
export const trendColumn = 'trend';
/** How far back the trend of a row goes, in days. */
export const usualTrend = 14;

/** What is always there, and first. */
export const nameColumn = 'name';

/** Every type has the columns of what is measured of it. */
function usualColumns(type: string, types: ServerFacets['types'] | undefined): readonly string[] {
  const measured = measuredOf(type, types);
  const metrics = type === serverType ? serverMetrics : measured.length === 0 ? anyMetrics : measured;
  if (type !== serverType) return [...usualFacts, ...metrics];
  const [cpu, ...others] = metrics;
  return [...usualFacts, cpu ?? '', trendColumn, ...others];
}

function measuredOf(type: string, types: ServerFacets['types'] | undefined): readonly MetricKey[] {
  return types?.find(({ id }) => id === type)?.metrics ?? [];
}

/** Ids of all columns that can be chosen: those that are usual first. */
export function possibleColumns(type: string, types: ServerFacets['types'] | undefined): readonly string[] {
  const more = [...Object.keys(facts), ...measuredOf(type, types), trendColumn];
  return [...new Set([...usualColumns(type, types), ...more])];
}

/** @param chosen `account,cpu.utilization,trend`; what is usual where it says nothing */
export function chosenColumns(
  chosen: string | undefined,
  type: string,
  types: ServerFacets['types'] | undefined,
): readonly string[] {
  if (chosen === undefined) return usualColumns(type, types);
  const known = [...new Set(chosen.split(','))].filter((id) => id !== nameColumn && isColumn(id));
  return [nameColumn, ...known];
}

function isColumn(id: string): boolean {
  return isFact(id) || id === trendColumn || isMetricKey(id);
}

function isFact(id: string): id is Fact {
  return Object.hasOwn(facts, id);
}

/** @param win days of the trend */
export function columnOf(id: string, statistic: CpuStatistic, win = usualTrend): ServerColumn {
  if (isFact(id)) return { id, sort: id, ...facts[id] };
  if (isMetricKey(id))
    return { id, sort: `${id}.${statistic}`, label: metricLabel(id), metric: id, width: metricWidth };
  return { id: trendColumn, label: text.list.trend(win), width: metricWidth };
}

function metricLabel(metric: MetricKey): string {
  return text.list.metrics[metric] ?? text.metrics[metric];
}
