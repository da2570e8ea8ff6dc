import { z } from 'zod';
import { ErrorReport, JobCost } from './api.ts';

/* What the API says of providers and accounts. The console takes these types. */

const time = z.iso.datetime();

export const fieldKinds = ['text', 'secret', 'lines', 'json', 'choice', 'switch', 'number'] as const;

export const FormField = z
  .strictObject({
    path: z.string().describe('Where its value goes in the secret: `from.accessKeyId`, `assume.0.roleArn`.'),
    kind: z.enum(fieldKinds),
    is_required: z.boolean(),
    is_secret: z.boolean().describe('Never sent back.'),
    choices: z.array(z.string()).readonly().exactOptional(),
    usual: z.string().exactOptional().describe('Taken where it is left out.'),
    pattern: z.string().exactOptional(),
  })
  .readonly();
export type FormField = z.infer<typeof FormField>;

export const SignInForm = z
  .strictObject({
    choice: z.string().nullable().describe('Where the way goes in the secret: `from`.'),
    ways: z
      .array(z.strictObject({ id: z.string(), about: z.string(), fields: z.array(FormField).readonly() }).readonly())
      .readonly()
      .describe('One of these, the first where nothing is chosen.'),
    fields: z.array(FormField).readonly().describe('Of every way.'),
  })
  .readonly();
export type SignInForm = z.infer<typeof SignInForm>;

export const ProviderRow = z
  .strictObject({ id: z.string(), types: z.array(z.strictObject({ id: z.string(), label: z.string() })).readonly() })
  .readonly();
export type ProviderRow = z.infer<typeof ProviderRow>;

export const ProviderDetail = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    types: z.array(z.strictObject({ id: z.string(), label: z.string() })).readonly(),
    form: SignInForm.nullable().describe('Null where only the command line knows the way in.'),
    permissions: z
      .array(z.strictObject({ file: z.string(), about: z.string(), apply: z.string(), text: z.string() }).readonly())
      .readonly(),
  })
  .readonly();
export type ProviderDetail = z.infer<typeof ProviderDetail>;

export const AccountRow = z
  .strictObject({
    id: z.int(),
    provider: z.string(),
    account: z.string().describe('Who we are there, in the words of the cloud.'),
    name: z.string(),
    regions: z.array(z.string()).readonly(),
    key_hint: z.string().nullable().describe('The last four characters of the id of its key, where it has one.'),
    created_at: time,
    last_used_at: time.nullable(),
    last_job: z.int().nullable().describe('Of the newest 50 runs, the newest one that read it.'),
    status: z.strictObject({
      state: z.enum(['UNKNOWN', 'OK', 'FAILED']),
      at: time.nullable(),
      error: ErrorReport.nullable(),
    }),
  })
  .readonly();
export type AccountRow = z.infer<typeof AccountRow>;

const provider = z.string().regex(/^[a-z][a-z0-9_]*$/, 'is no provider');
const regions = z.array(z.string().min(1).max(100)).max(200).exactOptional().describe('All where absent.');

export const AccountBody = z.strictObject({
  provider,
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,99}$/u, 'a name has letters, digits, spaces and . _ @ -')
    .exactOptional(),
  secret: z.record(z.string(), z.unknown()).describe('As the form of the provider says; sealed, and never told again.'),
  regions,
});
export type AccountBody = z.infer<typeof AccountBody>;

export const TestBody = z.union([
  z.strictObject({ provider, secret: z.record(z.string(), z.unknown()), regions }),
  z.strictObject({ account: z.int().positive() }),
]);
export type TestBody = z.infer<typeof TestBody>;

export const AccessCheckRow = z
  .strictObject({
    api: z.string(),
    calls: z.int(),
    took_ms: z.number(),
    failed_in: z.array(z.string()).readonly().describe('`account/region`; empty where all is well.'),
    error: ErrorReport.nullable(),
    grant: z.string().nullable().describe('What to add to the permissions, where it was refused.'),
  })
  .readonly();
export type AccessCheckRow = z.infer<typeof AccessCheckRow>;

export const AccessReply = z
  .strictObject({
    is_ok: z.boolean(),
    principal: z.string().nullable(),
    servers: z.int(),
    accounts: z
      .array(
        z
          .strictObject({
            account: z.string(),
            regions: z.array(z.strictObject({ region: z.string(), servers: z.int() }).readonly()).readonly(),
            failures: z
              .array(z.strictObject({ region: z.string(), error: ErrorReport }).readonly())
              .readonly()
              .describe('Regions whose servers could not be listed; `*` where the regions could not.'),
          })
          .readonly(),
      )
      .readonly()
      .describe('With the regions that have servers.'),
    checks: z.array(AccessCheckRow).readonly(),
    spent: JobCost.describe('One metric of one server in each of those regions.'),
    error: ErrorReport.nullable().describe('Why nothing was tried, or what was refused without a call.'),
  })
  .readonly();
export type AccessReply = z.infer<typeof AccessReply>;
