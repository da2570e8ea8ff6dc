import { z } from 'zod';
import { metricKeys, serverMetricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { firstCollection, mostDays, type UsualRun } from '#platform/collection/settings.ts';

/** Servers that one run can be limited to. */
export const mostSelected = 10_000;

/** What a run reads. Kept with its job, so that it can be resumed. */
export const RunOptions = z.strictObject({
  /** Names of saved accounts; empty for all. */
  accounts: z.array(z.string()).default([]),
  /** Empty for each account's own list, or else all that are enabled. */
  regions: z.array(z.string().min(1)).default([]),
  /** Only servers that this query finds in the inventory, when the run is planned. */
  filter: z.string().trim().min(1).max(2000).optional(),
  /** Only these, by their ids in the inventory: those that were picked, or that the filter found. */
  servers: z.array(z.int().positive()).min(1).max(mostSelected).optional(),
  /** Resource types by id. */
  types: z.array(z.string().min(1)).default([serverType]),
  days: z.int().min(1).max(mostDays).default(firstCollection.days),
  statistics: z
    .array(z.enum(statistics))
    .default([])
    .transform((wanted) => statistics.filter((each) => each === 'avg' || each === 'max' || wanted.includes(each))),
  metrics: z.array(z.enum(metricKeys)).default([...serverMetricKeys]),
  concurrency: z
    .int()
    .min(1)
    .max(64)
    .default(firstCollection.concurrency)
    .describe('Calls in flight per account and region.'),
  /** USD; no call is sent that could make the run cost more. */
  maxCost: z.number().positive().optional(),
});
export type RunOptions = z.infer<typeof RunOptions>;

const Limited = z.object({ filter: RunOptions.shape.filter, servers: z.array(z.unknown()) });

/** What a job is limited to; undefined where it reads all that there is in its accounts and regions. */
export function limitOfJob({ options }: { readonly options: unknown }) {
  const limited = Limited.safeParse(options);
  return limited.success ? { servers: limited.data.servers.length, filter: limited.data.filter } : undefined;
}

const PerhapsLimited = Limited.partial();

/** What the runs of a schedule are limited to: how many servers were picked, or what a filter finds as each begins. */
export function limitOfSchedule({ options }: { readonly options: unknown }) {
  const { servers, filter } = PerhapsLimited.parse(options);
  return servers === undefined && filter === undefined ? undefined : { servers: servers?.length, filter };
}

/** What a schedule keeps of its options: what it was not given is as it is set when it runs. */
export function onlyGiven(
  { days, statistics: wanted, concurrency, ...options }: RunOptions,
  given: { readonly [K in keyof UsualRun]?: unknown },
): Omit<RunOptions, keyof UsualRun> & Partial<UsualRun> {
  return {
    ...options,
    ...(given.days === undefined ? {} : { days }),
    ...(given.statistics === undefined ? {} : { statistics: wanted }),
    ...(given.concurrency === undefined ? {} : { concurrency }),
  };
}

/** The options that a schedule runs by now. */
export function scheduledRun(kept: unknown, usual: UsualRun): RunOptions {
  return RunOptions.parse({ ...usual, ...z.record(z.string(), z.unknown()).parse(kept) });
}

/** Of a job that a plugin does, by its name among ours. */
export const PluginOptions = z.strictObject({ plugin: z.string().min(1) });
export type PluginOptions = z.infer<typeof PluginOptions>;

/** What a job keeps of its plan, as far as it is needed to go on with it. */
export const StoredPlan = z.object({ window: z.object({ from: z.int(), to: z.int() }) });
