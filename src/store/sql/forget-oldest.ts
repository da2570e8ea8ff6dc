import type { SqlSession } from './session.ts';

/** As many are looked at in a transaction, so that nobody waits long for it. */
const atOnce = 5_000;

/**
 * Drops what is older from a table that is only added to, oldest first: its ids are in the order of time, give or take a clock
 * that was put right.
 *
 * @param before epoch milliseconds
 * @returns how many rows
 */
export async function forgetOldest(
  session: SqlSession,
  table: 'record_change' | 'audit_entry',
  before: number,
): Promise<number> {
  for (let forgotten = 0; ; ) {
    const gone = await session.transaction(async ({ db }) => {
      const oldest = await db.selectFrom(table).select(['id', 'at']).orderBy('id').limit(atOnce).execute();
      const ids = oldest.filter(({ at }) => at < before).map(({ id }) => id);
      if (ids.length > 0)
        await db
          .deleteFrom(table)
          .where('id', '<=', Math.max(...ids))
          .where('at', '<', before)
          .execute();
      return ids.length;
    });
    forgotten += gone;
    if (gone === 0) return forgotten;
  }
}
