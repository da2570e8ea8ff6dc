import type { Selectable } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { DataSource, DataSourceStore } from '../data-sources.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { DataSourceTable } from './tables.ts';

const Plugin = z.object({
  id: z.string(),
  version: z.string(),
  options: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
  account: z.number().exactOptional(),
});
const Tags = z.record(z.string(), z.string());

export function sqlDataSources(session: SqlSession): DataSourceStore {
  const get = async ({ db }: SqlSession, id: string) => {
    const row = await db.selectFrom('data_source').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw unknownSource(id);
    return sourceOf(row);
  };
  return {
    add: ({ id, name, provider, state, plugin, tags, createdAt }) =>
      session.transaction(async (tx) => {
        await tx.db
          .insertInto('data_source')
          .values({
            ...{ id, name, provider, state },
            plugin: JSON.stringify(plugin),
            tags: JSON.stringify(tags),
            created_at: createdAt,
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute();
        return get(tx, id);
      }),
    async list() {
      const rows = await session.db.selectFrom('data_source').selectAll().orderBy('name').orderBy('id').execute();
      return rows.map(sourceOf);
    },
    get: (id) => get(session, id),
    setState: (id, state) =>
      session.transaction(async (tx) => {
        await tx.db.updateTable('data_source').set({ state }).where('id', '=', id).execute();
        return get(tx, id);
      }),
  };
}

function sourceOf(row: Selectable<DataSourceTable>): DataSource {
  const where = `data source ${row.id}`;
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    state: row.state,
    plugin: parseStored(Plugin, row.plugin, where),
    tags: parseStored(Tags, row.tags, where),
    createdAt: row.created_at,
  };
}

function unknownSource(id: string): CollectError {
  return new CollectError('not_found', 'there is no such data source', { where: id });
}
