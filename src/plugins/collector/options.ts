import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { metricKeys } from '#model/metric.ts';
import { statistics } from '#model/statistic.ts';

const key = z.enum(metricKeys);

/** The old plugin's form: a list of what to measure of which resource type. It only ever added; here it replaces. */
const supportedMetrics = z.union([
  z.array(key).min(1),
  z
    .array(
      z.object({ provider: z.string().optional(), resource_type: z.string().optional(), metric: z.array(key).min(1) }),
    )
    .min(1)
    .transform((rows) => [...new Set(rows.flatMap(({ metric }) => metric))]),
]);

const list = z.array(z.string().min(1));

/** What a Cloudforet user may set on this collector. The table in the guide is made of these descriptions. */
export const CollectorOptions = z.strictObject({
  supported_metrics: supportedMetrics
    .default([...metricKeys])
    .describe(
      'Metric keys to measure; a plain list, or the old list of {provider, resource_type, metric}. Replaces the default, which is all.',
    ),
  supported_period: z.int().min(1).max(455).default(14).describe('Days of the window: whole UTC days that are over.'),
  statistics: z
    .array(z.enum(statistics))
    .default([])
    .transform((asked) => statistics.filter((each) => each === 'avg' || each === 'max' || asked.includes(each)))
    .describe('Out of avg, max, min, p50, p95, p99; avg and max are always there.'),
  regions: list.default([]).describe('Only these regions; all that are enabled where empty.'),
  states: z
    .array(z.enum(['RUNNING', 'STOPPED', 'TERMINATED', 'PENDING']))
    .default([])
    .describe('Only servers in these states. What is left out is not reported at all.'),
  tags: z.record(z.string(), z.string()).default({}).describe('Only servers that have all of these tags.'),
  concurrency: z.int().min(1).max(64).default(16).describe('Calls to the cloud in flight, per account and region.'),
});
export type CollectorOptions = z.infer<typeof CollectorOptions>;

/** @throws CollectError `invalid_input` naming the option and what it may be */
export function parseOptions(options: object | undefined): CollectorOptions {
  const parsed = CollectorOptions.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `options.${issue?.path.join('.') ?? ''}`;
  if (issue?.code === 'unrecognized_keys') {
    throw new CollectError(
      'invalid_input',
      `options has no '${issue.keys.join("', '")}'. It has: ${Object.keys(CollectorOptions.shape).join(', ')}.`,
      { where: 'options' },
    );
  }
  const allowed = issue?.code === 'invalid_value' ? ` Allowed: ${issue.values.join(', ')}.` : '';
  throw new CollectError('invalid_input', `${where}: ${issue?.message ?? 'malformed'}.${allowed}`, { where });
}

/** JSON Schema, for the console's form. */
export function optionsSchema(): Readonly<Record<string, unknown>> {
  const { $schema: _, ...schema } = z.toJSONSchema(CollectorOptions, { io: 'input' });
  return schema;
}
