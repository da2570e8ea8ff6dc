import { z } from 'zod';
import { endings } from '#model/expiry.ts';
import { AccountName } from '#platform/account/name.ts';
import { ErrorReport, JobCost, JobSummary } from './api.ts';

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
    are_accounts: z
      .boolean()
      .exactOptional()
      .describe('The accounts to read, by the ids that a test tells: all where there are none.'),
  })
  .readonly();
export type FormField = z.infer<typeof FormField>;

export const SignInForm = z
  .strictObject({
    choice: z.string().nullable().describe('Where the way goes in the secret: `from`.'),
    ways: z
      .array(
        z
          .strictObject({
            id: z.string(),
            kind: z.string().exactOptional().describe('What it is called in the secret, where that is not its id.'),
            about: z.string(),
            is_recommended: z.boolean().exactOptional(),
            fields: z.array(FormField).readonly().describe('These stand for those of every way with the same path.'),
          })
          .readonly(),
      )
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
    has_role: z.boolean().describe('Whether `POST /providers/:id/role` makes a role for it.'),
  })
  .readonly();
export type ProviderDetail = z.infer<typeof ProviderDetail>;

export const ExpiryReply = z
  .strictObject({ of: z.enum(endings), at: time.nullable().describe('Null where it has no end.') })
  .readonly();
export type ExpiryReply = z.infer<typeof ExpiryReply>;

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
    last_job: z.int().nullable().describe('The newest run that read it.'),
    expires: ExpiryReply.nullable().describe('Until when its secret is good; null where that is not known.'),
    status: z.strictObject({
      state: z.enum(['UNKNOWN', 'OK', 'FAILED']),
      at: time.nullable(),
      error: ErrorReport.nullable(),
    }),
  })
  .readonly();
export type AccountRow = z.infer<typeof AccountRow>;

export const AccountDetail = z
  .strictObject({
    ...AccountRow.unwrap().shape,
    connected: z
      .strictObject({
        way: z.string().nullable().describe('Of the ways of its provider.'),
        fields: z
          .array(z.strictObject({ path: z.string(), value: z.string() }).readonly())
          .readonly()
          .describe('What is no secret of it, by `FormField.path`.'),
      })
      .readonly()
      .nullable()
      .describe('Null where this server cannot open its secret.'),
    added_by: z.string().nullable().describe('As far as the audit log goes back.'),
    rotated_at: time.nullable(),
    rotated_by: z.string().nullable(),
    opens: z
      .array(z.string())
      .readonly()
      .describe(
        'The accounts of the cloud that were read by the last of `runs` that was not of selected servers, or by the last one where all were; 100 at most.',
      ),
    runs: z.array(JobSummary).readonly().describe('The newest ten that read it.'),
    replaceable: z
      .strictObject({ fields: z.array(FormField).readonly() })
      .readonly()
      .nullable()
      .describe('What of its secret can be given anew; null where it has none of its own.'),
  })
  .readonly();
export type AccountDetail = z.infer<typeof AccountDetail>;

const provider = z.string().regex(/^[a-z][a-z0-9_]*$/, 'is no provider');
const regions = z.array(z.string().min(1).max(100)).max(200).exactOptional().describe('All where absent.');

export const AccountBody = z.strictObject({
  provider,
  name: AccountName.exactOptional(),
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
    usual_name: z
      .string()
      .nullable()
      .describe('What it is called where nobody names it; null where the cloud did not let us in.'),
    servers: z.int(),
    accounts: z
      .array(
        z
          .strictObject({
            account: z.string(),
            name: z.string().nullable().describe('What its owner calls it, where the cloud tells.'),
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
    expires: ExpiryReply.nullable().describe('Until when the secret is good; null where that is not known.'),
    error: ErrorReport.nullable().describe(
      'Why nothing was tried, what was refused without a call, or that time ran out.',
    ),
  })
  .readonly();
export type AccessReply = z.infer<typeof AccessReply>;

/** A line of a check as it goes on. */
export const AccessWatch = z.discriminatedUnion('event', [
  z
    .strictObject({
      event: z.literal('progress'),
      checks: z
        .array(
          z
            .strictObject({
              ...AccessCheckRow.unwrap().shape,
              waiting: z
                .strictObject({ calls: z.int(), account: z.string(), region: z.string(), ms: z.number() })
                .readonly()
                .nullable()
                .describe('Calls that were not answered yet, and for how long the oldest was not.'),
            })
            .readonly(),
        )
        .readonly(),
    })
    .readonly(),
  z.strictObject({ event: z.literal('report'), report: AccessReply }).readonly(),
  z.strictObject({ event: z.literal('failure'), error: ErrorReport }).readonly(),
]);
export type AccessWatch = z.infer<typeof AccessWatch>;

export const RotateBody = z.strictObject({
  secret: z
    .record(z.string(), z.unknown())
    .describe('The fields that are new, where they are in the secret: what is left out of them stays as it is.'),
  force: z.boolean().exactOptional().describe('Also where the new secret opens less than all that is asked of it.'),
});
export type RotateBody = z.infer<typeof RotateBody>;

export const RotateReply = z
  .strictObject({
    is_replaced: z
      .boolean()
      .describe('False where the new secret does not do, or is of another account: then the old one stays.'),
    report: AccessReply,
    account: AccountRow,
  })
  .readonly();
export type RotateReply = z.infer<typeof RotateReply>;

export const RoleBody = z.strictObject({
  external_id: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'is no external id')
    .exactOptional()
    .describe('One that was made before; a new one is made where it is absent.'),
  trusted: z
    .string()
    .regex(/^\d{12}$/, 'is no account of 12 digits')
    .exactOptional()
    .describe('The account that may take the role on; that of this machine where it is absent.'),
});
export type RoleBody = z.infer<typeof RoleBody>;

export const RoleReply = z
  .strictObject({
    external_id: z.string(),
    trusted: z.string().nullable().describe('Null where this machine has no credentials that would tell.'),
    documents: z
      .array(
        z
          .strictObject({ form: z.enum(['template', 'cli', 'terraform']), file: z.string(), text: z.string() })
          .readonly(),
      )
      .readonly()
      .describe('Empty where nobody is known who could be trusted.'),
    console_url: z.string(),
  })
  .readonly();
export type RoleReply = z.infer<typeof RoleReply>;
