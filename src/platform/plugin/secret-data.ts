import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Fields } from './peer.ts';

/** A saved account's secret, as far as Cloudforet's collectors know a form of it. */
const forms = {
  aws: z
    .object({
      from: z.object({
        kind: z.literal('keys'),
        accessKeyId: z.string(),
        secretAccessKey: z.string(),
        sessionToken: z.string().optional(),
      }),
      assume: z
        .array(z.object({ roleArn: z.string(), externalId: z.string().optional() }))
        .max(1)
        .default([]),
      homeRegion: z.string().optional(),
      endpoint: z.string().optional(),
    })
    .transform(({ from, assume: [role], homeRegion, endpoint }) => ({
      aws_access_key_id: from.accessKeyId,
      aws_secret_access_key: from.secretAccessKey,
      aws_session_token: from.sessionToken,
      role_arn: role?.roleArn,
      external_id: role?.externalId,
      region_name: homeRegion,
      endpoint_url: endpoint,
    })),
  google_cloud: z
    .object({
      from: z.object({ kind: z.literal('service_account'), key: z.record(z.string(), z.unknown()) }),
      endpoint: z.string().optional(),
    })
    .transform(({ from, endpoint }) => ({ ...from.key, endpoint_url: endpoint })),
  azure: z
    .object({
      from: z.object({
        kind: z.literal('client_secret'),
        tenantId: z.string(),
        clientId: z.string(),
        clientSecret: z.string(),
      }),
      subscriptions: z.array(z.string()).length(1),
    })
    .transform(({ from, subscriptions: [subscription] }) => ({
      tenant_id: from.tenantId,
      client_id: from.clientId,
      client_secret: from.clientSecret,
      subscription_id: subscription,
    })),
} as const satisfies Record<string, z.ZodType<Fields>>;

/**
 * `secret_data` as Cloudforet's own collectors of a cloud take it.
 *
 * @param secret of a saved account, opened
 * @throws CollectError `invalid_input` for a way in that only this machine has, such as a profile
 */
export function secretDataOf(provider: string, secret: unknown, account: string): Fields {
  const form = Object.entries(forms).find(([id]) => id === provider)?.[1];
  const parsed = form?.safeParse(secret);
  if (parsed?.success)
    return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  throw new CollectError('invalid_input', 'plugins cannot be given the secret of this account: they know keys alone', {
    where: account,
    fix: 'save an account with keys (aws: an access key; google_cloud: a service-account key; azure: a client secret and one subscription), or give the plugin a secret of its own: --secret-stdin',
  });
}
