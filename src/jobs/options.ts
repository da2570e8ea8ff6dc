import { z } from 'zod';
import { metricKeys, serverMetricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';

/** What a run reads. Kept with its job, so that it can be resumed. */
export const RunOptions = z.strictObject({
  /** Names of saved accounts; empty for all. */
  accounts: z.array(z.string()).default([]),
  /** Empty for each account's own list, or else all that are enabled. */
  regions: z.array(z.string().min(1)).default([]),
  /** Resource types by id. */
  types: z.array(z.string().min(1)).default([serverType]),
  days: z.int().min(1).max(455).default(14),
  statistics: z
    .array(z.enum(statistics))
    .default([])
    .transform((wanted) => statistics.filter((each) => each === 'avg' || each === 'max' || wanted.includes(each))),
  metrics: z.array(z.enum(metricKeys)).default([...serverMetricKeys]),
  concurrency: z.int().min(1).max(64).default(12).describe('Calls in flight per account and region.'),
  /** USD; no call is sent that could make the run cost more. */
  maxCost: z.number().positive().optional(),
});
export type RunOptions = z.infer<typeof RunOptions>;

/** Of a job that a plugin does, by its name among ours. */
export const PluginOptions = z.strictObject({ plugin: z.string().min(1) });
export type PluginOptions = z.infer<typeof PluginOptions>;

/** What a job keeps of its plan, as far as it is needed to go on with it. */
export const StoredPlan = z.object({ window: z.object({ from: z.int(), to: z.int() }) });
