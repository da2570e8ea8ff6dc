import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

/** Of the forms that our secrets have, those that a plugin of Cloudforet can do something with. */
const Aws = z
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
  .transform(({ from, assume: [role], homeRegion, endpoint }) =>
    given({
      aws_access_key_id: from.accessKeyId,
      aws_secret_access_key: from.secretAccessKey,
      aws_session_token: from.sessionToken,
      role_arn: role?.roleArn,
      external_id: role?.externalId,
      region_name: homeRegion,
      endpoint_url: endpoint,
    }),
  );

const GoogleCloud = z
  .object({
    from: z.object({
      kind: z.literal('service_account'),
      key: z.looseObject({ project_id: z.string(), client_email: z.string(), private_key: z.string() }),
    }),
    endpoint: z.string().optional(),
  })
  .transform(({ from, endpoint }) => ({ ...from.key, ...given({ endpoint_url: endpoint }) }));

const Azure = z
  .object({
    from: z.object({
      kind: z.literal('client_secret'),
      tenantId: z.string(),
      clientId: z.string(),
      clientSecret: z.string(),
    }),
    endpoints: z.object({ resourceManager: z.string().optional() }).optional(),
  })
  .transform(({ from, endpoints }) =>
    given({
      tenant_id: from.tenantId,
      client_id: from.clientId,
      client_secret: from.clientSecret,
      endpoint_url: endpoints?.resourceManager,
    }),
  );

const forms: Readonly<Record<string, { readonly schema: z.ZodType<object>; readonly name: string }>> = {
  aws: { schema: Aws, name: 'aws_access_key' },
  google_cloud: { schema: GoogleCloud, name: 'google_oauth2_credentials' },
  azure: { schema: Azure, name: 'azure_client_secret' },
};

/** What Cloudforet calls the form of a provider's secrets; empty for one that it does not know. */
export function schemaOf(provider: string): string {
  return forms[provider]?.name ?? '';
}

/**
 * A stored secret as `secret_data` for a plugin that is not ours. Of a provider that Cloudforet has no form for, as it is.
 *
 * @param account of the resources: Azure's plugins want the subscription with the secret
 * @throws CollectError `invalid_input` for a way to sign in that only this machine or our own code has; never with the secret
 */
export function pluginSecret(provider: string, secret: unknown, account: string): Readonly<Record<string, unknown>> {
  const form = forms[provider];
  const parsed = (form?.schema ?? z.looseObject({})).safeParse(secret);
  if (!parsed.success) {
    throw new CollectError('invalid_input', 'the account signs in by a way that a plugin cannot be given', {
      where: `${provider} ${account}`,
      fix: `an account with a secret of its own: ${form?.name ?? 'a key'}`,
    });
  }
  if (form === undefined) return { provider, ...parsed.data };
  return provider === 'azure' ? { ...parsed.data, subscription_id: account } : { ...parsed.data };
}

function given(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).flatMap(([key, text]) => (text ? [[key, text]] : [])));
}
