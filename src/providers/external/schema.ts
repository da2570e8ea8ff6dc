import { z } from 'zod';
import { isMetricKey, type MetricKey } from '#model/metric.ts';
import type { KnownProvider, Provider } from '#model/provider.ts';
import type { SignIn } from '#model/sign-in.ts';
import { statistics } from '#model/statistic.ts';

const Key = z.custom<MetricKey>((value) => typeof value === 'string' && isMetricKey(value), 'is no key that we know');

const functionOf = <T>() => z.custom<T>((value) => typeof value === 'function', 'must be a function');

const Id = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be in snake_case');

const Rate = z.object({
  perSecond: z.number().positive(),
  pointsPerSecond: z.number().positive().exactOptional(),
});

const Limit = z.object({ ...Rate.shape, timeoutMs: z.number().positive(), quota: Rate.exactOptional() });

/** What a package's function gives. */
export const Known: z.ZodType<KnownProvider> = z.object({
  id: Id,
  alias: Id.exactOptional(),
  signIn: z.object({
    flags: z.array(
      z.object({
        name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be in kebab-case'),
        value: z.string().exactOptional(),
        description: z.string(),
        repeats: z.literal(true).exactOptional(),
        fallback: z.string().exactOptional(),
        variable: z.string().exactOptional(),
      }),
    ),
    secretFrom: functionOf<SignIn['secretFrom']>(),
    schema: functionOf<NonNullable<SignIn['schema']>>().exactOptional(),
  }),
  load: functionOf<KnownProvider['load']>(),
});

/** What its `load` gives. */
export const Loaded: z.ZodType<Provider> = z
  .object({
    id: Id,
    name: z.string().min(1),
    types: z
      .array(
        z.object({ id: Id, label: z.string(), group: z.string(), type: z.string(), metrics: z.array(Key).nonempty() }),
      )
      .nonempty(),
    statistics: z.array(z.enum(statistics)),
    regionForm: z.instanceof(RegExp),
    metricApi: z.string(),
    limits: z.record(z.string(), Limit),
    prices: z.array(
      z.object({
        of: z.string(),
        usd: z.number().nonnegative(),
        per: z.number().positive(),
        note: z.string().exactOptional(),
        source: z.string(),
        readOn: z.iso.date(),
      }),
    ),
    permissions: z.array(
      z.object({
        file: z.string().regex(/^[\w.-]+$/, 'must be the name of a file'),
        about: z.string(),
        apply: z.string(),
        text: z.string(),
      }),
    ),
    metricTable: z.array(
      z.object({
        type: Id,
        key: Key,
        native: z.string(),
        statistic: z.string().exactOptional(),
        unit: z.string(),
        conversion: z.string().exactOptional(),
        source: z.string(),
      }),
    ),
    grant: functionOf<NonNullable<Provider['grant']>>().exactOptional(),
    parseSecret: functionOf<Provider['parseSecret']>(),
    keyHint: functionOf<NonNullable<Provider['keyHint']>>().exactOptional(),
    connect: functionOf<Provider['connect']>(),
  })
  .refine(({ limits, metricApi }) => metricApi in limits, {
    path: ['limits'],
    message: 'must have a limit for metricApi',
  });
