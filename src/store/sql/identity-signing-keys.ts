import type { IdentityStore } from '../identity.ts';
import { signingKeyOf } from './identity-row.ts';
import type { SqlSession } from './session.ts';

type SigningKeys = Pick<
  IdentityStore,
  'addSigningKey' | 'signingKeys' | 'sealedSigningKey' | 'retireSigningKeys' | 'removeRetiredSigningKeys'
>;

export function sqlSigningKeys(session: SqlSession): SigningKeys {
  return {
    async addSigningKey(key, sealed) {
      await session.transaction(({ db }) =>
        db
          .insertInto('signing_key')
          .values({
            id: key.id,
            domain: key.domain,
            public: key.publicJwk,
            private: sealed,
            created_at: key.createdAt,
            retired_at: null,
          })
          .execute(),
      );
    },
    async signingKeys(domain) {
      const rows = await session.db
        .selectFrom('signing_key')
        .select(['id', 'domain', 'public', 'created_at', 'retired_at'])
        .where('domain', '=', domain)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(signingKeyOf);
    },
    async sealedSigningKey(id) {
      const row = await session.db.selectFrom('signing_key').select('private').where('id', '=', id).executeTakeFirst();
      return row?.private ? Uint8Array.from(row.private) : undefined;
    },
    async retireSigningKeys(domain, but, now) {
      await session.transaction(({ db }) =>
        db
          .updateTable('signing_key')
          .set({ retired_at: now, private: null })
          .where('domain', '=', domain)
          .where('id', '!=', but)
          .where('retired_at', 'is', null)
          .execute(),
      );
    },
    async removeRetiredSigningKeys(domain) {
      await session.transaction(({ db }) =>
        db.deleteFrom('signing_key').where('domain', '=', domain).where('retired_at', 'is not', null).execute(),
      );
    },
  };
}
