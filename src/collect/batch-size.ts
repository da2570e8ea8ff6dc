import type { Fleet } from '#model/fleet.ts';
import { needsPoints, type Statistic } from '#model/statistic.ts';

/** How many resources of a fleet are planned, read and stored together. */
export function batchSizeOf(
  { batchSize, pointsBatchSize = batchSize }: Fleet,
  statistics: readonly Statistic[],
): number {
  return needsPoints(statistics) ? pointsBatchSize : batchSize;
}
