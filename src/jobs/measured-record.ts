import type { Folded } from '#collect/fold.ts';
import { performanceMetadata } from '#model/performance-layout.ts';
import type { Provider } from '#model/provider.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import type { Statistic } from '#model/statistic.ts';
import { recordOf } from '#platform/inventory/record.ts';

/**
 * The whole record of a server: what discovery knows, what was measured, and the layout that shows it.
 *
 * @param folded absent where the run did not get to the server: then what was measured before stays
 */
export function measuredRecord(
  resource: Resource,
  folded: Folded | undefined,
  provider: Provider,
  statistics: readonly Statistic[],
): InventoryRecord {
  const record = recordOf(resource, { [provider.id]: performanceMetadata(resource.metrics, statistics) });
  if (folded === undefined) return record;
  return { ...record, data: { ...record.data, monitoring: folded.monitoring, monitoring_info: folded.info } };
}
