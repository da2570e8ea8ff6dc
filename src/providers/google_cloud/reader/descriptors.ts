import { z } from 'zod';
import type { Rest } from '../rest.ts';

/** What is known of a metric besides its values. */
export interface Descriptor {
  readonly type: string;
  readonly kind: 'GAUGE' | 'DELTA';
  /** As Google writes it: `By`, `1`, `10^2.%` for a share of one. */
  readonly unit: string;
  readonly resourceTypes: readonly string[];
}

const Page = z.object({
  metricDescriptors: z
    .array(
      z.object({
        type: z.string(),
        metricKind: z.string().default(''),
        valueType: z.string().default(''),
        unit: z.string().default(''),
        monitoredResourceTypes: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
});

const fields = 'metricDescriptors(type,metricKind,valueType,unit,monitoredResourceTypes),nextPageToken';

/** Gauges and deltas of numbers: what can be drawn as a line. */
const kinds = ['GAUGE', 'DELTA'] as const;
const valueTypes = ['DOUBLE', 'INT64'];

export interface DescriptorQuery {
  readonly project: string;
  /** `metric.type = "…"` */
  readonly filter: string;
}

/** @throws CollectError */
export async function listDescriptors(
  rest: Rest,
  { project, filter }: DescriptorQuery,
  signal: AbortSignal,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  let pageToken: string | undefined;
  do {
    const page = await rest(
      {
        api: 'monitoring:metricDescriptors.list',
        service: 'monitoring',
        path: `/v3/projects/${project}/metricDescriptors`,
        query: { filter, fields, pageToken },
        reply: Page,
      },
      signal,
    );
    for (const { type, metricKind, valueType, unit, monitoredResourceTypes } of page.metricDescriptors) {
      const kind = kinds.find((each) => each === metricKind);
      if (kind === undefined || !valueTypes.includes(valueType)) continue;
      found.push({ type, kind, unit, resourceTypes: monitoredResourceTypes });
    }
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
  return found;
}
