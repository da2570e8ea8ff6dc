import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ApiKey, ApiKeyForm, User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { MasterKey } from '../secret/master-key.ts';
import { keyClaims } from './claims.ts';
import { hashSecret, isSameHash, newId, newSecret } from './random.ts';
import { signToken } from './tokens.ts';

/** `fgk_<id>_<secret>`: a prefix that secret scanners can look for. */
const opaqueForm = /^fgk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
const touchMs = 60_000;
/** Cloudforet 2 knows no key without an end. */
const v2LifeMs = 365 * 24 * 3_600_000;

const ApiKeyName = z
  .string()
  .trim()
  .regex(/^\P{Cc}{1,100}$/u);

export interface NewApiKey {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

export interface CreatedApiKey {
  readonly key: ApiKey;
  /** Shown this once: nobody can tell it again. */
  readonly secret: string;
}

/** A key for our HTTP API. @throws CollectError `invalid_input` for a malformed name, or an end that has passed */
export async function createApiKey(store: Store, user: User, draft: NewApiKey, now: number): Promise<CreatedApiKey> {
  const id = newId('key');
  const secret = `fgk_${id.slice('key-'.length)}_${newSecret()}`;
  return { key: await keep(store, user, { ...draft, id, form: 'OPAQUE', secret }, now), secret };
}

/**
 * A key for a plugin that speaks Cloudforet: its `secret_data.api_key`, a signed token.
 *
 * @throws CollectError `invalid_input` where the user is no service account; as `createApiKey`
 */
export async function createPlatformKey(
  store: Store,
  masterKey: MasterKey,
  user: User,
  { generation, ...draft }: NewApiKey & { readonly generation: 'V1' | 'V2' },
  now: number,
): Promise<CreatedApiKey> {
  if (user.kind !== 'SERVICE') {
    throw new CollectError('invalid_input', 'keys of Cloudforet are for service accounts', {
      where: user.name,
      fix: 'fleetgauge user add <name> --service',
    });
  }
  const id = newId('key');
  const expiresAt = draft.expiresAt ?? (generation === 'V2' ? now + v2LifeMs : undefined);
  const times = {
    iat: Math.floor(now / 1000),
    ...(expiresAt === undefined ? {} : { exp: Math.floor(expiresAt / 1000) }),
  };
  const secret = await signToken(store, masterKey, user.domain, keyClaims(generation, user, id, times), now);
  const end = expiresAt === undefined ? {} : { expiresAt };
  return { key: await keep(store, user, { name: draft.name, ...end, id, form: generation, secret }, now), secret };
}

/** The owner of an opaque key; undefined for one that is unknown, or over. */
export async function ownerOfKey(store: Store, secret: string, now: number): Promise<string | undefined> {
  const id = opaqueForm.exec(secret)?.[1];
  return id === undefined ? undefined : keyOwner(store, `key-${id}`, secret, now);
}

/** The owner of the key with this id, if this is its secret. Notes the use. */
export async function keyOwner(store: Store, id: string, secret: string, now: number): Promise<string | undefined> {
  const found = await store.identity.apiKey(id);
  if (found === undefined || !isSameHash(hashSecret(secret), found.hash)) return undefined;
  const { owner, expiresAt, lastUsedAt } = found.key;
  if (expiresAt !== undefined && now >= expiresAt) return undefined;
  if (lastUsedAt === undefined || now - lastUsedAt >= touchMs) await store.identity.touchApiKey(id, now);
  return owner;
}

async function keep(
  store: Store,
  user: User,
  { id, name, form, secret, expiresAt }: NewApiKey & { id: string; form: ApiKeyForm; secret: string },
  now: number,
): Promise<ApiKey> {
  const parsed = ApiKeyName.safeParse(name);
  if (!parsed.success) throw new CollectError('invalid_input', 'an API key has a name of 1 to 100 characters');
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new CollectError('invalid_input', 'the API key would have run out already');
  }
  const end = expiresAt === undefined ? {} : { expiresAt };
  return store.identity.addApiKey({ id, owner: user.id, name: parsed.data, form, ...end }, hashSecret(secret), now);
}
