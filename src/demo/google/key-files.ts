import type { Identities, ServiceAccount } from './identities.ts';
import type { SimProject } from './projects.ts';

/** A service account's key file. */
export interface ServiceAccountKey {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
  readonly universe_domain: string;
}

/** A credential configuration of workload identity federation, its subject token fetched from an address. */
export interface ExternalAccount {
  readonly type: 'external_account';
  readonly audience: string;
  readonly subject_token_type: string;
  readonly token_url: string;
  /** Absent where the federated identity acts for itself. */
  readonly service_account_impersonation_url?: string;
  readonly credential_source: {
    readonly url: string;
    readonly format: { readonly type: 'json'; readonly subject_token_field_name: string };
  };
  readonly universe_domain: string;
}

/** A credential configuration of impersonation. */
export interface ImpersonatedServiceAccount {
  readonly type: 'impersonated_service_account';
  readonly service_account_impersonation_url: string;
  readonly delegates: readonly string[];
  readonly source_credentials: ServiceAccountKey;
}

/** Ready-made credentials of a simulated cloud, as the files that `gcloud` writes. */
export interface KeyFiles {
  /** Reads everything. */
  readonly serviceAccount: ServiceAccountKey;
  /** Reads nothing itself. */
  readonly powerless: ServiceAccountKey;
  /** Federation, then impersonation of the reader. */
  readonly externalAccount: ExternalAccount;
  /** Federation alone; its roles are its own. */
  readonly federated: ExternalAccount;
  /** The powerless account impersonates the reader. */
  readonly impersonation: ImpersonatedServiceAccount;
  /** The powerless account impersonates the auditor, by way of a delegate. */
  readonly delegated: ImpersonatedServiceAccount;
}

const universe = { universe_domain: 'googleapis.com' } as const;

/** Writes the credentials of a cloud that listens on `url`. */
export function makeKeyFiles(
  { reader, deployer, relay, auditor, pool }: Identities,
  project: SimProject,
  url: string,
): KeyFiles {
  const powerless = keyOf(deployer, project, url);
  const impersonate = ({ email }: ServiceAccount) =>
    `${url}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
  const federated: ExternalAccount = {
    ...universe,
    type: 'external_account',
    audience: pool.provider,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/v1/token`,
    credential_source: {
      url: `${pool.issuer}/token`,
      format: { type: 'json', subject_token_field_name: 'id_token' },
    },
  };
  const impersonation: ImpersonatedServiceAccount = {
    type: 'impersonated_service_account',
    service_account_impersonation_url: impersonate(reader),
    delegates: [],
    source_credentials: powerless,
  };
  return {
    serviceAccount: keyOf(reader, project, url),
    powerless,
    federated,
    externalAccount: { ...federated, service_account_impersonation_url: impersonate(reader) },
    impersonation,
    delegated: {
      ...impersonation,
      service_account_impersonation_url: impersonate(auditor),
      delegates: [`projects/-/serviceAccounts/${relay.email}`],
    },
  };
}

function keyOf({ email, uniqueId, keys }: ServiceAccount, project: SimProject, url: string): ServiceAccountKey {
  if (keys === undefined) throw new RangeError(`${email} has no key`);
  return {
    ...universe,
    type: 'service_account',
    project_id: project.id,
    private_key_id: uniqueId,
    private_key: keys.privatePem,
    client_email: email,
    client_id: uniqueId,
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: `${url}/token`,
  };
}
