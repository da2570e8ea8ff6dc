import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import { type AzureResource, nativeOf } from './resource.ts';

const sizes = 'Microsoft.Compute/skus MemoryGB';

/** Where a key comes from: `100 − Microsoft.Compute/virtualMachines Available Memory Percentage`. */
export function sourceOf(resource: AzureResource, key: MetricKey): MetricSource {
  const native = nativeOf(resource, key);
  if (native === undefined) return { source: sizes, period: 0 };
  const source = `${resource.kind.families[native.carrier]?.namespace} ${native.metric}`;
  const whole = { free_percent: '100 − ', free_bytes: `${sizes} − `, level: '', amount: '' };
  return { source: `${whole[native.reading]}${source}`, period: daySeconds };
}
