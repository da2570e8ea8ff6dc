import { z } from 'zod';
import { platformProviders } from '#cloudforet/catalog/all.ts';
import { endpointTypes } from '#cloudforet/endpoints.ts';
import { CollectError } from '#model/errors.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { statistics } from '#model/statistic.ts';
import { knownProviders } from '#providers/registry.ts';
import { Endpoint } from '#wire/endpoint.ts';

const key = z.enum(serverMetricKeys);

/** The old plugin's form: what to measure of the servers of one provider. It only ever added; here it replaces. */
const row = z.object({
  provider: z.string().optional(),
  resource_type: z.string().optional(),
  metric: z.array(key).min(1),
});

const supportedMetrics = z
  .union([z.array(key).min(1), z.array(row).min(1)])
  .transform((asked): readonly AskedMetrics[] =>
    asked.map((each) =>
      typeof each === 'string' ? { provider: undefined, keys: [each] } : { provider: each.provider, keys: each.metric },
    ),
  );

/** Metrics to read of the servers of a provider, or of all. */
interface AskedMetrics {
  readonly provider: string | undefined;
  readonly keys: readonly MetricKey[];
}

const list = z.array(z.string().min(1));

/** All that can be read in either way; those from outside once they are added, which is after this file is loaded. */
export function readableProviders(): string[] {
  return [...new Set([...knownProviders(), ...platformProviders].map(({ id }) => id))];
}

const ProviderId = z.string().refine((id) => readableProviders().includes(id), {
  error: () => `is none of what it may be. Allowed: ${readableProviders().join(', ')}.`,
});

/** What a Cloudforet user may set on this collector. The table in the guide is made of these descriptions. */
export const CollectorOptions = z.strictObject({
  supported_metrics: supportedMetrics
    .prefault([...serverMetricKeys])
    .describe(
      'Metric keys to measure; a plain list, or the old list of {provider, resource_type, metric}, which names the providers to read too. Replaces the default, which is all.',
    ),
  supported_period: z.int().min(1).max(455).default(14).describe('Days of the window: whole UTC days that are over.'),
  statistics: z
    .array(z.enum(statistics))
    .default([])
    .transform((asked) => statistics.filter((each) => each === 'avg' || each === 'max' || asked.includes(each)))
    .describe(
      'Out of avg, max, min, p50, p95, p99; avg and max are always there. Percentiles only straight from the cloud.',
    ),
  providers: z
    .array(ProviderId)
    .default([])
    .describe('Only servers of these; all of which the secret tells where empty.'),
  accounts: list.default([]).describe('Only these accounts, projects or subscriptions; all where empty.'),
  regions: list.default([]).describe('Only these regions; all where empty.'),
  states: z
    .array(z.enum(['RUNNING', 'STOPPED', 'TERMINATED', 'PENDING']))
    .default([])
    .describe('Only servers in these states. What is left out is not reported at all.'),
  tags: z.record(z.string(), z.string()).default({}).describe('Only servers that have all of these tags.'),
  concurrency: z
    .int()
    .min(1)
    .max(64)
    .default(16)
    .describe('Calls in flight: to the platform, or to the cloud per account and region.'),
  normalization: z
    .enum(['standard', 'legacy'])
    .default('standard')
    .describe(
      "standard: the same units on every cloud, per second where the name says so. legacy: the old plugin's numbers as they were, raw and with 0 for no data; by way of the platform only.",
    ),
  layout: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      "Whether the Performance layout is sent. auto: unless it would replace the layouts of the cloud's own collector, which it would on 2.x with a secret of the cloud.",
    ),
  endpoint_type: z
    .enum(endpointTypes)
    .default('internal')
    .describe("Which of the platform's endpoints are used, where both are known. By way of the platform only."),
  endpoints: z
    .strictObject({ inventory: Endpoint.optional(), monitoring: Endpoint.optional() })
    .default({})
    .describe(
      'Endpoints of the platform in place of what its Identity says: grpc://host:port or grpc+ssl://host:port.',
    ),
});
export type CollectorOptions = z.infer<typeof CollectorOptions>;

/** What is to be measured of a provider's servers; nothing where the old form names other providers only. */
export function keysFor(provider: string, { supported_metrics }: CollectorOptions): readonly MetricKey[] {
  const wanted = supported_metrics
    .filter((each) => (each.provider ?? provider) === provider)
    .flatMap(({ keys }) => keys);
  return serverMetricKeys.filter((each) => wanted.includes(each));
}

/** Whether servers of a provider are to be read at all. */
export function wantsProvider(provider: string, options: CollectorOptions): boolean {
  const isNamed = options.providers.length === 0 || options.providers.includes(provider);
  return isNamed && keysFor(provider, options).length > 0;
}

/** @throws CollectError `invalid_input` naming the option and what it may be */
export function parseOptions(options: object | undefined): CollectorOptions {
  const parsed = CollectorOptions.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const issue = mostTelling(parsed.error.issues);
  const where = ['options', ...(issue?.path ?? [])].join('.');
  if (issue?.code === 'unrecognized_keys') {
    const has = issue.path.length === 0 ? ` It has: ${Object.keys(CollectorOptions.shape).join(', ')}.` : '';
    throw new CollectError('invalid_input', `${where} has no '${issue.keys.join("', '")}'.${has}`, { where });
  }
  const wrong =
    issue?.code === 'invalid_value'
      ? `is none of what it may be. Allowed: ${issue.values.join(', ')}.`
      : (issue?.message ?? 'malformed');
  throw new CollectError('invalid_input', `${where}: ${wrong}`, { where });
}

/** The first issue; of a choice between forms, the one that goes deepest and says which values there are. */
function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const [first] = issues;
  if (first?.code !== 'invalid_union') return first;
  const inner = first.errors.map((each) => mostTelling(each)).filter((issue) => issue !== undefined);
  const deepest = inner.toSorted((a, b) => b.path.length - a.path.length);
  const telling = deepest.find(({ code }) => code === 'invalid_value') ?? deepest[0];
  return telling === undefined ? first : { ...telling, path: [...first.path, ...telling.path] };
}

/** JSON Schema, for the console's form. */
export function optionsSchema(): Readonly<Record<string, unknown>> {
  const { $schema: _, ...schema } = z.toJSONSchema(CollectorOptions, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === ProviderId) jsonSchema.enum = readableProviders();
    },
  });
  return schema;
}
