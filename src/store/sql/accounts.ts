import type { Selectable } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Account, AccountStatus, AccountStore } from '../accounts.ts';
import { ErrorReportSchema } from '../job-schema.ts';
import { readJobsOf, readLastJobs, readOpened } from './account-jobs.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { AccountTable } from './tables.ts';

const Regions = z.array(z.string());

const Status: z.ZodType<AccountStatus> = z.discriminatedUnion('state', [
  z.object({ state: z.literal('UNKNOWN') }),
  z.object({ state: z.literal('OK'), at: z.number() }),
  z.object({ state: z.literal('FAILED'), at: z.number(), error: ErrorReportSchema }),
]);

/** All but the secret. */
const shown = ['id', 'provider', 'account', 'name', 'regions', 'created_at', 'last_used_at', 'status'] as const;

export function sqlAccounts(session: SqlSession): AccountStore {
  const find = async (account: number | string) => {
    const row = await session.db
      .selectFrom('account')
      .select(shown)
      .where(typeof account === 'number' ? 'id' : 'name', '=', account)
      .executeTakeFirst();
    if (row === undefined) throw unknownAccount(account);
    return accountOf(row);
  };
  const update = async (id: number, values: Partial<AccountTable>) => {
    const { numUpdatedRows } = await session.transaction((tx) =>
      tx.db.updateTable('account').set(values).where('id', '=', id).executeTakeFirstOrThrow(),
    );
    if (numUpdatedRows === 0n) throw unknownAccount(id);
  };

  return {
    add: (draft, seal, now) =>
      session.transaction(async ({ db, dialect }) => {
        const id = await dialect.nextAccountId(db);
        const row = await db
          .insertInto('account')
          .values({
            id,
            provider: draft.provider,
            account: draft.account,
            name: draft.name,
            regions: JSON.stringify(draft.regions),
            secret: seal(id),
            created_at: now,
            last_used_at: null,
            status: JSON.stringify({ state: 'UNKNOWN' } satisfies AccountStatus),
          })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returning(shown)
          .executeTakeFirst();
        if (row !== undefined) return accountOf(row);
        throw new CollectError('conflict', `there is an account named ${draft.name}`, { fix: 'Choose another name.' });
      }),
    async list() {
      const rows = await session.db.selectFrom('account').select(shown).orderBy('name').execute();
      return rows.map(accountOf);
    },
    get: find,
    async sealedSecret(id) {
      const row = await session.db.selectFrom('account').select('secret').where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw unknownAccount(id);
      return Uint8Array.from(row.secret);
    },
    async remove(id) {
      const { numDeletedRows } = await session.transaction((tx) =>
        tx.db.deleteFrom('account').where('id', '=', id).executeTakeFirstOrThrow(),
      );
      if (numDeletedRows === 0n) throw unknownAccount(id);
    },
    touch: (id, now) => update(id, { last_used_at: now }),
    updateStatus: (id, status) => update(id, { status: JSON.stringify(status) }),
    lastJobs: (accounts) => readLastJobs(session, accounts),
    jobs: (account, limit) => readJobsOf(session, account, limit),
    opened: (account, job, limit) => readOpened(session, account, job, limit),
  };
}

function accountOf(row: Omit<Selectable<AccountTable>, 'secret'>): Account {
  const where = `account ${row.name}`;
  return {
    id: row.id,
    provider: row.provider,
    account: row.account,
    name: row.name,
    regions: parseStored(Regions, row.regions, where),
    createdAt: row.created_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    status: parseStored(Status, row.status, where),
  };
}

function unknownAccount(account: number | string): CollectError {
  return new CollectError('not_found', 'there is no such account', { where: String(account) });
}
