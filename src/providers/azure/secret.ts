import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { cloudNames } from './clouds.ts';

const ClientId = z.guid('is not a client id such as 00000000-0000-0000-0000-000000000000');
const TenantId = z.string().regex(/^[\w.-]{1,255}$/, 'is not a tenant id or domain');

const Origin = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('default'), tenantId: TenantId.optional() })
    .describe('The chain of @azure/identity: environment, workload identity, managed identity, Azure CLI and others.'),
  z
    .strictObject({
      kind: z.literal('client_secret'),
      tenantId: TenantId,
      clientId: ClientId,
      clientSecret: z.string().min(1).meta({ writeOnly: true }),
    })
    .describe('An application and its secret.'),
  z
    .strictObject({
      kind: z.literal('client_certificate'),
      tenantId: TenantId,
      clientId: ClientId,
      certificate: z
        .string()
        .regex(
          /-----BEGIN CERTIFICATE-----[\s\S]*PRIVATE KEY-----|PRIVATE KEY-----[\s\S]*-----BEGIN CERTIFICATE-----/,
          'must hold a certificate and its private key, in PEM',
        )
        .meta({ writeOnly: true }),
      password: z.string().min(1).meta({ writeOnly: true }).optional(),
    })
    .describe('An application and its certificate with private key, in PEM.'),
  z
    .strictObject({ kind: z.literal('managed_identity'), clientId: ClientId.optional() })
    .describe('The identity of the machine that we run on; the one with this client id where it has several.'),
  z
    .strictObject({
      kind: z.literal('workload_identity'),
      tenantId: TenantId,
      clientId: ClientId,
      tokenFile: z.string().min(1).optional(),
      token: z.string().min(1).meta({ writeOnly: true }).optional(),
    })
    .refine(({ tokenFile, token }) => (tokenFile === undefined) !== (token === undefined), {
      message: 'needs one of tokenFile and token',
    })
    .describe(
      'An application that trusts an OpenID token, as on AKS: a file, read anew each time, or the token itself.',
    ),
]);

/**
 * Every way into Azure. A certificate authority of one's own is given to Node as a whole, for sign-in and calls alike:
 * `NODE_EXTRA_CA_CERTS=<file>`.
 */
export const AzureSecret = z.strictObject({
  from: Origin.default({ kind: 'default' }),
  cloud: z.enum(cloudNames).default('public'),
  /** Empty for all that are visible. */
  subscriptions: z
    .array(z.guid('is not a subscription id').transform((id) => id.toLowerCase()))
    .max(10_000)
    .default([])
    .transform((ids) => [...new Set(ids)])
    .meta({ areAccounts: true }),
  /** Overrides of the cloud's own; plain http to this machine alone. */
  endpoints: z
    .strictObject({
      authority: z.string().refine(isSafeEndpoint, 'must be https, or http to this machine').optional(),
      resourceManager: z.string().refine(isSafeEndpoint, 'must be https, or http to this machine').optional(),
      metrics: z
        .string()
        .refine(
          (text) => text.includes('{region}') && isSafeEndpoint(text.replaceAll('{region}', 'westeurope')),
          'must be https, or http to this machine, with {region} in it',
        )
        .optional(),
      graph: z.string().refine(isSafeEndpoint, 'must be https, or http to this machine').optional(),
    })
    .default({}),
});
export type AzureSecret = z.infer<typeof AzureSecret>;

/** @throws CollectError `invalid_input` naming the field, never its value */
export function parseSecret(input: unknown): AzureSecret {
  const parsed = AzureSecret.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError(
    'invalid_input',
    `Azure credentials: ${issue?.path.join('.') || 'secret'}: ${issue?.message ?? 'malformed'}`,
  );
}

function isSafeEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}
