import type { ReadStat } from '#model/metric-reader.ts';
import type { Aggregation } from '../aggregation.ts';
import type { Descriptor } from './descriptors.ts';

/** A share of one, though its unit reads like a hundred of them: told in percent. */
const fraction = '10^2.%';

const aligners = {
  avg: 'ALIGN_MEAN',
  max: 'ALIGN_MAX',
  min: 'ALIGN_MIN',
  sum: 'ALIGN_SUM',
  count: 'ALIGN_COUNT',
} as const satisfies Record<ReadStat, string>;

/**
 * One value a bucket of all time series of a resource (its disks, its ways of traffic): what they have at the same time is
 * combined first, and the statistic is of that. Amounts and levels are added; of shares that would be none, so their mean is taken.
 *
 * @param sampleSeconds distance of samples
 * @param periodSeconds a multiple of it
 */
export function combined(
  { kind, unit }: Pick<Descriptor, 'kind' | 'unit'>,
  stat: ReadStat,
  sampleSeconds: number,
  periodSeconds: number,
): Aggregation {
  const reducer = unit.endsWith('%') ? 'REDUCE_MEAN' : 'REDUCE_SUM';
  const aligner = kind === 'DELTA' ? 'ALIGN_SUM' : 'ALIGN_MEAN';
  return {
    first: { aligner, periodSeconds: sampleSeconds, reducer },
    second: { aligner: aligners[stat], periodSeconds },
    factor: unit === fraction && stat !== 'count' ? 100 : 1,
  };
}

/** As people read it. */
export function unitOf({ unit }: Pick<Descriptor, 'unit'>): string {
  return unit === fraction ? '%' : unit;
}
