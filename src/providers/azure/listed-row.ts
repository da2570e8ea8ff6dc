import { z } from 'zod';
import { Region, SubscriptionId } from './inventory.ts';
import type { AzureType } from './native-metric.ts';
import type { AzureResource } from './resource.ts';

/** An id goes into the path of a URL. */
export const ResourceId = z.string().regex(/^\/subscriptions\/[^?#]+$/i, 'is not a resource id');

/** What every row of Resource Graph has; KQL: its columns. */
export const commonColumns = 'id, name, subscriptionId, location, zones, tags';
export const CommonRow = z.object({
  id: ResourceId,
  name: z.string(),
  subscriptionId: SubscriptionId,
  location: Region,
  zones: z.array(z.string()).nullish(),
  tags: z.record(z.string(), z.unknown()).nullish(),
});

/** What a resource of any type has of its row. @param portal where people look at it */
export function traitsOf(
  row: z.infer<typeof CommonRow>,
  kind: AzureType,
  portal: string,
): Omit<AzureResource, 'state' | 'instanceType' | 'constants'> {
  const zone = row.zones?.length === 1 ? row.zones[0] : undefined;
  return {
    provider: 'azure',
    group: kind.group,
    type: kind.type,
    account: row.subscriptionId,
    region: row.location,
    id: row.id,
    name: row.name,
    metrics: kind.metrics,
    tags: Object.fromEntries(
      Object.entries(row.tags ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ),
    externalLink: `${portal}/#resource${row.id}`,
    ...(zone === undefined ? {} : { zone }),
    kind,
    carriers: { self: [row.id], interfaces: [] },
  };
}

/** Epoch seconds; undefined where the text is no time. */
export function secondsOf(text: string | null | undefined): number | undefined {
  const time = text ? Date.parse(text) / 1000 : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
