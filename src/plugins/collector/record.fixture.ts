import { z } from 'zod';
import type { CollectedResource } from '../../demo/cloudforet/collecting/task.ts';

const Values = z.record(z.string(), z.number());

const Record = z.object({
  provider: z.string(),
  cloud_service_group: z.string().optional(),
  cloud_service_type: z.string(),
  account: z.string().optional(),
  region_code: z.string(),
  reference: z.object({ resource_id: z.string() }),
  data: z.strictObject({
    monitoring: z.record(z.string(), z.record(z.string(), Values)),
    monitoring_info: z.object({
      window: z.object({ start: z.string(), end: z.string() }),
      metrics: z.record(z.string(), z.object({ missing: z.string().optional(), coverage: z.number().optional() })),
    }),
  }),
  metadata: z.object({ view: z.object({ sub_data: z.object({ layouts: z.array(z.unknown()) }) }) }).optional(),
});
export type Record = z.infer<typeof Record>;

/** What a message tells of a server, checked for its form. */
export function recordOf({ resource }: CollectedResource): Record {
  return Record.parse(resource);
}

export function recordsOf(messages: readonly CollectedResource[]): Record[] {
  return messages.filter(({ state }) => state === 4).map(recordOf);
}

/** Of a key such as `cpu.utilization`; undefined where it has no value. */
export function valuesOf({ data }: Record, key: string): Readonly<{ [statistic: string]: number }> | undefined {
  const [section = '', name = ''] = key.split('.');
  return data.monitoring[section]?.[name];
}

/** Why a key has no value. */
export function missingOf({ data }: Record, key: string): string | undefined {
  return data.monitoring_info.metrics[key]?.missing;
}

export function failuresOf(messages: readonly CollectedResource[]): CollectedResource[] {
  return messages.filter(({ state }) => state === 5);
}
