import { z } from 'zod';
import type { Role, User } from '#store/identity.ts';

/** Times are epoch seconds. */
export interface TokenTimes {
  readonly iat: number;
  readonly exp?: number;
}

/** The generations of Cloudforet, whose tokens carry other claims. */
export const generations = ['V1', 'V2'] as const;
export type TokenGeneration = (typeof generations)[number];

const issuer = 'spaceone.identity';
const keyVersion = '2020-12-07';
const version = '2.0';

/** Whom a token stands for, and what it is, in the words of either generation. */
export type Claims = z.infer<typeof Claims>;
export const Claims = z.union([
  z.object({
    cat: z.enum(['ACCESS_TOKEN', 'API_KEY']),
    did: z.string(),
    aud: z.string(),
    api_key_id: z.string().optional(),
    exp: z.number().optional(),
  }),
  z.object({
    iss: z.literal(issuer),
    ver: z.literal(version),
    typ: z.enum(['ACCESS_TOKEN', 'CLIENT_SECRET']),
    did: z.string(),
    aud: z.string(),
    jti: z.string(),
    exp: z.number(),
  }),
]);

/** Ours know no workspaces, so that the roles below an admin are those of Cloudforet that may do as much. */
const roleTypes = {
  admin: 'DOMAIN_ADMIN',
  operator: 'WORKSPACE_OWNER',
  viewer: 'WORKSPACE_MEMBER',
} as const satisfies Record<Role, string>;

/** @param jti of this token alone */
export function accessClaims(generation: TokenGeneration, user: User, jti: string, times: Required<TokenTimes>) {
  const { id: aud, domain: did, role, kind } = user;
  return generation === 'V1'
    ? { cat: 'ACCESS_TOKEN', user_type: kind === 'SERVICE' ? 'API_USER' : 'USER', did, aud, ...times }
    : { ...ofV2(user), typ: 'ACCESS_TOKEN', own: 'USER', rol: roleTypes[role], jti, ...times };
}

/** Of a long-lived key of a service account. @param keyId by which it can be revoked */
export function keyClaims(generation: TokenGeneration, user: User, keyId: string, times: TokenTimes) {
  const { id: aud, domain: did, role } = user;
  return generation === 'V1'
    ? { cat: 'API_KEY', user_type: 'API_USER', did, aud, api_key_id: keyId, ver: keyVersion, ...times }
    : { ...ofV2(user), typ: 'CLIENT_SECRET', own: 'APP', rol: roleTypes[role], jti: keyId, ...times };
}

function ofV2({ id: aud, domain: did }: User) {
  return { iss: issuer, ver: version, did, aud };
}
