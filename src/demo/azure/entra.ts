import { randomUUID } from 'node:crypto';
import { type AccessTokens, audienceOf, type Principal } from './access-tokens.ts';
import type { Certificate } from './certificate.ts';
import { refusalOf } from './client-assertion.ts';
import { ApiError } from './errors.ts';
import type { Keys } from './keys.ts';
import type { SimTenant } from './tenants.ts';

/** What Entra ID needs to answer. */
export interface EntraContext {
  readonly tenants: readonly SimTenant[];
  readonly tokens: AccessTokens;
  readonly keys: Keys;
  /** Of applications that have one, by client id. */
  readonly certificates: ReadonlyMap<string, Certificate>;
  /** Base URLs that the simulation answers at. */
  readonly endpoints: readonly string[];
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** `POST /{tenant}/oauth2/v2.0/token`, client credentials only. @throws ApiError in Entra ID's words */
export function grantToken(context: EntraContext, tenantId: string, form: URLSearchParams): unknown {
  const grant = form.get('grant_type');
  if (grant !== 'client_credentials') {
    throw entraError(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`);
  }
  const tenant = context.tenants.find(({ id }) => id === tenantId.toLowerCase());
  if (tenant === undefined) throw entraError(400, 'invalid_request', 90002, `Tenant '${tenantId}' not found.`);
  const clientId = required(form, 'client_id').toLowerCase();
  const resource = readScope(required(form, 'scope'));
  const application = tenant.applications.find((one) => one.clientId === clientId);
  if (application === undefined) {
    const message = `Application with identifier '${clientId}' was not found in the directory.`;
    throw entraError(400, 'unauthorized_client', 700016, message);
  }
  refuseUnproven(context, { tenant, application }, form);
  const { token, notBefore, expiresOn } = context.tokens.issue({ tenant, application }, resource);
  const seconds = expiresOn - notBefore;
  return { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: token };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw entraError(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`);
}

/** The resource URI that a scope names. */
function readScope(scope: string): string {
  const [, resource] = /^(.+)\/\.default$/.exec(scope) ?? [];
  if (resource === undefined) {
    throw entraError(400, 'invalid_scope', 1002012, `The provided value for scope ${scope} is not valid.`);
  }
  if (audienceOf(resource) !== undefined) return resource;
  const message = `The resource principal named ${resource} was not found in the tenant.`;
  throw entraError(400, 'invalid_resource', 500011, message);
}

function refuseUnproven(context: EntraContext, { tenant, application }: Principal, form: URLSearchParams): void {
  const secret = form.get('client_secret');
  if (secret !== null) {
    if (secret === application.secret) return;
    const message = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.clientId}'.`;
    throw entraError(401, 'invalid_client', 7000215, message);
  }
  const assertion = form.get('client_assertion');
  if (assertion === null) {
    const message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    throw entraError(401, 'invalid_client', 7000218, message);
  }
  const refusal = refusalOf(assertion, {
    application,
    certificate: context.certificates.get(application.clientId),
    applicationsKey: context.keys.applications.publicKey,
    workloadsKey: context.keys.workloads.publicKey,
    isEndpoint: (audience) => endpointsOf(context, tenant).includes(withoutScheme(audience)),
    now: context.clock() / 1000,
  });
  if (refusal !== undefined) throw entraError(401, 'invalid_client', ...refusal);
}

/**
 * The names of a tenant's token endpoint: of the simulation, and of the real one for who is sent here by name. They go
 * without a scheme, since libraries that know only https can be led to the port without TLS.
 */
function endpointsOf({ endpoints }: EntraContext, { id }: SimTenant): readonly string[] {
  return [...endpoints, 'https://login.microsoftonline.com']
    .map(withoutScheme)
    .flatMap((base) => [`${base}/${id}/oauth2/v2.0/token`, `${base}/${id}/v2.0`]);
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:/, '');
}

/** `GET /{tenant}/v2.0/.well-known/openid-configuration`. @param base URL that the caller speaks to */
export function openIdConfiguration(base: string, tenantId: string): unknown {
  const root = `${base}/${tenantId}`;
  return {
    issuer: `${root}/v2.0`,
    authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
    token_endpoint: `${root}/oauth2/v2.0/token`,
    jwks_uri: `${root}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** `GET /common/discovery/instance`: the simulation is the one instance that it knows. */
export function instanceDiscovery(base: string, authorizationEndpoint: string): unknown {
  const [, tenantId = 'common'] = /^https?:\/\/[^/]+\/([^/]+)/.exec(authorizationEndpoint) ?? [];
  const { host } = new URL(base);
  return {
    tenant_discovery_endpoint: `${base}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** An error as Entra ID words it. */
export function entraError(status: number, error: string, code: number, message: string): ApiError {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const description = `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  const body = {
    error,
    error_description: description,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
  };
  return new ApiError(status, error, description, { body });
}
