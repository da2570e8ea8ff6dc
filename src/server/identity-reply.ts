import type { ApiKey, User } from '#store/identity.ts';
import type { ApiKeyRow, UserRow } from './identity-api.ts';
import { isoTime } from './iso-time.ts';

export function userRow(user: User): UserRow {
  return {
    id: user.id,
    kind: user.kind,
    name: user.name,
    role: user.role,
    state: user.state,
    has_password: user.hasPassword,
    openid_issuer: user.external?.issuer ?? null,
    created_at: isoTime(user.createdAt),
    last_login_at: user.lastLoginAt === undefined ? null : isoTime(user.lastLoginAt),
  };
}

export function apiKeyRow(key: ApiKey): ApiKeyRow {
  return {
    id: key.id,
    name: key.name,
    form: key.form,
    created_at: isoTime(key.createdAt),
    expires_at: key.expiresAt === undefined ? null : isoTime(key.expiresAt),
    last_used_at: key.lastUsedAt === undefined ? null : isoTime(key.lastUsedAt),
  };
}
