import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { roles } from '#store/identity.ts';

/** Https, or plain http on this machine. */
export const SafeUrl = z.url().refine((text) => isSafe(new URL(text)), 'https, or http on loopback');

export function isSafe({ protocol, hostname }: URL): boolean {
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLocal);
}

/** An OpenID provider that people may sign in with. */
export type OidcConfig = z.infer<typeof OidcConfig>;
export const OidcConfig = z.strictObject({
  issuer: SafeUrl.describe('As its discovery document has it, to the letter.'),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1).exactOptional().describe('Absent for a public client.'),
  name: z.string().min(1).default('OpenID').describe('What the button says.'),
  newUsers: z
    .enum(roles)
    .exactOptional()
    .describe('The role of those who come for the first time; absent: they must have been added.'),
  trustEmail: z.boolean().default(false).describe('For providers that do not say whether they verified an email.'),
});

const prefix = 'FLEETGAUGE_OIDC_';

/** @returns undefined where no issuer is set @throws CollectError `invalid_input` naming the variable */
export function oidcConfigFrom(env: Readonly<Record<string, string | undefined>>): OidcConfig | undefined {
  const set = (name: string) => env[`${prefix}${name}`] || undefined;
  if (set('ISSUER') === undefined) return undefined;
  const given = {
    issuer: set('ISSUER'),
    clientId: set('CLIENT_ID') ?? '',
    clientSecret: set('CLIENT_SECRET'),
    name: set('NAME'),
    newUsers: set('NEW_USERS'),
    trustEmail: set('TRUST_EMAIL') === 'true',
  };
  const parsed = OidcConfig.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? '')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
  throw new CollectError('invalid_input', issue?.message ?? 'malformed', { where: `${prefix}${name}` });
}
