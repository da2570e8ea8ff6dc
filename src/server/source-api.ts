import { z } from 'zod';
import { metricKeys } from '#model/metric.ts';
import { healthStates } from '#platform/health/call-figures.ts';
import { outsideStates } from '#platform/health/outside-sources.ts';
import { AccessReply } from './account-api.ts';
import { ErrorCodeName, ErrorReport } from './api.ts';

/* What the API says of data sources. The console takes these types. */

const time = z.iso.datetime();
const milliseconds = z.number().nullable().describe('Milliseconds, estimated; null without a call.');
const counts = z.array(z.int()).readonly();

export const SourceRow = z
  .strictObject({
    id: z.string().describe('`azure`, or `azure:koreacentral` for a region that stands alone.'),
    provider: z.string(),
    name: z.string(),
    api: z.string().describe('The API that answers for metrics: `cloudwatch:GetMetricData`.'),
    regions: z.array(z.string()).readonly().describe('That were asked.'),
    accounts: z.int().describe('Of the region where most were asked.'),
    state: z.enum(healthStates).describe('By the newest quarters of an hour with a call.'),
    since: time.nullable().describe('Since when it is not ok.'),
    error: ErrorCodeName.nullable().describe('What most failed calls failed with.'),
    calls: z.int(),
    failed: z.int().describe('Those that were throttled among them.'),
    throttled: z.int(),
    last_at: time.nullable().describe('The newest quarter of an hour with a call.'),
    p50_ms: milliseconds,
    p95_ms: milliseconds,
    quota: z
      .number()
      .nullable()
      .describe('Of the limit that we hold ourselves to, in the busiest quarter of an hour of one account and region.'),
    cells: z.strictObject({ calls: counts, failed: counts, throttled: counts }).readonly(),
  })
  .readonly();
export type SourceRow = z.infer<typeof SourceRow>;

export const OutsideSourceRow = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['data_source', 'plugin']),
    name: z.string(),
    provider: z.string().nullable(),
    state: z.enum(outsideStates),
    at: time.describe('When it was registered, or a plugin was last spoken to.'),
    error: ErrorReport.nullable(),
    where: z.string(),
  })
  .readonly();
export type OutsideSourceRow = z.infer<typeof OutsideSourceRow>;

export const SourcesReply = z
  .strictObject({
    from: time.describe('Where the first cell begins.'),
    cell_seconds: z.int(),
    sources: z.array(SourceRow).readonly().describe('Trouble first.'),
    outside: z.array(OutsideSourceRow).readonly().describe('Registered data sources, and plugins.'),
  })
  .readonly();
export type SourcesReply = z.infer<typeof SourcesReply>;

export const SourcePlace = z
  .strictObject({
    account: z.string(),
    region: z.string(),
    calls: z.int(),
    failed: z.int(),
    throttled: z.int(),
    error: ErrorCodeName.nullable(),
    p95_ms: milliseconds,
    last_at: time,
  })
  .readonly();
export type SourcePlace = z.infer<typeof SourcePlace>;

export const SourceDetail = z
  .strictObject({
    from: time,
    cell_seconds: z.int(),
    source: SourceRow,
    places: z.array(SourcePlace).readonly().describe('At most 400, those that failed most first.'),
  })
  .readonly();
export type SourceDetail = z.infer<typeof SourceDetail>;

export const SourceTest = z
  .strictObject({
    is_ok: z.boolean(),
    account_count: z
      .int()
      .describe('Saved accounts of it: where there are more than accounts here, the others were not asked.'),
    accounts: z
      .array(
        z
          .strictObject({
            name: z.string(),
            report: AccessReply,
            not_called: z
              .array(z.string())
              .readonly()
              .describe('APIs that bill: nothing that bills is called for a test.'),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type SourceTest = z.infer<typeof SourceTest>;

export const MetricSourceRow = z
  .strictObject({
    provider: z.string(),
    type: z.string(),
    key: z.enum(metricKeys),
    native: z.string().describe("The metric in the cloud's own words."),
    statistic: z.string().nullable().describe('What is asked of it; null of what discovery tells.'),
    unit: z.string().describe('Of the native metric.'),
    conversion: z.string().nullable().describe('What makes the field of it; null where it is the field as it is.'),
    source: z.string().describe('Where the cloud documents it.'),
    having: z.int().describe('Resources of the type that have a value of the field, however it came about.'),
    all: z.int().describe('Resources of the type.'),
  })
  .readonly();
export type MetricSourceRow = z.infer<typeof MetricSourceRow>;

export const MetricSourcesReply = z
  .strictObject({
    providers: z.array(z.string()).readonly(),
    types: z.array(z.strictObject({ id: z.string(), label: z.string() }).readonly()).readonly(),
    rows: z.array(MetricSourceRow).readonly(),
  })
  .readonly();
export type MetricSourcesReply = z.infer<typeof MetricSourcesReply>;
