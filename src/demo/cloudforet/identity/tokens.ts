import { clientIds, rootDomainId, userIds } from './directory.ts';
import { signingKey, writeToken } from './jwt.ts';

export interface TokensV1 {
  /** Of a user that may do all; never runs out. */
  readonly apiKey: string;
  readonly accessToken: string;
  /** Of a user without a role. */
  readonly noRole: string;
  readonly expired: string;
  /** Signed by somebody else. */
  readonly forged: string;
  readonly algNone: string;
  /** Of a domain that is not on this platform. */
  readonly otherDomain: string;
}

export interface TokensV2 {
  /** An app's client secret, DOMAIN_ADMIN. */
  readonly app: string;
  /** An app's client secret, WORKSPACE_OWNER of the first workspace. */
  readonly workspaceApp: string;
  /** An app that may read cloud services and nothing else. */
  readonly inventoryOnly: string;
  readonly disabledApp: string;
  /** A user's, DOMAIN_ADMIN, for an hour. */
  readonly accessToken: string;
  /** A user's whose role is USER, which no method here is for. */
  readonly noRole: string;
  readonly system: string;
  readonly expired: string;
  /** Signed by somebody else. */
  readonly forged: string;
  readonly algNone: string;
  /** Of a domain that is not on this platform. */
  readonly otherDomain: string;
}

const stranger = 'domain-stranger';
const hour = 3600;

/** @param now epoch seconds */
export function makeTokensV1(domainId: string, now: number): TokensV1 {
  const key = signingKey(domainId);
  const apiKey = {
    cat: 'API_KEY',
    user_type: 'API_USER',
    did: domainId,
    aud: userIds.collector,
    iat: now,
    api_key_id: 'api-key-collector',
    ver: '2020-12-07',
  };
  const access = { cat: 'ACCESS_TOKEN', user_type: 'USER', did: domainId, aud: userIds.collector, iat: now };
  return {
    apiKey: writeToken(apiKey, key),
    accessToken: writeToken({ ...access, exp: now + hour }, key),
    noRole: writeToken({ ...access, aud: userIds.nobody, exp: now + hour }, key),
    expired: writeToken({ ...access, iat: now - 2 * hour, exp: now - hour }, key),
    forged: writeToken(apiKey, signingKey(stranger)),
    algNone: writeToken(apiKey),
    otherDomain: writeToken({ ...apiKey, did: stranger }, signingKey(stranger)),
  };
}

/** @param now epoch seconds */
export function makeTokensV2(domainId: string, workspaceId: string, now: number): TokensV2 {
  const key = signingKey(domainId);
  const base = { iss: 'spaceone.identity', did: domainId, iat: now, ver: '2.0' };
  const secret = { ...base, typ: 'CLIENT_SECRET', own: 'APP', aud: 'app-collector', exp: now + 365 * 24 * hour };
  const app = { ...secret, jti: clientIds.app, rol: 'DOMAIN_ADMIN' };
  const access = { ...base, typ: 'ACCESS_TOKEN', own: 'USER', aud: userIds.collector, exp: now + hour };
  return {
    app: writeToken(app, key),
    workspaceApp: writeToken({ ...secret, jti: clientIds.workspaceApp, rol: 'WORKSPACE_OWNER', wid: workspaceId }, key),
    inventoryOnly: writeToken({ ...app, jti: clientIds.inventoryOnly }, key),
    disabledApp: writeToken({ ...app, jti: clientIds.disabledApp }, key),
    accessToken: writeToken({ ...access, rol: 'DOMAIN_ADMIN' }, key),
    noRole: writeToken({ ...access, rol: 'USER' }, key),
    system: writeToken(
      { ...base, typ: 'SYSTEM_TOKEN', own: 'SYSTEM', did: rootDomainId, aud: 'root' },
      signingKey(rootDomainId),
    ),
    expired: writeToken({ ...access, rol: 'DOMAIN_ADMIN', iat: now - 2 * hour, exp: now - hour }, key),
    forged: writeToken(app, signingKey(stranger)),
    algNone: writeToken(app),
    otherDomain: writeToken({ ...app, did: stranger }, signingKey(stranger)),
  };
}
