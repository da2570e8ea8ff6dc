import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type Endpoints, endpointsOf, isIdentitySource, isSafeEndpoint, isTokenEndpoint } from './endpoints.ts';

const ProjectId = z
  .string()
  .regex(/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'is not a project id such as my-project-1234');

const Email = z.string().regex(/^[^\s@/]+@[^\s@/]+$/, 'is not the e-mail address of a service account');

const Endpoint = z.string().refine(isSafeEndpoint, 'must be https, or http to this machine');
const TokenEndpoint = z.string().refine(isTokenEndpoint, 'must be an https address of googleapis.com');
const IdentitySource = z.string().refine(isIdentitySource, 'must be https, or the metadata service of this machine');

/** A service-account key file. */
const ServiceAccountKey = z.object({
  type: z.literal('service_account'),
  project_id: ProjectId,
  client_email: Email,
  private_key: z.string().regex(/^-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'is not a private key in PEM'),
  private_key_id: z.string().optional(),
  token_uri: Endpoint.optional(),
});

/** A token of the workload's own: in a file, or by an address. */
const TokenSource = z.strictObject({
  file: z.string().min(1).exactOptional(),
  url: IdentitySource.exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  format: z
    .strictObject({ type: z.enum(['text', 'json']), subject_token_field_name: z.string().exactOptional() })
    .exactOptional(),
});

/** The role of an EC2 instance or ECS task. */
const AwsSource = z.strictObject({
  environment_id: z.string(),
  regional_cred_verification_url: z.string().startsWith('https://'),
  region_url: IdentitySource.exactOptional(),
  url: IdentitySource.exactOptional(),
  imdsv2_session_token_url: IdentitySource.exactOptional(),
});

/** Google's library runs it only where GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES says so. */
const ExecutableSource = z.strictObject({
  executable: z.strictObject({
    command: z.string().min(1),
    timeout_millis: z.int().exactOptional(),
    output_file: z.string().exactOptional(),
  }),
});

/**
 * A credential configuration file of workload identity federation. Such files come from elsewhere: where they make us read,
 * and where they make us send it, is checked.
 */
const ExternalAccount = z.object({
  type: z.literal('external_account'),
  audience: z.string().min(1),
  subject_token_type: z.string().min(1),
  token_url: TokenEndpoint.exactOptional(),
  service_account_impersonation_url: TokenEndpoint.exactOptional(),
  service_account_impersonation: z.strictObject({ token_lifetime_seconds: z.int().exactOptional() }).exactOptional(),
  workforce_pool_user_project: z.string().exactOptional(),
  credential_source: z.union([ExecutableSource, AwsSource, TokenSource]),
});
export type ExternalAccount = z.infer<typeof ExternalAccount>;

const Origin = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('default') })
    .describe('Application default credentials: GOOGLE_APPLICATION_CREDENTIALS, gcloud, the metadata server.'),
  z
    .strictObject({ kind: z.literal('service_account'), key: ServiceAccountKey.meta({ writeOnly: true }) })
    .describe('A service-account key, as the file has it.'),
  z
    .strictObject({ kind: z.literal('external_account'), config: ExternalAccount.meta({ writeOnly: true }) })
    .describe('Workload identity federation, as the file has it.'),
]);

/** Every way into Google Cloud (providers.md 2.3): where credentials come from, whom they stand for, and what to look at. */
export const GoogleSecret = z.strictObject({
  from: Origin.default({ kind: 'default' }),
  /** A service account to act as, by the chain of `delegates` where there is one. */
  impersonate: z.strictObject({ account: Email, delegates: z.array(Email).max(8).default([]) }).optional(),
  /** Empty for all projects that can be found. */
  projects: z.array(ProjectId).default([]).meta({ areAccounts: true }),
  /** Reads the metrics of all projects by this one's metrics scope, in one set of calls. */
  scopingProject: ProjectId.optional(),
  /** For every service that `endpoints` does not name. */
  endpoint: Endpoint.optional(),
  endpoints: z
    .strictObject({
      oauth2: Endpoint.exactOptional(),
      sts: Endpoint.exactOptional(),
      iamCredentials: Endpoint.exactOptional(),
      resourceManager: Endpoint.exactOptional(),
      compute: Endpoint.exactOptional(),
      monitoring: Endpoint.exactOptional(),
      sqlAdmin: Endpoint.exactOptional(),
    })
    .default({}),
});
export type GoogleSecret = z.infer<typeof GoogleSecret>;
export type Origin = GoogleSecret['from'];

/** @throws CollectError `invalid_input` naming the field, never its value */
export function parseSecret(input: unknown): GoogleSecret {
  const parsed = GoogleSecret.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError(
    'invalid_input',
    `Google Cloud credentials: ${issue?.path.join('.') || 'secret'}: ${issue?.message ?? 'malformed'}`,
  );
}

export function endpointsIn({ endpoints, endpoint }: GoogleSecret): Endpoints {
  return endpointsOf(endpoints, endpoint);
}
