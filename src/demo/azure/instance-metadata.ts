import { type AccessTokens, audienceOf } from './access-tokens.ts';
import { ApiError } from './errors.ts';
import type { SimTenant } from './tenants.ts';

/** A request to the instance metadata service. */
export interface IdentityRequest {
  readonly search: URLSearchParams;
  /** The header that proves that no browser or proxy was tricked into asking. */
  readonly metadataHeader: string | undefined;
}

/** `GET /metadata/identity/oauth2/token`: a token of the managed identity. @throws ApiError */
export function managedIdentityToken(
  tenants: readonly SimTenant[],
  tokens: AccessTokens,
  { search, metadataHeader }: IdentityRequest,
): unknown {
  if (metadataHeader?.toLowerCase() !== 'true') throw identityError('Required metadata header not specified');
  if (!search.has('api-version')) throw identityError('Required query variable api-version not specified');
  const resource = search.get('resource') ?? '';
  if (audienceOf(resource) === undefined) throw identityError('Required audience parameter not specified');
  const clientId = search.get('client_id');
  for (const tenant of tenants) {
    for (const application of tenant.applications) {
      if (!application.managedIdentity || (clientId !== null && clientId !== application.clientId)) continue;
      const { token, notBefore, expiresOn } = tokens.issue({ tenant, application }, resource);
      return {
        access_token: token,
        client_id: application.clientId,
        expires_in: String(expiresOn - notBefore),
        expires_on: String(expiresOn),
        ext_expires_in: String(expiresOn - notBefore),
        not_before: String(notBefore),
        resource,
        token_type: 'Bearer',
      };
    }
  }
  throw identityError('Identity not found');
}

function identityError(description: string): ApiError {
  const body = { error: 'invalid_request', error_description: description };
  return new ApiError(400, 'invalid_request', description, { body });
}
