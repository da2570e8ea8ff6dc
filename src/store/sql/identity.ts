import { CollectError } from '#model/errors.ts';
import type { Domain, IdentityStore } from '../identity.ts';
import { sqlApiKeys } from './identity-api-keys.ts';
import { sqlSessions } from './identity-sessions.ts';
import { sqlSigningKeys } from './identity-signing-keys.ts';
import { sqlUsers } from './identity-users.ts';
import type { SqlSession } from './session.ts';

export function sqlIdentity(session: SqlSession): IdentityStore {
  const find = async (name: string): Promise<Domain | undefined> => {
    const row = await session.db.selectFrom('domain').selectAll().where('name', '=', name).executeTakeFirst();
    return row && { id: row.id, name: row.name, createdAt: row.created_at };
  };
  return {
    async addDomain(domain) {
      const known = await find(domain.name);
      if (known !== undefined) return known;
      await session.transaction(({ db }) =>
        db
          .insertInto('domain')
          .values({ id: domain.id, name: domain.name, created_at: domain.createdAt })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute(),
      );
      const made = await find(domain.name);
      if (made === undefined) throw new CollectError('store_failed', 'the domain vanished while it was made');
      return made;
    },
    ...sqlUsers(session),
    ...sqlApiKeys(session),
    ...sqlSessions(session),
    ...sqlSigningKeys(session),
  };
}
