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
import { ApiKeyRow, NewApiKeyReply, UserRow } from './identity-api.ts';
import { apiKeyRow, userRow } from './identity-reply.ts';
import { jsonRoute } from './route.ts';

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
const userList = z.array(UserRow).readonly();
const keyList = z.array(ApiKeyRow).readonly();

export interface IdentitySource {
  readonly store: Store;
  readonly now: () => number;
}

/** Users, and what they show instead of a password. */
export function identityRoutes(app: FastifyInstance, { store, now }: IdentitySource): void {
  jsonRoute(
    app,
    'GET',
    '/users',
    {
      id: 'listUsers',
      summary: 'All users, by name.',
      replies: { data: userList },
    },
    async () => {
      const { id } = await homeDomain(store, now());
      const users = await store.identity.users(id);
      return { data: users.map(userRow), meta: { total: users.length } };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/users',
    {
      id: 'addUser',
      audit: 'user.add',
      summary: 'Add a person or a service account.',
      body: NewUserBody,
      bodyLimit,
      replies: { data: UserRow, status: 201 },
    },
    async ({ body: draft }) => {
      const { id: domain } = await homeDomain(store, now());
      return { data: userRow(await addUser(store, { domain, ...draft }, now())) };
    },
  );

  jsonRoute(
    app,
    'PATCH',
    '/users/:id',
    {
      id: 'changeUser',
      audit: 'user.change',
      summary: 'Change the role of a user, or disable them.',
      params: UserPath,
      body: ChangeBody,
      bodyLimit,
      replies: { data: UserRow },
    },
    async ({ params, body }) => {
      const { id } = await knownUser(params.id);
      return { data: userRow(await changeUser(store, id, body)) };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/users/:id/password',
    {
      id: 'setPassword',
      audit: 'user.password',
      summary: 'Give a user another password; their sessions end.',
      params: UserPath,
      body: PasswordBody,
      bodyLimit,
      replies: { data: UserRow },
    },
    async ({ params, body }) => {
      const { id } = await knownUser(params.id);
      await setPassword(store, id, body.password);
      return { data: userRow(await knownUser(id)) };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/api-keys',
    {
      id: 'listOwnKeys',
      summary: 'The own API keys.',
      replies: { data: keyList },
    },
    async ({ request }) => listKeys(ownUser(request.caller)),
  );

  jsonRoute(
    app,
    'POST',
    '/api-keys',
    {
      id: 'addOwnKey',
      audit: 'api_key.add',
      summary: 'A new API key, which is told this once.',
      body: NewKeyBody,
      bodyLimit,
      replies: { data: NewApiKeyReply, status: 201 },
    },
    async ({ request, body }) => addKey(ownUser(request.caller), body),
  );

  jsonRoute(
    app,
    'DELETE',
    '/api-keys/:id',
    {
      id: 'removeOwnKey',
      audit: 'api_key.remove',
      summary: 'Revoke an API key.',
      params: KeyPath,
      replies: { data: z.null() },
    },
    async ({ request, params }) => removeKey(ownUser(request.caller), params.id),
  );

  jsonRoute(
    app,
    'GET',
    '/users/:id/api-keys',
    {
      id: 'listKeys',
      summary: 'The API keys of a user.',
      params: UserPath,
      replies: { data: keyList },
    },
    async ({ params }) => listKeys(await knownUser(params.id)),
  );

  jsonRoute(
    app,
    'POST',
    '/users/:id/api-keys',
    {
      id: 'addKey',
      audit: 'api_key.add',
      summary: 'A new API key for a user, which is told this once.',
      params: UserPath,
      body: NewKeyBody,
      bodyLimit,
      replies: { data: NewApiKeyReply, status: 201 },
    },
    async ({ params, body }) => addKey(await knownUser(params.id), body),
  );

  jsonRoute(
    app,
    'DELETE',
    '/users/:id/api-keys/:key',
    {
      id: 'removeKey',
      audit: 'api_key.remove',
      summary: 'Revoke an API key of a user.',
      params: UserKeyPath,
      replies: { data: z.null() },
    },
    async ({ params }) => removeKey(await knownUser(params.id), params.key),
  );

  async function knownUser(id: string): Promise<User> {
    const [user, home] = [await store.identity.user(id), await homeDomain(store, now())];
    if (user?.domain === home.id) return user;
    throw new CollectError('not_found', 'there is no such user', { where: id });
  }

  async function listKeys({ id }: User): Promise<Answer<readonly ApiKeyRow[]>> {
    const keys = await store.identity.apiKeys(id);
    return { data: keys.map(apiKeyRow), meta: { total: keys.length } };
  }

  async function addKey(
    user: User,
    { name, expires_at: expiresAt }: z.output<typeof NewKeyBody>,
  ): Promise<Answer<NewApiKeyReply>> {
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
