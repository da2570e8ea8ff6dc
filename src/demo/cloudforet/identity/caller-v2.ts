import { missing } from '../refusal.ts';
import { type Caller, denied, type TokenRules, unauthenticated, verifyToken } from './caller.ts';
import type { App, Directory } from './directory.ts';
import type { Claims } from './jwt.ts';

const rules: TokenRules = {
  empty: 'empty token provided.',
  unreadable: 'failed to decode token.',
  noDomain: 'empty domain_id provided.',
  leewaySeconds: 60,
};

const readers = ['DOMAIN_ADMIN', 'WORKSPACE_OWNER', 'WORKSPACE_MEMBER'];

/** The caller of a method of today's generation. @param now epoch seconds */
export function callerV2(metadata: ReadonlyMap<string, string>, directory: Directory, now: number): Caller {
  const claims = verifyToken(metadata.get('token'), directory, rules, now);
  if (claims.typ === 'SYSTEM_TOKEN') return system(metadata);
  if (claims.ver !== '2.0') throw unauthenticated('invalid token version.');
  const permissions = claims.own === 'APP' ? appOf(claims, directory).permissions : (claims.permissions ?? []);
  return {
    ...scopeOf(claims),
    demand(permission) {
      if (claims.rol !== undefined && !readers.includes(claims.rol)) throw denied();
      if (permissions.length > 0 && !permissions.some((start) => permission.startsWith(start))) throw denied();
      // A token without a role passes authorisation, and then nothing fills its domain in.
      if (claims.rol === undefined) throw missing('domain_id');
    },
  };
}

/** The platform's own token acts in whatever domain and workspace the metadata names. */
function system(metadata: ReadonlyMap<string, string>): Caller {
  const domainId = metadata.get('x_domain_id');
  const workspaceId = metadata.get('x_workspace_id');
  return {
    domainId: domainId ?? '',
    ...(workspaceId === undefined ? {} : { workspaceId }),
    demand() {
      if (domainId === undefined) throw missing('domain_id');
    },
  };
}

/** An app's permissions are asked of Identity each time, whatever its secret says. */
function appOf({ jti = '' }: Claims, { apps }: Directory): App {
  const app = apps.get(jti);
  if (app?.enabled !== true) throw denied();
  return app;
}

function scopeOf({ did = '', rol, wid = '', projects = [] }: Claims): Omit<Caller, 'demand'> {
  if (rol === 'WORKSPACE_OWNER') return { domainId: did, workspaceId: wid };
  if (rol === 'WORKSPACE_MEMBER') return { domainId: did, workspaceId: wid, projects };
  return { domainId: did };
}
