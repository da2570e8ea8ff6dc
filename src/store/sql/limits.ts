import { CollectError } from '#model/errors.ts';
import type { ConcurrencyLimit, LimitStore } from '../limits.ts';
import type { SqlSession } from './session.ts';

/** What stands for all accounts of a provider. */
const allAccounts = '';

export function sqlLimits(session: SqlSession): LimitStore {
  return {
    list: () => readLimits(session),
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

export async function readLimits({ db }: SqlSession): Promise<ConcurrencyLimit[]> {
  const rows = await db.selectFrom('concurrency_limit').selectAll().orderBy('provider').orderBy('account').execute();
  return rows.map(({ account, ...limit }) => (account === allAccounts ? limit : { ...limit, account }));
}

/** The limits that have no room for one task more than those that run. */
export function blockedBy(
  limits: readonly ConcurrencyLimit[],
  running: readonly { readonly provider: string; readonly account: string }[],
): readonly ConcurrencyLimit[] {
  return limits.filter(
    ({ provider, account, tasks }) =>
      running.filter((task) => task.provider === provider && (account ?? task.account) === task.account).length >=
      tasks,
  );
}
