import { CollectError } from '#model/errors.ts';
import { type ConcurrencyLimit, isOwnLimit, type LimitedTask, type LimitStore, ofPlugins } from '../limits.ts';
import { streamsOf } from '../plugins.ts';
import { Fields } from './plugins.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';

/** What stands for all accounts of a provider. */
const allAccounts = '';

export function sqlLimits(session: SqlSession): LimitStore {
  return {
    list: () => readLimits(session),
    inForce: (accounts) => limitsInForce(session, accounts),
    async set({ provider, account = allAccounts, tasks }) {
      await session.transaction((tx) =>
        tx.db
          .insertInto('concurrency_limit')
          .values({ provider, account, tasks })
          .onConflict((conflict) => conflict.columns(['provider', 'account']).doUpdateSet({ tasks }))
          .execute(),
      );
    },
    async remove({ provider, account = allAccounts }) {
      const { numDeletedRows } = await session.transaction((tx) =>
        tx.db
          .deleteFrom('concurrency_limit')
          .where('provider', '=', provider)
          .where('account', '=', account)
          .executeTakeFirstOrThrow(),
      );
      if (numDeletedRows > 0n) return;
      throw new CollectError('not_found', 'there is no such limit', { where: [provider, account].join('/') });
    },
  };
}

async function readLimits({ db }: SqlSession): Promise<ConcurrencyLimit[]> {
  const rows = await db.selectFrom('concurrency_limit').selectAll().orderBy('provider').orderBy('account').execute();
  return rows.map(({ account, ...limit }) => (account === allAccounts ? limit : { ...limit, account }));
}

export async function limitsInForce(session: SqlSession, accounts: readonly string[]): Promise<ConcurrencyLimit[]> {
  const set = await readLimits(session);
  if (accounts.length === 0) return set;
  const plugins = await session.db
    .selectFrom('plugin')
    .select(['name', 'metadata'])
    .where('name', 'in', [...new Set(accounts)])
    .execute();
  const borne = plugins.map(({ name, metadata }) => ({
    provider: ofPlugins,
    account: name,
    tasks: streamsOf(parseStored(Fields, metadata, `plugin ${name}`)),
  }));
  return [...set, ...borne.filter((limit) => !set.some((own) => isOwnLimit(own, limit)))];
}

/** The limits that have no room for one task more than those that run. */
export function blockedBy(
  limits: readonly ConcurrencyLimit[],
  running: readonly LimitedTask[],
): readonly ConcurrencyLimit[] {
  return limits.filter((limit) => {
    const { provider, account, tasks } = limit;
    const own = running.filter((task) =>
      account === undefined ? task.provider === provider : isOwnLimit(limit, task),
    );
    return own.length >= tasks;
  });
}
