import type { Selectable } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { ErrorReportSchema } from '../job-schema.ts';
import { ofPlugins } from '../limits.ts';
import type { Plugin, PluginReach, PluginStatus, PluginStore } from '../plugins.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { PluginTable } from './tables.ts';

const start = { args: z.array(z.string()), env: z.array(z.string()) };

const Reach: z.ZodType<PluginReach> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('endpoint'), url: z.string() }),
  z.object({ kind: z.literal('package'), spec: z.string(), ...start }),
  z.object({ kind: z.literal('command'), command: z.string(), cwd: z.string().exactOptional(), ...start }),
]);

const Status: z.ZodType<PluginStatus> = z.discriminatedUnion('state', [
  z.object({ state: z.literal('OK'), at: z.number() }),
  z.object({ state: z.literal('FAILED'), at: z.number(), error: ErrorReportSchema }),
]);

export const Fields = z.record(z.string(), z.unknown());

export function sqlPlugins(session: SqlSession): PluginStore {
  return {
    add: ({ id, name, reach, options, account, metadata, generation, status }, sealed, now) =>
      session.transaction(async ({ db }) => {
        const row = await db
          .insertInto('plugin')
          .values({
            id,
            name,
            reach: JSON.stringify(reach),
            options: JSON.stringify(options),
            account: account ?? null,
            secret: sealed ?? null,
            metadata: JSON.stringify(metadata),
            generation,
            status: JSON.stringify(status),
            created_at: now,
            last_job: null,
          })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) return pluginOf(row);
        throw new CollectError('conflict', `there is a plugin named ${name}`, { fix: 'Choose another name.' });
      }),
    async list() {
      const rows = await session.db.selectFrom('plugin').selectAll().orderBy('name').execute();
      return rows.map(pluginOf);
    },
    async get(name) {
      const row = await session.db.selectFrom('plugin').selectAll().where('name', '=', name).executeTakeFirst();
      if (row === undefined) throw unknownPlugin(name);
      return pluginOf(row);
    },
    async sealedSecret(id) {
      const row = await session.db.selectFrom('plugin').select('secret').where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw unknownPlugin(id);
      return row.secret === null ? undefined : Uint8Array.from(row.secret);
    },
    async update(id, { metadata, generation, status, lastJob }) {
      const { numUpdatedRows } = await session.transaction((tx) =>
        tx.db
          .updateTable('plugin')
          .set({
            ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
            ...(generation === undefined ? {} : { generation }),
            ...(status === undefined ? {} : { status: JSON.stringify(status) }),
            ...(lastJob === undefined ? {} : { last_job: lastJob }),
          })
          .where('id', '=', id)
          .executeTakeFirstOrThrow(),
      );
      if (numUpdatedRows === 0n) throw unknownPlugin(id);
    },
    async remove(name) {
      await session.transaction(async ({ db }) => {
        const { numDeletedRows } = await db.deleteFrom('plugin').where('name', '=', name).executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) throw unknownPlugin(name);
        await db
          .deleteFrom('concurrency_limit')
          .where('provider', '=', ofPlugins)
          .where('account', '=', name)
          .execute();
      });
    },
  };
}

function pluginOf(row: Selectable<PluginTable>): Plugin {
  const where = `plugin ${row.name}`;
  return {
    id: row.id,
    name: row.name,
    reach: parseStored(Reach, row.reach, where),
    options: parseStored(Fields, row.options, where),
    ...(row.account === null ? {} : { account: row.account }),
    hasSecret: row.secret !== null,
    metadata: parseStored(Fields, row.metadata, where),
    generation: row.generation,
    status: parseStored(Status, row.status, where),
    createdAt: row.created_at,
    ...(row.last_job === null ? {} : { lastJob: row.last_job }),
  };
}

function unknownPlugin(where: string): CollectError {
  return new CollectError('not_found', 'there is no such plugin', { where, fix: 'fleetgauge collector list' });
}
