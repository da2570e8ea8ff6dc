import { valueAt } from '../../fleet/channel.ts';
import { slotSeconds } from '../../fleet/shapes.ts';
import type { Cell } from '../cell.ts';
import { findVolume, volumeSeries } from '../metrics.ts';
import type { Truth, Truths } from '../truths.ts';
import { levelOf, type Range } from './truth.ts';

/** What really happened to an EBS volume, given by its ARN; undefined for one that the cell does not have. */
export function truthOfVolume(cell: Cell, id: string, range: Range): Truths | undefined {
  const [, volumeId] = /:volume\/(vol-[0-9a-f]+)$/.exec(id) ?? [];
  const found = volumeId === undefined ? undefined : findVolume(cell, volumeId);
  if (found === undefined) return undefined;
  const series = (metric: string) => volumeSeries(found.server, found.ordinal, metric);
  const queue = series('VolumeQueueLength');
  const truths = {
    'disk.read_iops': rateOf(series('VolumeReadOps'), range),
    'disk.write_iops': rateOf(series('VolumeWriteOps'), range),
    'disk.read_throughput': rateOf(series('VolumeReadBytes'), range),
    'disk.write_throughput': rateOf(series('VolumeWriteBytes'), range),
    'disk.queue_length': queue && levelOf(queue, range),
  };
  return Object.fromEntries(Object.entries(truths).flatMap(([key, truth]) => (truth ? [[key, truth]] : [])));
}

/** Per second of the time in which the server ran; the peak is of five minutes. */
function rateOf(series: ReturnType<typeof volumeSeries>, { start, end }: Range): Truth | undefined {
  const rates: number[] = [];
  for (const { from, to } of series?.stretches ?? []) {
    for (let slot = Math.max(from, start) / slotSeconds; slot * slotSeconds < Math.min(to, end); slot++) {
      const value = series === undefined ? -1 : valueAt(series.channel, slot);
      if (value >= 0) rates.push(value / slotSeconds);
    }
  }
  if (rates.length === 0) return undefined;
  const avg = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { avg, max: Math.max(...rates), seconds: rates.length * slotSeconds };
}
