import type { SealedStore, SealedValue } from '../sealed.ts';
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
      if (place === 'plugin') {
        const rows = await session.db
          .selectFrom('plugin')
          .select(['id', 'secret'])
          .where('secret', 'is not', null)
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
          .$narrowType<{ secret: Uint8Array }>()
          .execute();
        return rows.map((row) => ({ place, id: row.id, sealed: Uint8Array.from(row.secret) }));
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
        const { numUpdatedRows } = await updateOf(db, value, sealed).executeTakeFirstOrThrow();
        return numUpdatedRows === 1n;
      }),
  };
}

function updateOf(db: SqlSession['db'], { place, id, sealed: before }: SealedValue, sealed: Uint8Array) {
  switch (place) {
    case 'account':
      return db
        .updateTable('account')
        .set({ secret: sealed })
        .where('id', '=', Number(id))
        .where('secret', '=', before);
    case 'plugin':
      return db.updateTable('plugin').set({ secret: sealed }).where('id', '=', id).where('secret', '=', before);
    case 'signing_key':
      return db.updateTable('signing_key').set({ private: sealed }).where('id', '=', id).where('private', '=', before);
  }
}
