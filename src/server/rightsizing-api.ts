import { z } from 'zod';
import { PolicySchema, presetNames } from '#rightsizing/policy.ts';
import { caveats, reasons, verdictClasses } from '#rightsizing/verdict.ts';
import { decisionStates } from '#store/rightsizing.ts';

/* What the routes of rightsizing say. */

const time = z.iso.datetime();
const count = z.int();
const part = z.number().min(0).max(1);

const Load = z.strictObject({
  peak: z.number().describe('What counts: the percentile of the policy, or the maximum where points were not read.'),
  peak_is: z.enum(['percentile', 'max']),
  avg: z.number(),
  max: z.number(),
  busiest_day: z.number().describe('The average of the day on which it was highest.'),
  coverage: part.describe('Observed part of the look-back.'),
});

const Suggestion = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('stop') }),
  z.strictObject({
    action: z.literal('resize'),
    instance_type: z.string(),
    vcpus: z.number(),
    gib: z.number(),
    cpu: z.number().describe('The load that counts, in percent of that size.'),
    memory: z.number().nullable(),
    clipped: z
      .strictObject({ above: count, of: count })
      .nullable()
      .describe('Points of CPU that would not have fitted; null where points were not read.'),
  }),
]);

const Savings = z
  .strictObject({ usd: z.number(), usd_per_hour: z.number(), hours: z.number() })
  .describe(
    'At list price, for the hours of the look-back in which the server was seen to run; below 0 it costs more.',
  );

const Decision = z.strictObject({
  state: z.enum(decisionStates),
  class: z.string(),
  target: z.string().nullable(),
  by: z.string(),
  at: time,
  until: time.nullable(),
  note: z.string().nullable(),
  verified_at: time.nullable(),
});

export const RightsizingRow = z
  .strictObject({
    id: count,
    resource_id: z.string(),
    name: z.string(),
    provider: z.string(),
    account: z.string(),
    region: z.string(),
    instance_type: z.string(),
    class: z.enum(verdictClasses),
    reason: z.enum(keysOf(reasons)),
    cpu: Load.nullable(),
    memory: Load.nullable(),
    network: z.strictObject({ avg: z.number(), max: z.number(), coverage: part }).nullable(),
    suggestion: Suggestion.nullable(),
    withheld: z.enum(['memory_unknown', 'largest_size', 'size_unknown']).nullable(),
    savings: Savings.nullable(),
    caveats: z.array(z.enum(keysOf(caveats))).readonly(),
    state: z.enum(decisionStates).nullable().describe('Null where there is nothing to decide.'),
    decision: Decision.nullable(),
  })
  .readonly();
export type RightsizingRow = z.infer<typeof RightsizingRow>;

export const PolicyReply = z
  .strictObject({
    name: z.enum([...presetNames, 'custom']),
    look_back_days: PolicySchema.shape.lookBackDays,
    percentile: PolicySchema.shape.percentile,
    cpu_headroom: PolicySchema.shape.cpuHeadroom,
    memory_headroom: PolicySchema.shape.memoryHeadroom,
    minimum_coverage: PolicySchema.shape.minimumCoverage,
    idle_cpu_percent: PolicySchema.shape.idleCpuPercent,
    idle_network_bytes_per_second: PolicySchema.shape.idleNetworkBytesPerSecond,
  })
  .readonly();

export type PolicyReply = z.infer<typeof PolicyReply>;

const PolicyParts = PolicyReply.unwrap().omit({ name: true });
export type PolicyParts = z.infer<typeof PolicyParts>;

/** A named policy, or all parts of one. */
export const PolicyBody = z.union([z.strictObject({ name: z.enum(presetNames) }), PolicyParts]);
export type PolicyBody = z.infer<typeof PolicyBody>;

const Limit = z.object({
  type: z.enum(['integer', 'number']),
  minimum: z.number().exactOptional(),
  exclusiveMinimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
});
export type PolicyLimit = z.infer<typeof Limit>;
const Limits = z.record(PolicyParts.keyof(), Limit);

/** What the schema of a policy lets through, part by part. */
export const policyLimits = z.object({ properties: Limits }).parse(z.toJSONSchema(PolicyParts)).properties;

export const PolicyChoices = z
  .strictObject({
    presets: z.array(PolicyReply).readonly(),
    limits: Limits.describe('Of each part, as in JSON Schema.'),
  })
  .readonly();
export type PolicyChoices = z.infer<typeof PolicyChoices>;

const ids = z.array(z.int().positive()).min(1).max(1000);
const note = z.string().max(1000);
/** What somebody makes of what is suggested for these servers. */
export const DecisionBody = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(['open', 'accepted']), ids, note: note.exactOptional() }),
  z.strictObject({ state: z.literal('snoozed'), ids, until: z.iso.datetime(), note: note.exactOptional() }),
  z.strictObject({ state: z.literal('dismissed'), ids, note: note.min(1) }),
]);
export type DecisionBody = z.infer<typeof DecisionBody>;

const SeriesDay = z.strictObject({
  avg: z.number(),
  max: z.number(),
  seconds: z.number().describe('Observed time.'),
  points: z
    .array(z.tuple([z.number(), count]).readonly())
    .readonly()
    .exactOptional()
    .describe('Values, each within 0.5 %, and how many points had them; absent where points were not read.'),
});

export const RightsizingDetail = RightsizingRow.unwrap()
  .extend({
    why: z.string(),
    window: z.strictObject({ start: time, end: time }),
    policy: PolicyReply,
    size: z
      .strictObject({
        instance_type: z.string(),
        vcpus: z.number(),
        gib: z.number(),
        baseline: part.nullable().describe('The part of each vCPU that may be used all day without spending credits.'),
      })
      .nullable(),
    prices: z.strictObject({ source: z.string(), read_on: z.string() }).nullable(),
    series: z
      .strictObject({
        days: z.array(z.string()).readonly(),
        metrics: z.record(z.string(), z.array(SeriesDay.nullable()).readonly()),
      })
      .describe('All that the verdict was made of. A day without data is null.'),
  })
  .readonly();
export type RightsizingDetail = z.infer<typeof RightsizingDetail>;

const ClassTally = z.strictObject({
  servers: count,
  savings_usd: z.number().describe('Of those whose price is known, over the look-back.'),
  unpriced: count.describe('Servers with a suggestion and no known price.'),
});

const PeakBin = z.strictObject({ from: z.number(), to: z.number(), servers: count, idle: count });
export type PeakBin = z.infer<typeof PeakBin>;

export const RightsizingSummary = z
  .strictObject({
    made_at: time,
    servers: count,
    classes: z.record(z.enum(verdictClasses), ClassTally),
    states: z.record(z.enum(decisionStates), count),
    policy: PolicyReply,
    cpu_peaks: z
      .array(PeakBin)
      .readonly()
      .describe('Servers with enough data by their highest CPU utilization, and how many of them are idle.'),
    prices: z
      .array(z.strictObject({ provider: z.string(), source: z.string(), read_on: z.string() }))
      .readonly()
      .describe('Where list prices are from, and of which day.'),
  })
  .readonly();
export type RightsizingSummary = z.infer<typeof RightsizingSummary>;

function keysOf<K extends string>(table: Readonly<Record<K, string>>): K[] {
  return Object.keys(table).filter((key): key is K => Object.hasOwn(table, key));
}
