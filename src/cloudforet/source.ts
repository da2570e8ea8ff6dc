import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import type { PlanContext } from './plan.ts';
import type { PlatformServer } from './platform-server.ts';

/** Where a key of this server comes from: `EBSReadOps + DiskReadOps (ds-aws)`. */
export function sourceOf(
  { constants }: PlatformServer,
  key: MetricKey,
  { reading, provider, sources }: PlanContext,
): MetricSource {
  if (constants[key] !== undefined) return { source: 'data.hardware.memory', period: 0 };
  const names = reading.nativesOf(key, provider).map(({ name }) => name);
  return { source: `${names.join(' + ')} (${sources.map(({ id }) => id).join(', ')})`, period: daySeconds };
}
