import type { SealedStore } from '../sealed.ts';
import type { SqlSession } from './session.ts';

export function sqlSealed(session: SqlSession): SealedStore {
  return {
    async page(place, { after, limit }) {
      if (place === 'account') {
        const rows = await session.db
          .selectFrom('account')
          .select(['id', 'secret'])
          .where('id', '>', Number(after ?? 0))
          .orderBy('id')
          .limit(limit)
          .execute();
        return rows.map(({ id, secret }) => ({ place, id: String(id), sealed: Uint8Array.from(secret) }));
      }
      const rows = await session.db
        .selectFrom('signing_key')
        .select(['id', 'private'])
        .where('private', 'is not', null)
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit)
        .$narrowType<{ private: Uint8Array }>()
        .execute();
      return rows.map((row) => ({ place, id: row.id, sealed: Uint8Array.from(row.private) }));
    },
    replace: (value, sealed) =>
      session.transaction(async ({ db }) => {
        const update =
          value.place === 'account'
            ? db
                .updateTable('account')
                .set({ secret: sealed })
                .where('id', '=', Number(value.id))
                .where('secret', '=', value.sealed)
            : db
                .updateTable('signing_key')
                .set({ private: sealed })
                .where('id', '=', value.id)
                .where('private', '=', value.sealed);
        return (await update.executeTakeFirstOrThrow()).numUpdatedRows === 1n;
      }),
  };
}
