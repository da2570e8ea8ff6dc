import type { Selectable } from 'kysely';
import { CollectError } from '#model/errors.ts';
import type { RecordId } from '../inventory.ts';
import type { Decision, RightsizingStore } from '../rightsizing.ts';
import type { SqlSession } from './session.ts';
import type { RightsizingTable } from './tables.ts';

export function sqlRightsizing(session: SqlSession): RightsizingStore {
  return {
    async decisions(resources) {
      if (resources.length === 0) return new Map();
      const rows = await session.db.selectFrom('rightsizing').selectAll().where('resource', 'in', resources).execute();
      return new Map(rows.map((row) => [row.resource, decisionOf(row)]));
    },
    decide: (decisions) =>
      session.transaction(async (tx) => {
        const resources = [...decisions.keys()];
        if (resources.length === 0) return;
        await refuseUnknown(tx, resources);
        await tx.db.deleteFrom('rightsizing').where('resource', 'in', resources).execute();
        await tx.db
          .insertInto('rightsizing')
          .values([...decisions].map(([resource, decision]) => ({ resource, ...columnsOf(decision) })))
          .execute();
      }),
    async verify(resources, now) {
      if (resources.length === 0) return;
      await session.transaction((tx) =>
        tx.db
          .updateTable('rightsizing')
          .set({ state: 'verified', verified_at: now })
          .where('resource', 'in', resources)
          .where('state', '=', 'accepted')
          .execute(),
      );
    },
  };
}

async function refuseUnknown({ db }: SqlSession, resources: readonly RecordId[]): Promise<void> {
  const known = await db.selectFrom('resource').select('id').where('id', 'in', resources).execute();
  const ids = new Set(known.map(({ id }) => id));
  const gone = resources.find((id) => !ids.has(id));
  if (gone !== undefined) throw new CollectError('not_found', 'no server has this id', { where: String(gone) });
}

function columnsOf({ state, verdict, target, by, at, until, note, verifiedAt }: Decision) {
  return {
    state,
    verdict,
    target: target ?? null,
    decided_by: by,
    decided_at: at,
    until: until ?? null,
    note: note ?? null,
    verified_at: verifiedAt ?? null,
  };
}

function decisionOf({
  state,
  verdict,
  target,
  decided_by,
  decided_at,
  until,
  note,
  verified_at,
}: Selectable<RightsizingTable>): Decision {
  return {
    state,
    verdict,
    ...(target === null ? {} : { target }),
    by: decided_by,
    at: decided_at,
    ...(until === null ? {} : { until }),
    ...(note === null ? {} : { note }),
    ...(verified_at === null ? {} : { verifiedAt: verified_at }),
  };
}
