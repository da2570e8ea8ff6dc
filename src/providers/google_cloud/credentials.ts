import {
  type AuthClient,
  AwsClient,
  type BaseExternalAccountClient,
  GoogleAuth,
  IdentityPoolClient,
  JWT,
  PluggableAuthClient,
  UserRefreshClient,
} from 'google-auth-library';
import { CollectError } from '#model/errors.ts';
import { type Endpoints, type Service, services } from './endpoints.ts';
import type { HeaderSource, Headers } from './header-source.ts';
import { impersonate } from './impersonate.ts';
import type { ExternalAccount, GoogleSecret, Origin } from './secret.ts';
import { fromTokenFailure } from './token-errors.ts';
import { tokenTransport } from './token-transport.ts';

export interface Credentials {
  /** Whose they are, in Google's words. */
  readonly principal: string;
  /** The project that they are of, if they say so. */
  readonly project: string | undefined;
  /** What a service wants to see; a token for more than reading is got only where a service has no lesser scope. */
  readonly headersOf: (service: Service) => HeaderSource;
}

const readOnlyScopes = [
  'https://www.googleapis.com/auth/compute.readonly',
  'https://www.googleapis.com/auth/monitoring.read',
  'https://www.googleapis.com/auth/cloud-platform.read-only',
];
/** Cloud SQL has no scope for reading alone: what is allowed is left to the roles. */
const sqlScopes = ['https://www.googleapis.com/auth/sqlservice.admin'];
/** Acting as another account is more than reading. */
const impersonationScopes = ['https://www.googleapis.com/auth/cloud-platform'];

/**
 * Signs in, and gets a first token.
 *
 * @param now epoch milliseconds
 * @throws CollectError `secret_rejected`
 */
export async function openCredentials(
  secret: GoogleSecret,
  endpoints: Endpoints,
  now: () => number,
  signal: AbortSignal,
): Promise<Credentials> {
  try {
    const { opened, headers } = await open(secret, endpoints, now, readOnlyScopes, signal);
    const { impersonate: target } = secret;
    const sqlHeaders = lazily(async (trySignal) => (await open(secret, endpoints, now, sqlScopes, trySignal)).headers);
    return {
      principal: target?.account ?? (await unlessAborted(opened.principal(), signal)),
      project: target === undefined ? opened.project : projectOf(target.account),
      headersOf: (service) => (service === 'sqlAdmin' ? sqlHeaders : headers),
    };
  } catch (caught) {
    throw fromTokenFailure(caught);
  }
}

async function open(
  secret: GoogleSecret,
  endpoints: Endpoints,
  now: () => number,
  scopes: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly opened: Opened; readonly headers: HeaderSource }> {
  const { from, impersonate: target } = secret;
  const ownScopes = target === undefined ? scopes : impersonationScopes;
  const opened = await unlessAborted(originOf(from, endpoints, [...ownScopes]), signal);
  const own = headersOf(opened.client);
  const { iamCredentials: endpoint } = endpoints;
  const headers = target === undefined ? own : impersonate(own, { ...target, scopes, endpoint, now });
  await headers(signal);
  return { opened, headers };
}

/** Opened when it is first needed; what failed is tried anew. */
function lazily(openNow: (signal: AbortSignal) => Promise<HeaderSource>): HeaderSource {
  let opened: HeaderSource | undefined;
  return async (signal) => {
    try {
      opened ??= await openNow(signal);
    } catch (caught) {
      throw fromTokenFailure(caught);
    }
    return opened(signal);
  };
}

function headersOf(client: Opened['client']): HeaderSource {
  return async (signal) => {
    try {
      return withToken(Object.fromEntries(await unlessAborted(client.getRequestHeaders(), signal)));
    } catch (caught) {
      throw fromTokenFailure(caught);
    }
  };
}

interface Opened {
  readonly client: Pick<AuthClient, 'getRequestHeaders'>;
  readonly principal: () => Promise<string>;
  readonly project: string | undefined;
}

async function originOf(from: Origin, endpoints: Endpoints, scopes: string[]): Promise<Opened> {
  switch (from.kind) {
    case 'service_account': {
      const { client_email: email, private_key: key, private_key_id: keyId, project_id: project, token_uri } = from.key;
      const transporterOptions = tokenTransport(endpoints, token_uri);
      const client = new JWT({ email, key, scopes, transporterOptions, ...(keyId === undefined ? {} : { keyId }) });
      return { client, principal: async () => email, project };
    }
    case 'external_account': {
      const client = externalClient(from.config, endpoints, scopes);
      return {
        client,
        principal: async () => client.getServiceAccountEmail() ?? from.config.audience,
        project: undefined,
      };
    }
    case 'default': {
      const transporterOptions = tokenTransport(endpoints);
      const auth = new GoogleAuth({ scopes, clientOptions: { transporterOptions } });
      const client = await auth.getClient();
      const project = await auth.getProjectId().catch(() => undefined);
      return { client, principal: () => principalOf(client, auth), project };
    }
  }
}

/** By the class that fits: the library's own choice from JSON checks nothing, and says so on standard error. */
function externalClient(
  { credential_source: source, ...config }: ExternalAccount,
  endpoints: Endpoints,
  scopes: string[],
): BaseExternalAccountClient {
  const options = {
    ...config,
    ...(endpoints.sts === services.sts ? {} : { token_url: `${endpoints.sts}/v1/token` }),
    scopes,
    transporterOptions: tokenTransport(endpoints),
  };
  if ('executable' in source) return new PluggableAuthClient({ ...options, credential_source: source });
  if ('environment_id' in source) return new AwsClient({ ...options, credential_source: source });
  return new IdentityPoolClient({ ...options, credential_source: source });
}

/** Whose the credentials are that the machine has. */
async function principalOf(client: object, auth: GoogleAuth): Promise<string> {
  if (client instanceof UserRefreshClient) {
    const { token } = await client.getAccessToken();
    const { email, aud } = await client.getTokenInfo(token ?? '');
    return email ?? `a user of OAuth client ${aud}`;
  }
  const { client_email: email } = await auth.getCredentials();
  return email ?? 'application default credentials';
}

/** The library makes a header of whatever it was answered. @throws CollectError `malformed_reply` */
function withToken(headers: Headers): Headers {
  if (/^Bearer (?!undefined$|null$)\S+$/.test(headers.authorization ?? '')) return headers;
  throw new CollectError('malformed_reply', 'oauth2:token answered no token');
}

/** `my-project` of `name@my-project.iam.gserviceaccount.com` */
function projectOf(account: string): string | undefined {
  return /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(account)?.[1];
}

/** The library cannot break off what it has begun: it is left to itself. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
