import { z } from 'zod';
import { apiKeyForms, roles, userKinds, userStates } from '#store/identity.ts';

const time = z.iso.datetime();

export const UserRow = z
  .strictObject({
    id: z.string(),
    kind: z.enum(userKinds),
    name: z.string().describe("A person's email."),
    role: z.enum(roles),
    state: z.enum(userStates),
    has_password: z.boolean(),
    openid_issuer: z.string().nullable().describe('Of the OpenID provider that they came by.'),
    created_at: time,
    last_login_at: time.nullable(),
  })
  .readonly();
export type UserRow = z.infer<typeof UserRow>;

export const SessionReply = z
  .strictObject({
    sign_in: z
      .enum(['none', 'required'])
      .describe('`none`: there are no users yet, and whoever is at this machine may do all.'),
    openid: z
      .strictObject({ name: z.string() })
      .nullable()
      .describe('The other way to sign in: a link to /api/login/oidc?return_to=…'),
    user: UserRow.nullable().describe('Null where nobody signed in, or nobody has to.'),
    role: z.enum(roles).nullable().describe('What may be done; null where nobody signed in.'),
    expires_at: time.nullable(),
  })
  .readonly();
export type SessionReply = z.infer<typeof SessionReply>;

const apiKey = {
  id: z.string(),
  name: z.string(),
  form: z.enum(apiKeyForms),
  created_at: time,
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
};

export const ApiKeyRow = z.strictObject(apiKey).readonly();
export type ApiKeyRow = z.infer<typeof ApiKeyRow>;

export const NewApiKeyReply = z
  .strictObject({ ...apiKey, secret: z.string() })
  .readonly()
  .describe('The only time that the key is told.');
export type NewApiKeyReply = z.infer<typeof NewApiKeyReply>;
