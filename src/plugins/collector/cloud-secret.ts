import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Provider } from '#model/provider.ts';
import { loadProvider } from '#providers/registry.ts';

/** AWS credentials as Cloudforet's own collectors take them (`aws_access_key`, `aws_assume_role`). */
const AwsSecretData = z.object({
  aws_access_key_id: z.string(),
  aws_secret_access_key: z.string(),
  aws_session_token: z.string().optional(),
  role_arn: z.string().optional(),
  external_id: z.string().optional(),
  region_name: z.string().optional(),
  /** For a cloud on this machine; plain http nowhere else. */
  endpoint_url: z.string().optional(),
});

export interface CloudAccess {
  readonly provider: Provider;
  readonly secret: unknown;
}

/** Which cloud a secret is of, by its fields, and the secret as that provider takes it. @throws CollectError `invalid_input` */
export async function cloudAccess(secretData: object | undefined): Promise<CloudAccess> {
  const fields = Object.keys(secretData ?? {});
  if (!fields.includes('aws_access_key_id')) {
    throw new CollectError(
      'invalid_input',
      `secret_data is of no cloud that we know: it has ${fields.length === 0 ? 'no fields' : fields.join(', ')}`,
      {
        where: 'secret_data',
        fix: 'aws: aws_access_key_id, aws_secret_access_key, and role_arn and external_id where a role is to be assumed',
      },
    );
  }
  const parsed = AwsSecretData.safeParse(secretData);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CollectError(
      'invalid_input',
      `secret_data.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`,
      { where: 'secret_data' },
    );
  }
  const {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_session_token: sessionToken,
    role_arn: roleArn,
    external_id: externalId,
    region_name: homeRegion,
    endpoint_url: endpoint,
  } = parsed.data;
  const provider = await loadProvider('aws');
  const secret = provider.parseSecret({
    from: { kind: 'keys', accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    assume: roleArn ? [{ roleArn, ...(externalId ? { externalId } : {}) }] : [],
    ...(homeRegion ? { homeRegion } : {}),
    ...(endpoint ? { endpoint } : {}),
  });
  return { provider, secret };
}
