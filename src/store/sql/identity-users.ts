import { CollectError } from '#model/errors.ts';
import type { IdentityStore, UserChange } from '../identity.ts';
import { userOf } from './identity-row.ts';
import type { SqlSession } from './session.ts';
import type { UserTable } from './tables.ts';

type Users = Pick<
  IdentityStore,
  'addUser' | 'users' | 'hasUsers' | 'user' | 'userNamed' | 'userOf' | 'passwordOf' | 'changeUser'
>;

export function sqlUsers(session: SqlSession): Users {
  const users = () => session.db.selectFrom('user').selectAll();
  return {
    addUser: (draft, now) =>
      session.transaction(async ({ db }) => {
        const row = await db
          .insertInto('user')
          .values({
            id: draft.id,
            domain: draft.domain,
            kind: draft.kind,
            name: draft.name,
            role: draft.role,
            state: 'ENABLED',
            password: draft.password ?? null,
            issuer: draft.external?.issuer ?? null,
            subject: draft.external?.subject ?? null,
            created_at: now,
            last_login_at: null,
          })
          .onConflict((conflict) => conflict.columns(['domain', 'name']).doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) return userOf(row);
        throw new CollectError('conflict', `there is a user named ${draft.name}`, { fix: 'Choose another name.' });
      }),
    async users(domain) {
      return (await users().where('domain', '=', domain).orderBy('name').execute()).map(userOf);
    },
    async hasUsers() {
      return (await session.db.selectFrom('user').select('id').limit(1).executeTakeFirst()) !== undefined;
    },
    async user(id) {
      const row = await users().where('id', '=', id).executeTakeFirst();
      return row && userOf(row);
    },
    async userNamed(domain, name) {
      const row = await users().where('domain', '=', domain).where('name', '=', name).executeTakeFirst();
      return row && userOf(row);
    },
    async userOf(domain, { issuer, subject }) {
      const row = await users()
        .where('domain', '=', domain)
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst();
      return row && userOf(row);
    },
    async passwordOf(user) {
      const row = await session.db.selectFrom('user').select('password').where('id', '=', user).executeTakeFirst();
      return row?.password ?? undefined;
    },
    changeUser: (id, change) =>
      session.transaction(async ({ db }) => {
        const row = await db
          .updateTable('user')
          .set(columnsOf(change))
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) return userOf(row);
        throw new CollectError('not_found', 'there is no such user', { where: id });
      }),
  };
}

function columnsOf({ external, lastLoginAt, ...same }: UserChange): Partial<UserTable> {
  return {
    ...same,
    ...(external === undefined ? {} : { issuer: external.issuer, subject: external.subject }),
    ...(lastLoginAt === undefined ? {} : { last_login_at: lastLoginAt }),
  };
}
