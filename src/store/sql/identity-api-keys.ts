import { CollectError } from '#model/errors.ts';
import type { IdentityStore } from '../identity.ts';
import { apiKeyOf } from './identity-row.ts';
import type { SqlSession } from './session.ts';

type ApiKeys = Pick<IdentityStore, 'addApiKey' | 'apiKeys' | 'apiKey' | 'touchApiKey' | 'removeApiKey'>;

export function sqlApiKeys(session: SqlSession): ApiKeys {
  const keys = () => session.db.selectFrom('api_key').selectAll();
  return {
    addApiKey: (draft, hash, now) =>
      session.transaction(async ({ db }) => {
        const row = await db
          .insertInto('api_key')
          .values({
            id: draft.id,
            owner: draft.owner,
            name: draft.name,
            form: draft.form,
            hash,
            created_at: now,
            expires_at: draft.expiresAt ?? null,
            last_used_at: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return apiKeyOf(row);
      }),
    async apiKeys(owner) {
      const rows = await keys().where('owner', '=', owner).orderBy('created_at', 'desc').orderBy('id').execute();
      return rows.map(apiKeyOf);
    },
    async apiKey(id) {
      const row = await keys().where('id', '=', id).executeTakeFirst();
      return row && { key: apiKeyOf(row), hash: Uint8Array.from(row.hash) };
    },
    async touchApiKey(id, now) {
      await session.transaction(({ db }) =>
        db.updateTable('api_key').set({ last_used_at: now }).where('id', '=', id).execute(),
      );
    },
    async removeApiKey(id) {
      const { numDeletedRows } = await session.transaction(({ db }) =>
        db.deleteFrom('api_key').where('id', '=', id).executeTakeFirstOrThrow(),
      );
      if (numDeletedRows === 0n) throw new CollectError('not_found', 'there is no such API key', { where: id });
    },
  };
}
