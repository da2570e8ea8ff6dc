import { OAuthError } from './errors.ts';
import { isSignedBy, readJwt } from './jwt.ts';
import { scopesIn, type TokenCall } from './oauth-token.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const subjectTypes = ['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token'];

/** `POST /v1/token` (STS): an access token for a token of the pool's issuer. @throws OAuthError */
export function stsToken(call: TokenCall): string {
  const { form, tokens, tokenSeconds, identities } = call;
  if (form.get('grant_type') !== grantType)
    throw new OAuthError('unsupported_grant_type', 'Invalid value for "grant_type".');
  if (form.get('requested_token_type') !== accessToken) {
    throw new OAuthError('invalid_request', 'Invalid value for "requested_token_type".');
  }
  if (!subjectTypes.includes(form.get('subject_token_type') ?? '')) {
    throw new OAuthError('invalid_request', 'Invalid value for "subject_token_type".');
  }
  checkAudience(form.get('audience') ?? '', identities.pool.provider);
  const subject = verifiedSubject(call);
  const { token } = tokens.issue(identities.pool.principalOf(subject), scopesIn(form.get('scope') ?? ''), tokenSeconds);
  return JSON.stringify({
    access_token: token,
    issued_token_type: accessToken,
    token_type: 'Bearer',
    expires_in: tokenSeconds,
  });
}

function checkAudience(audience: string, provider: string): void {
  if (audience === provider) return;
  if (
    !/^\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/.test(
      audience,
    )
  ) {
    const description =
      'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.';
    throw new OAuthError('invalid_request', description);
  }
  const description =
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.';
  throw new OAuthError('invalid_target', description);
}

function verifiedSubject({ form, identities: { pool }, wallNow }: TokenCall): string {
  const text = form.get('subject_token') ?? '';
  const claims = readJwt(text);
  if (claims?.sub === undefined) throw new OAuthError('invalid_grant', 'Error parsing the ID Token.');
  if (claims.iss !== pool.issuer) {
    throw new OAuthError('invalid_grant', `The issuer in ID Token ${claims.iss} does not match the expected ones.`);
  }
  if (!isSignedBy(text, pool.issuerKeys)) throw new OAuthError('invalid_grant', 'Invalid ID Token signature.');
  const audiences = [claims.aud ?? []].flat();
  if (!audiences.some((aud) => aud === `https:${pool.provider}` || aud === pool.provider)) {
    const description = `The audience in ID Token [${audiences.join()}] does not match the expected audience.`;
    throw new OAuthError('invalid_grant', description);
  }
  if (claims.exp <= wallNow)
    throw new OAuthError('invalid_grant', `ID Token issued at ${claims.iat} is stale to sign-in.`);
  return claims.sub;
}
