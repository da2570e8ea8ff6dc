import { z } from 'zod';
import { Region } from '#providers/azure/inventory.ts';
import { ResourceId } from '#providers/azure/reader/metric.ts';
import { parseOrBlame } from '../parse-or-blame.ts';

/** A region that a platform has no name for is not one to ask. */
const Place = z
  .string()
  .nullish()
  .transform((name) => (name?.toLowerCase() === 'global' ? undefined : name || undefined))
  .pipe(Region.optional());

/** What a record of either generation holds at `data.azure_monitor`, and one metric of it likewise: its name comes apart. */
const Query = z
  .object({ resource_id: ResourceId, region_name: Place })
  .transform(({ resource_id: resource, region_name: region }) => ({ resource, region }));

/** @throws CollectError `invalid_input` naming the field */
export function parseQuery(input: unknown): z.infer<typeof Query> {
  return parseOrBlame(Query, input);
}
