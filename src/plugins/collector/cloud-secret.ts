import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Provider } from '#model/provider.ts';
import { knownProviders, loadProvider } from '#providers/registry.ts';

/** A cloud's credentials in the form that Cloudforet's own collector of that cloud takes. */
interface SecretForm {
  readonly provider: string;
  /** The field by which the form is known. */
  readonly mark: string;
  /** What the form is made of, for those who have it wrong. */
  readonly fields: string;
  /** Into what the provider's `parseSecret` takes. */
  readonly schema: z.ZodType<object>;
}

const endpointUrl = z.string().optional().describe('For a cloud on this machine; plain http nowhere else.');

const forms: readonly SecretForm[] = [
  {
    provider: 'aws',
    mark: 'aws_access_key_id',
    fields: 'aws_access_key_id, aws_secret_access_key, and role_arn and external_id where a role is to be assumed',
    schema: z
      .object({
        aws_access_key_id: z.string(),
        aws_secret_access_key: z.string(),
        aws_session_token: z.string().optional(),
        role_arn: z.string().optional(),
        external_id: z.string().optional(),
        region_name: z.string().optional(),
        endpoint_url: endpointUrl,
      })
      .transform((data) => ({
        from: {
          kind: 'keys',
          accessKeyId: data.aws_access_key_id,
          secretAccessKey: data.aws_secret_access_key,
          ...given('sessionToken', data.aws_session_token),
        },
        assume: data.role_arn ? [{ roleArn: data.role_arn, ...given('externalId', data.external_id) }] : [],
        ...given('homeRegion', data.region_name),
        ...given('endpoint', data.endpoint_url),
      })),
  },
  {
    provider: 'google_cloud',
    mark: 'private_key',
    fields: 'a service-account key as its file has it: project_id, client_email, private_key, token_uri',
    schema: z
      .looseObject({ project_id: z.string(), endpoint_url: endpointUrl })
      .transform(({ endpoint_url, ...key }) => ({
        from: { kind: 'service_account', key: { ...key, type: 'service_account' } },
        projects: [key.project_id],
        ...given('endpoint', endpoint_url),
      })),
  },
  {
    provider: 'azure',
    mark: 'client_secret',
    fields: 'tenant_id, client_id, client_secret, subscription_id',
    schema: z
      .object({
        tenant_id: z.string(),
        client_id: z.string(),
        client_secret: z.string(),
        subscription_id: z.string(),
        endpoint_url: endpointUrl,
      })
      .transform((data) => ({
        from: {
          kind: 'client_secret',
          tenantId: data.tenant_id,
          clientId: data.client_id,
          clientSecret: data.client_secret,
        },
        subscriptions: [data.subscription_id],
        ...(data.endpoint_url ? { endpoints: azureEndpoints(data.endpoint_url) } : {}),
      })),
  },
];

/** Of a cloud that has no collector of Cloudforet's own: its id, and its secret as we take it. */
const OwnForm = z
  .looseObject({ provider: z.string().refine((id) => knownProviders().some((each) => each.id === id)) })
  .transform(({ provider, ...input }) => ({ provider, input }));

export interface CloudAccess {
  readonly provider: Provider;
  readonly secret: unknown;
}

/** Which cloud a secret is of, and the secret as that provider takes it. @throws CollectError `invalid_input` */
export async function cloudAccess(secretData: object): Promise<CloudAccess> {
  const { provider: id, input } = readCloudSecret(secretData);
  const provider = await loadProvider(id);
  return { provider, secret: provider.parseSecret(input) };
}

/** Which cloud a secret is of, by its fields, in the words of that provider. @throws CollectError `invalid_input` */
export function readCloudSecret(secretData: object): { readonly provider: string; readonly input: object } {
  const fields = Object.keys(secretData);
  const form = forms.find(({ mark }) => fields.includes(mark));
  const own = OwnForm.safeParse(secretData);
  if (form === undefined && own.success) return own.data;
  if (form === undefined) {
    const has = fields.length === 0 ? 'no fields' : fields.join(', ');
    throw new CollectError('invalid_input', `secret_data is of no cloud that we know: it has ${has}`, {
      where: 'secret_data',
      fix: `${forms.map(({ provider, fields: theirs }) => `${provider}: ${theirs}`).join('; ')}; another: provider, and the fields of its own form`,
    });
  }
  const parsed = form.schema.safeParse(secretData);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = `secret_data.${issue?.path.join('.') ?? ''}`;
    throw new CollectError('invalid_input', `${where}: ${issue?.message ?? 'malformed'}`, {
      where,
      fix: `${form.provider}: ${form.fields}`,
    });
  }
  return { provider: form.provider, input: parsed.data };
}

/** A property that is there only with a value; stored secrets have empty ones. */
function given<Name extends string>(name: Name, value: string | undefined) {
  return value ? { [name]: value } : {};
}

function azureEndpoints(url: string) {
  return { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` };
}
