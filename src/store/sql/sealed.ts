import { z } from 'zod';
import type { SealedStore, SealedValue } from '../sealed.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';

/** The plan of a plugin's job: how many tasks, and what they collect. */
const PluginPlan = z.looseObject({ parts: z.base64() });
const PluginOptions = z.looseObject({ plugin: z.string() });
/** What such plans begin with: as they are made, and as they are once they were sealed anew. */
const pluginPlans = ['{"tasks":%,"parts":"%', '{"parts":"%'];

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
      if (place === 'job') {
        const rows = await session.db
          .selectFrom('job')
          .select(['id', 'plan', 'options'])
          .where((where) => where.or(pluginPlans.map((each) => where('plan', 'like', each))))
          .where('state', '!=', 'SUCCESS')
          .where('id', '>', Number(after ?? 0))
          .orderBy('id')
          .limit(limit)
          .execute();
        return rows.map(({ id, plan, options }) => {
          const { plugin } = parseStored(PluginOptions, options, `the options of run ${id}`);
          return { place, id: String(id), sealed: sealedIn(plan, id), plugin };
        });
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
        if (value.place === 'job') return replaceInJob(db, value, sealed);
        const { numUpdatedRows } = await updateOf(db, value.place, value, sealed).executeTakeFirstOrThrow();
        return numUpdatedRows === 1n;
      }),
  };
}

function sealedIn(plan: string, job: number): Uint8Array {
  return Uint8Array.from(Buffer.from(parseStored(PluginPlan, plan, `the plan of run ${job}`).parts, 'base64'));
}

async function replaceInJob(
  db: SqlSession['db'],
  { id, sealed: before }: SealedValue,
  sealed: Uint8Array,
): Promise<boolean> {
  const job = Number(id);
  const row = await db.selectFrom('job').select('plan').where('id', '=', job).executeTakeFirst();
  if (row === undefined || Buffer.compare(sealedIn(row.plan, job), before) !== 0) return false;
  const plan = parseStored(PluginPlan, row.plan, `the plan of run ${job}`);
  const { numUpdatedRows } = await db
    .updateTable('job')
    .set({ plan: JSON.stringify({ ...plan, parts: Buffer.from(sealed).toString('base64') }) })
    .where('id', '=', job)
    .where('plan', '=', row.plan)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

function updateOf(
  db: SqlSession['db'],
  place: Exclude<SealedValue['place'], 'job'>,
  { id, sealed: before }: SealedValue,
  sealed: Uint8Array,
) {
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
