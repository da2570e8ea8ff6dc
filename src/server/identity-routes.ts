import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { createApiKey } from '#platform/identity/api-keys.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { addUser, changeUser, setPassword } from '#platform/identity/users.ts';
import { roles, type User, userKinds, userStates } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { Caller } from './auth-caller.ts';
import type { Answer } from './envelope.ts';
import type { ApiKeyRow, NewApiKeyReply, UserRow } from './identity-api.ts';
import { apiKeyRow, userRow } from './identity-reply.ts';
import { parseInput } from './input.ts';

const bodyLimit = 8192;
const text = z.string().max(1024);

const UserPath = z.strictObject({ id: z.string().regex(/^user-[0-9a-f]{12}$/, 'the id of a user') });
const keyId = z.string().regex(/^key-[0-9a-f]{12}$/, 'the id of an API key');
const KeyPath = z.strictObject({ id: keyId });
const UserKeyPath = UserPath.extend({ key: keyId });

const NewUserBody = z.strictObject({
  kind: z.enum(userKinds).default('PERSON'),
  name: text,
  role: z.enum(roles),
  password: text.exactOptional(),
});
const ChangeBody = z
  .strictObject({ role: z.enum(roles).exactOptional(), state: z.enum(userStates).exactOptional() })
  .refine((change) => Object.keys(change).length > 0, 'a role or a state');
const PasswordBody = z.strictObject({ password: text });
const NewKeyBody = z.strictObject({
  name: text,
  expires_at: z.iso
    .datetime()
    .transform((time) => Date.parse(time))
    .exactOptional(),
});
const NoQuery = z.strictObject({});

export interface IdentitySource {
  readonly store: Store;
  readonly now: () => number;
}

/** Users, and what they show instead of a password. */
export function identityRoutes(app: FastifyInstance, { store, now }: IdentitySource): void {
  app.get('/users', async (request): Promise<Answer<readonly UserRow[]>> => {
    parseInput(NoQuery, request.query);
    const { id } = await homeDomain(store, now());
    const users = await store.identity.users(id);
    return { data: users.map(userRow), meta: { total: users.length } };
  });

  app.post('/users', { bodyLimit }, async (request, reply): Promise<Answer<UserRow>> => {
    const draft = parseInput(NewUserBody, request.body);
    const { id: domain } = await homeDomain(store, now());
    const user = await addUser(store, { domain, ...draft }, now());
    reply.code(201);
    return { data: userRow(user) };
  });

  app.patch('/users/:id', { bodyLimit }, async (request): Promise<Answer<UserRow>> => {
    const { id } = await knownUser(request.params);
    return { data: userRow(await changeUser(store, id, parseInput(ChangeBody, request.body))) };
  });

  app.post('/users/:id/password', { bodyLimit }, async (request): Promise<Answer<UserRow>> => {
    const { id } = await knownUser(request.params);
    await setPassword(store, id, parseInput(PasswordBody, request.body).password);
    return { data: userRow(await knownUser(request.params)) };
  });

  app.get('/api-keys', async ({ caller, query }): Promise<Answer<readonly ApiKeyRow[]>> => {
    parseInput(NoQuery, query);
    return listKeys(ownUser(caller));
  });
  app.post('/api-keys', { bodyLimit }, async ({ caller, body }, reply): Promise<Answer<NewApiKeyReply>> => {
    reply.code(201);
    return addKey(ownUser(caller), body);
  });
  app.delete('/api-keys/:id', async ({ caller, params }): Promise<Answer<null>> => {
    return removeKey(ownUser(caller), parseInput(KeyPath, params).id);
  });

  app.get('/users/:id/api-keys', async ({ params, query }): Promise<Answer<readonly ApiKeyRow[]>> => {
    parseInput(NoQuery, query);
    return listKeys(await knownUser(params));
  });
  app.post('/users/:id/api-keys', { bodyLimit }, async ({ params, body }, reply): Promise<Answer<NewApiKeyReply>> => {
    const user = await knownUser(params);
    reply.code(201);
    return addKey(user, body);
  });
  app.delete('/users/:id/api-keys/:key', async ({ params }): Promise<Answer<null>> => {
    const { id, key } = parseInput(UserKeyPath, params);
    return removeKey(await knownUser({ id }), key);
  });

  async function knownUser(params: unknown): Promise<User> {
    const { id } = parseInput(UserPath, params);
    const [user, home] = [await store.identity.user(id), await homeDomain(store, now())];
    if (user?.domain === home.id) return user;
    throw new CollectError('not_found', 'there is no such user', { where: id });
  }

  async function listKeys({ id }: User): Promise<Answer<readonly ApiKeyRow[]>> {
    const keys = await store.identity.apiKeys(id);
    return { data: keys.map(apiKeyRow), meta: { total: keys.length } };
  }

  async function addKey(user: User, body: unknown): Promise<Answer<NewApiKeyReply>> {
    const { name, expires_at: expiresAt } = parseInput(NewKeyBody, body);
    const end = expiresAt === undefined ? {} : { expiresAt };
    const { key, secret } = await createApiKey(store, user, { name, ...end }, now());
    return { data: { ...apiKeyRow(key), secret } };
  }

  async function removeKey(owner: User, id: string): Promise<Answer<null>> {
    const found = await store.identity.apiKey(id);
    if (found?.key.owner !== owner.id) {
      throw new CollectError('not_found', 'there is no such API key', { where: id });
    }
    await store.identity.removeApiKey(id);
    return { data: null };
  }
}

function ownUser(caller: Caller | null): User {
  if (caller !== null && caller.by !== 'place') return caller.user;
  throw new CollectError('conflict', 'API keys belong to users, and there is none yet', {
    fix: 'fleetgauge user add <email> --role admin',
  });
}
