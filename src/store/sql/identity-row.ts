import type { Selectable } from 'kysely';
import type { ApiKey, SigningKey, User } from '../identity.ts';
import type { ApiKeyTable, SigningKeyTable, UserTable } from './tables.ts';

export function userOf(row: Selectable<UserTable>): User {
  const { issuer, subject } = row;
  return {
    id: row.id,
    domain: row.domain,
    kind: row.kind,
    name: row.name,
    role: row.role,
    state: row.state,
    hasPassword: row.password !== null,
    createdAt: row.created_at,
    ...(issuer === null || subject === null ? {} : { external: { issuer, subject } }),
    ...(row.last_login_at === null ? {} : { lastLoginAt: row.last_login_at }),
  };
}

export function apiKeyOf(row: Omit<Selectable<ApiKeyTable>, 'hash'>): ApiKey {
  return {
    id: row.id,
    owner: row.owner,
    name: row.name,
    form: row.form,
    createdAt: row.created_at,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  };
}

export function signingKeyOf(row: Omit<Selectable<SigningKeyTable>, 'private'>): SigningKey {
  return {
    id: row.id,
    domain: row.domain,
    publicJwk: row.public,
    createdAt: row.created_at,
    ...(row.retired_at === null ? {} : { retiredAt: row.retired_at }),
  };
}
