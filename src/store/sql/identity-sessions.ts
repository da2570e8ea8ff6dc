import type { IdentityStore } from '../identity.ts';
import type { SqlSession } from './session.ts';

type Sessions = Pick<
  IdentityStore,
  | 'addSession'
  | 'session'
  | 'touchSession'
  | 'removeSession'
  | 'removeSessionsOf'
  | 'removeSessionsBefore'
  | 'changeLoginAttempts'
  | 'removeLoginAttemptsBefore'
>;

export function sqlSessions(session: SqlSession): Sessions {
  return {
    async addSession(hash, owner, now) {
      await session.transaction(({ db }) =>
        db.insertInto('session').values({ hash, owner, created_at: now, last_seen_at: now }).execute(),
      );
    },
    async session(hash) {
      const row = await session.db.selectFrom('session').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && { owner: row.owner, createdAt: row.created_at, lastSeenAt: row.last_seen_at };
    },
    async touchSession(hash, now) {
      await session.transaction(({ db }) =>
        db.updateTable('session').set({ last_seen_at: now }).where('hash', '=', hash).execute(),
      );
    },
    async removeSession(hash) {
      await session.transaction(({ db }) => db.deleteFrom('session').where('hash', '=', hash).execute());
    },
    async removeSessionsOf(owner) {
      await session.transaction(({ db }) => db.deleteFrom('session').where('owner', '=', owner).execute());
    },
    async removeSessionsBefore({ createdAt, lastSeenAt }) {
      await session.transaction(({ db }) =>
        db
          .deleteFrom('session')
          .where((where) => where.or([where('created_at', '<', createdAt), where('last_seen_at', '<', lastSeenAt)]))
          .execute(),
      );
    },
    async changeLoginAttempts(key, change) {
      await session.transaction(async ({ db }) => {
        // Writing first makes others wait for this row, on PostgreSQL too.
        const { count, last_at } = await db
          .insertInto('login_attempt')
          .values({ key, count: 0, last_at: 0 })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ key }))
          .returning(['count', 'last_at'])
          .executeTakeFirstOrThrow();
        const changed = change(count === 0 ? undefined : { count, lastAt: last_at });
        await (changed === undefined
          ? db.deleteFrom('login_attempt').where('key', '=', key).execute()
          : db
              .updateTable('login_attempt')
              .set({ count: changed.count, last_at: changed.lastAt })
              .where('key', '=', key)
              .execute());
      });
    },
    async removeLoginAttemptsBefore(lastAt) {
      await session.transaction(({ db }) => db.deleteFrom('login_attempt').where('last_at', '<', lastAt).execute());
    },
  };
}
