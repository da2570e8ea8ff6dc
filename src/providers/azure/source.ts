import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import { grains, type NativeMetric, restOf, shapes } from './native-metric.ts';
import { type AzureResource, nativeOf } from './resource.ts';

/** Where a key comes from: `100 − Microsoft.Compute/virtualMachines Available Memory Percentage`. */
export function sourceOf(resource: AzureResource, key: MetricKey): MetricSource {
  const { constants } = resource.kind;
  const native = nativeOf(resource, key);
  if (native === undefined) return { source: constants[key] ?? resource.kind.armType, period: 0 };
  const source = `${native.family.namespace} ${native.metric}`;
  const whole = wholeText(native, constants);
  return {
    source: whole === undefined ? source : `${whole} − ${source}`,
    period: daySeconds / grains[shapes[native.shape].grain].perDay,
  };
}

/** What a key that is the rest is taken from, in the cloud's own words. */
function wholeText(
  { reading }: NativeMetric,
  constants: Readonly<Partial<Record<MetricKey, string>>>,
): string | undefined {
  if (reading === 'level' || reading === 'amount') return undefined;
  const whole = restOf[reading];
  return typeof whole === 'number' ? String(whole) : constants[whole];
}
