import { type Caller, denied, type TokenRules, verifyToken } from './caller.ts';
import type { Directory, User } from './directory.ts';

const rules: TokenRules = {
  empty: 'Empty token provided.',
  unreadable: 'Cannot decode token.',
  noDomain: 'Empty domain_id provided.',
  leewaySeconds: 0,
};

/**
 * The caller of a method of the old generation. Its users have a domain's role or none.
 *
 * @param requestDomainId of the request; another's is denied, none stands for the token's own
 * @param now epoch seconds
 */
export function callerV1(
  metadata: ReadonlyMap<string, string>,
  requestDomainId: string,
  directory: Directory,
  now: number,
): Caller {
  const { did = '', aud = '' } = verifyToken(metadata.get('token'), directory, rules, now);
  const user = directory.users.get(aud);
  return {
    domainId: did,
    demand(permission) {
      if (user === undefined || !permits(user, permission)) throw denied();
      if (requestDomainId !== '' && requestDomainId !== did) throw denied();
    },
  };
}

function permits({ permissions }: User, permission: string): boolean {
  return permissions.some((pattern) =>
    pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : permission === pattern,
  );
}
