import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import type { AgentIndex } from './agents.ts';
import { type MonitoredType, monitoredTypes, type NativeMetric } from './catalog.ts';
import { routeOf } from './measurement.ts';
import type { GoogleResource } from './resource.ts';

/** Where a key of this resource comes from: `agent.googleapis.com/memory/percent_used{state=used}`. */
export function sourceOf(resource: GoogleResource, key: MetricKey, agents: AgentIndex | undefined): MetricSource {
  const { constants }: MonitoredType = monitoredTypes[resource.typeId];
  const route = routeOf(resource, key, agents);
  // Days of an agent that is gone now are of the metric that it wrote.
  const native = 'native' in route ? route.native : nativesOf(resource, key)[0];
  if (native === undefined || resource.constants[key] !== undefined) return { source: constants[key] ?? '', period: 0 };
  const labels = Object.entries(native.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  const metric = labels.length === 0 ? native.metric : `${native.metric}{${labels.join(',')}}`;
  const isShare = native.keys.some((own) => own.key === key && own.factor === 'percent_of_memory');
  return { source: isShare ? `${metric} ÷ machine type memory` : metric, period: daySeconds };
}

function nativesOf({ typeId }: GoogleResource, key: MetricKey): NativeMetric[] {
  const natives: readonly NativeMetric[] = monitoredTypes[typeId].families.flatMap(({ metrics }) => [...metrics]);
  return natives.filter(({ keys }) => keys.some((own) => own.key === key));
}
