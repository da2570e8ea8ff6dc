import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Role, User, UserChange, UserKind } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { hashPassword, NewPassword } from './password.ts';
import { newId } from './random.ts';

export interface NewUser {
  readonly domain: string;
  readonly kind: UserKind;
  /** A person's email; a service account's name. */
  readonly name: string;
  readonly role: Role;
  /** Of a person; absent for one who signs in by OpenID alone. */
  readonly password?: string;
}

const Email = z.email('a person has an email').max(254).toLowerCase();
const ServiceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a service account has a name of lower-case letters, digits, dots and dashes');

/**
 * Adds a person or a service account. The first user of all is the admin from whom the others come.
 *
 * @throws CollectError `invalid_input` for a malformed name or password, `conflict` where the name is taken, or the first
 *   user would be no admin
 */
export async function addUser(store: Store, draft: NewUser, now: number): Promise<User> {
  const { kind, role, domain } = draft;
  if (kind === 'SERVICE' && draft.password !== undefined) {
    throw new CollectError('invalid_input', 'a service account has API keys, no password', { where: draft.name });
  }
  const name = check(kind === 'PERSON' ? Email : ServiceName, draft.name, draft.name);
  const password = draft.password === undefined ? {} : { password: await newHash(draft.password, name) };
  return store.transaction(async (tx) => {
    if ((kind !== 'PERSON' || role !== 'admin') && !(await tx.identity.hasUsers())) {
      throw new CollectError('conflict', 'the first user has to be a person, and an admin', {
        where: name,
        fix: 'fleetgauge user add <email> --role admin',
      });
    }
    return tx.identity.addUser({ id: newId('user'), domain, kind, name, role, ...password }, now);
  });
}

/** @throws CollectError `not_found` */
export async function findUser(store: Store, domain: string, name: string): Promise<User> {
  const user = await store.identity.userNamed(domain, name.toLowerCase());
  if (user !== undefined) return user;
  throw new CollectError('not_found', 'there is no such user', { where: name, fix: 'fleetgauge user list' });
}

/**
 * Changes role or state. Who is disabled is signed out.
 *
 * @throws CollectError `not_found`; `conflict` where no admin would be left
 */
export async function changeUser(store: Store, id: string, change: Pick<UserChange, 'role' | 'state'>): Promise<User> {
  return store.transaction(async (tx) => {
    const user = await tx.identity.changeUser(id, change);
    const users = await tx.identity.users(user.domain);
    if (!users.some(({ kind, role, state }) => kind === 'PERSON' && role === 'admin' && state === 'ENABLED')) {
      throw new CollectError('conflict', 'no admin would be left', {
        where: user.name,
        fix: 'Make another user an admin first.',
      });
    }
    if (user.state === 'DISABLED') await tx.identity.removeSessionsOf(id);
    return user;
  });
}

/**
 * Sets a password, and ends the user's sessions.
 *
 * @throws CollectError `not_found`; `invalid_input` for a password that will not do, or a service account
 */
export async function setPassword(store: Store, id: string, password: string): Promise<void> {
  const user = await store.identity.user(id);
  if (user === undefined) throw new CollectError('not_found', 'there is no such user', { where: id });
  if (user.kind === 'SERVICE') {
    throw new CollectError('invalid_input', 'a service account has API keys, no password', { where: user.name });
  }
  const hash = await newHash(password, user.name);
  await store.transaction(async (tx) => {
    await tx.identity.changeUser(id, { password: hash });
    await tx.identity.removeSessionsOf(id);
  });
}

async function newHash(password: string, name: string): Promise<string> {
  const checked = check(NewPassword, password, name);
  if (checked.toLowerCase() === name) {
    throw new CollectError('invalid_input', 'the password is the email', { where: name, fix: 'Choose another one.' });
  }
  return hashPassword(checked);
}

/** What was given is in no error. */
function check(schema: z.ZodType<string>, text: string, where: string): string {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', parsed.error.issues[0]?.message ?? 'malformed', { where });
}
