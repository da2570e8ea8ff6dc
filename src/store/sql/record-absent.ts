import { absentState, type RecordFilter, type RecordId } from '../inventory.ts';
import { filtered } from './record-rows.ts';
import type { SqlSession } from './session.ts';

export async function markAbsent(
  session: SqlSession,
  filter: RecordFilter,
  seenBefore: number,
  now: number,
): Promise<readonly RecordId[]> {
  return session.transaction(async (tx) => {
    const gone = filtered(tx, filter)
      .select('id')
      .where('last_seen_at', '<', seenBefore)
      .where('absent_since', 'is', null);
    const rows = await tx.db
      .updateTable('resource')
      .set({ state: absentState, absent_since: now })
      .where('id', 'in', gone)
      .returning('id')
      .execute();
    return rows.map(({ id }) => id);
  });
}
