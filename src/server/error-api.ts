import { z } from 'zod';
import { ErrorCodeName, ErrorReport } from './api.ts';

/* What the API says of errors over many runs. The console takes these types. */

const time = z.iso.datetime();
const count = z.int();

/** Hours back from now. */
export const errorSpans = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, all: null } as const satisfies Record<
  string,
  number | null
>;
export type ErrorSpan = keyof typeof errorSpans;
const spans = Object.keys(errorSpans).filter((span): span is ErrorSpan => Object.hasOwn(errorSpans, span));

const name = z.string().min(1).max(300).exactOptional();
/** Which errors. */
const asked = {
  provider: name,
  account: name,
  region: name,
  code: ErrorCodeName.exactOptional(),
  since: z.enum(spans).default('7d').describe('How far back.'),
};

export const ErrorsAsked = z.strictObject(asked);

export const RetryErrorsBody = z.strictObject({
  ...asked,
  max_cost: z
    .number()
    .min(0)
    .exactOptional()
    .describe('USD that all runs together may cost at most, where something has to be planned anew.'),
});
export type RetryErrorsBody = z.input<typeof RetryErrorsBody>;

export const ErrorCell = z
  .strictObject({
    provider: z.string(),
    account: z.string(),
    region: z.string().describe('`*` where not even the regions could be listed.'),
    times: count.describe('Runs that met one.'),
    is_open: z.boolean().describe('Whether the last run of the place met one, too.'),
    codes: z.array(ErrorCodeName).readonly().describe('Most first.'),
  })
  .readonly();
export type ErrorCell = z.infer<typeof ErrorCell>;

export const ErrorCause = z
  .strictObject({
    code: ErrorCodeName,
    times: count,
    places: count.describe('Accounts and regions that met it.'),
    open: count.describe('Those of which the last run met it, too.'),
    servers: count.describe('That those last runs could not read for it.'),
    first_at: time.nullable(),
    last_at: time.nullable(),
    jobs: z.array(count).readonly().describe('The newest runs that met it.'),
    fixes: z
      .array(z.strictObject({ fix: z.string().nullable(), message: z.string(), times: count }).readonly())
      .readonly()
      .describe('Each once, most first; one where the same helps all.'),
    fix_count: count,
  })
  .readonly();
export type ErrorCause = z.infer<typeof ErrorCause>;

export const ErrorSummary = z
  .strictObject({
    cells: z.array(ErrorCell).readonly().describe('By account and region, open ones first; at most 1,000.'),
    cell_count: count,
    causes: z.array(ErrorCause).readonly(),
    retry: z.strictObject({ tasks: count, jobs: count }).readonly().describe('What a retry of these would do again.'),
    is_cut: z.boolean().describe('Older ones were not looked at.'),
  })
  .readonly();
export type ErrorSummary = z.infer<typeof ErrorSummary>;

export const ErrorsRetried = z
  .strictObject({
    retried: z.array(z.strictObject({ job: count, tasks: count }).readonly()).readonly(),
    refused: z.array(z.strictObject({ job: count, error: ErrorReport }).readonly()).readonly(),
  })
  .readonly();
export type ErrorsRetried = z.infer<typeof ErrorsRetried>;
