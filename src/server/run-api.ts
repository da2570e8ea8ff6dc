import { z } from 'zod';
import { mostSelected, RunOptions } from '#jobs/options.ts';
import { CollectError } from '#model/errors.ts';
import { metricKeys } from '#model/metric.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { mostDays } from '#platform/collection/settings.ts';
import { ErrorReport, JobCost, TimeWindow } from './api.ts';
import { PlanBudget } from './budget-api.ts';

/* What the API says of runs before they are begun. The console takes these types. */

const time = z.iso.datetime();
const names = z.array(z.string().min(1).max(300)).max(1000);

export const RunBody = z.strictObject({
  accounts: names.exactOptional().describe('Saved accounts by name; all where absent.'),
  regions: names.exactOptional(),
  filter: z
    .string()
    .min(1)
    .max(2000)
    .exactOptional()
    .describe(
      'Only servers that this query finds in the inventory when the run is planned: `provider:aws cpu.p95:<5`.',
    ),
  servers: z
    .array(z.int().positive())
    .min(1)
    .max(mostSelected)
    .exactOptional()
    .describe('Only these, by their ids, in the place of a filter.'),
  types: names.exactOptional().describe('Resource types by id; where absent, servers, or what `servers` are of.'),
  days: z
    .int()
    .min(1)
    .max(mostDays)
    .exactOptional()
    .describe('Whole UTC days; as set for the collection where absent.'),
  statistics: z
    .array(z.enum(statistics))
    .readonly()
    .exactOptional()
    .describe('Average and maximum are always there; as set for the collection where absent.'),
  metrics: z.array(z.enum(metricKeys)).exactOptional().describe('All that the types have where absent.'),
  concurrency: z.int().min(1).max(64).exactOptional().describe('As set for the collection where absent.'),
});
export type RunBody = z.infer<typeof RunBody>;

const maxCost = z
  .number()
  .min(0)
  .describe('USD that it may cost at most: what the plan said, agreed to. Nothing where absent.');

const overBudget = z.boolean().describe('Let it pass the budget. For admins.');

export const StartBody = z.strictObject({
  ...RunBody.shape,
  max_cost: maxCost.exactOptional(),
  over_budget: overBudget.exactOptional(),
});
export type StartBody = z.infer<typeof StartBody>;

/** Tasks that one retry can name, which a request can hold. */
const mostRetried = 10_000;

export const RetryBody = z.strictObject({
  max_cost: maxCost.exactOptional(),
  over_budget: overBudget.exactOptional(),
  tasks: z
    .array(z.int().positive())
    .min(1)
    .max(mostRetried)
    .exactOptional()
    .describe('Some of those that failed, by id, and nothing else; all where absent.'),
});
export type RetryBody = z.infer<typeof RetryBody>;

export const PlanPlace = z
  .strictObject({
    provider: z.string(),
    account: z.string(),
    region: z.string().describe('`*` where not even the regions could be listed.'),
    servers: z.int(),
    cost: JobCost,
    seconds: z.number(),
    error: ErrorReport.nullable().describe('Why it cannot be read.'),
  })
  .readonly();
export type PlanPlace = z.infer<typeof PlanPlace>;

export const PlanSelection = z
  .strictObject({
    servers: z.int().describe('As many as were selected; some may be gone by now.'),
    filter: z.string().nullable().describe('Null where they were picked.'),
    unopened: z
      .array(
        z
          .strictObject({
            provider: z.string(),
            account: z.string(),
            region: z.string().describe('`*` where no account of the run opens theirs.'),
            servers: z.int(),
          })
          .readonly(),
      )
      .readonly()
      .describe('Where selected servers are that the run does not read; a run that is begun is PARTIAL for them.'),
  })
  .readonly();
export type PlanSelection = z.infer<typeof PlanSelection>;

const PlanQuota = z
  .strictObject({
    share: z
      .number()
      .min(0)
      .max(1)
      .describe("Of the cloud's own rate limit, while the place is read, or over a minute where that takes less."),
    place: z.string().describe('Account and region: `310000000001/eu-west-1`.'),
    api: z.string().describe('`cloudwatch:GetMetricData`'),
  })
  .readonly();

export const PlanReply = z
  .strictObject({
    selection: PlanSelection.nullable().describe('What the run is limited to; null for all that there is.'),
    servers: z.int(),
    metrics: z.int().describe('Asked of each of them.'),
    statistics: z.array(z.enum(statistics)).readonly(),
    window: TimeWindow,
    cost: JobCost,
    seconds: z.number().describe('At the quotas, with regions side by side.'),
    quota: PlanQuota.nullable().describe(
      'Where it takes the most of what the cloud allows; null where no quota is known, or nothing is asked.',
    ),
    places: z.array(PlanPlace).readonly().describe('That have servers, or cannot be read.'),
    prices: z
      .array(
        z
          .strictObject({
            provider: z.string(),
            of: z.string(),
            usd: z.number(),
            per: z.number(),
            note: z.string().exactOptional(),
            source: z.string(),
            readOn: z.string(),
          })
          .readonly(),
      )
      .readonly(),
    budget: PlanBudget,
  })
  .readonly();
export type PlanReply = z.infer<typeof PlanReply>;

const hours = z.array(z.int().min(0).max(23)).min(1).max(24);

export const ScheduleRow = z
  .strictObject({
    name: z.string(),
    times: z.union([
      z.strictObject({ cron: z.string() }),
      z.strictObject({ hours: z.array(z.int().min(0).max(23)).readonly() }),
    ]),
    time_zone: z.string(),
    accounts: z.array(z.string()).readonly().describe('All where empty.'),
    selection: z
      .strictObject({
        servers: z
          .int()
          .nullable()
          .describe('How many were picked; null for a filter, which finds them as a run begins.'),
        filter: z.string().nullable(),
      })
      .readonly()
      .nullable()
      .describe('The servers that its runs are limited to; null for all that there is.'),
    collector: z.string().exactOptional().describe('The plugin that does it, in the place of accounts.'),
    max_cost: z.number().nullable(),
    next_at: time.nullable().describe('Null where it never comes.'),
    last_at: time.nullable(),
    last_job: z.int().nullable(),
    error: ErrorReport.nullable().describe('Why its last run could not be begun.'),
  })
  .readonly();
export type ScheduleRow = z.infer<typeof ScheduleRow>;

export const ScheduleBody = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u, 'a name has letters, digits, spaces and . _ -'),
  times: z.union([
    z.strictObject({ cron: z.string().max(200) }),
    z.strictObject({ hours }).describe('Full hours of every day.'),
  ]),
  time_zone: z.string().max(100).exactOptional().describe('`Europe/Berlin`; UTC where absent.'),
  run: RunBody.exactOptional(),
  collector: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .describe('A registered plugin that does it, in the place of `run`.'),
  max_cost: z
    .number()
    .positive()
    .exactOptional()
    .describe('USD that each of its runs may cost at most; a plugin has none, and all others need it.'),
});
export type ScheduleBody = z.infer<typeof ScheduleBody>;

type HasTypes = { readonly name: string; readonly types: Parameters<typeof metricsOfAny>[0][number]['types'] };

/**
 * @param providers of the accounts that the run reads
 * @throws CollectError `invalid_input` for a type that none of them has, or a filter and servers at once
 */
export function runOptionsOf(body: StartBody, providers: readonly HasTypes[]): RunOptions {
  const { types = [serverType], max_cost: most, over_budget: _, ...options } = body;
  if (options.filter !== undefined && options.servers !== undefined) {
    throw new CollectError('invalid_input', 'a run has a filter or servers, not both', { where: 'filter, servers' });
  }
  const known = new Set(providers.flatMap((provider) => provider.types.map(({ id }) => id)));
  const unknown = types.find((type) => !known.has(type));
  if (unknown !== undefined || types.length === 0) {
    throw new CollectError('invalid_input', unknown === undefined ? 'types: names none' : `'${unknown}' is no type`, {
      where: 'types',
      fix: `one or more of ${[...known].join(', ')}`,
    });
  }
  return RunOptions.parse({
    metrics: metricsOfAny(providers, types),
    ...options,
    types,
    ...(most === undefined || most === 0 ? {} : { maxCost: most }),
  });
}
