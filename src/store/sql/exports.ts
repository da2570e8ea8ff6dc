import type { ExpressionBuilder, Selectable } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ExportAttempt, ExportFile, ExportStore } from '../exports.ts';
import { ErrorReportSchema } from '../job-schema.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { ExportFileTable, Tables } from './tables.ts';

/** Chunks that are dropped in a transaction, so that nobody waits long for it. */
const droppedAtOnce = 32;

const fresh = { done: 0, total: null, rows: 0, bytes: 0, error: null } as const;

export function sqlExports(session: SqlSession): ExportStore {
  return {
    add: ({ owner, ownerName, wish }, now) =>
      session.transaction(async ({ db }) => {
        const times = { requested_at: now, started_at: null, heartbeat_at: null, finished_at: null, expires_at: null };
        const row = await db
          .insertInto('export_file')
          .values({
            owner,
            owner_name: ownerName,
            wish: JSON.stringify(wish),
            state: 'WAITING',
            attempt: 0,
            broken: 0,
            ...fresh,
            ...times,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return fileOf(row);
      }),
    async get(id) {
      const row = await files(session).where('id', '=', id).executeTakeFirst();
      return row && fileOf(row);
    },
    async list({ owner, before, limit }) {
      let query = files(session).orderBy('id', 'desc').limit(limit);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(fileOf);
    },
    async usage(owner) {
      let query = session.db
        .selectFrom('export_file')
        .where('state', '!=', 'REMOVED')
        .select(({ fn, eb }) => [
          fn.countAll<number>().as('files'),
          fn.sum<number | string | null>('bytes').as('bytes'),
          fn
            .sum<number | string | null>(
              eb
                .case()
                .when('state', 'in', [...open])
                .then(1)
                .else(0)
                .end(),
            )
            .as('open'),
        ]);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      const row = await query.executeTakeFirstOrThrow();
      // PostgreSQL sums whole numbers as texts, and nothing as nothing.
      return { files: row.files, open: Number(row.open ?? 0), bytes: Number(row.bytes ?? 0) };
    },

    async claim(now, heardBefore) {
      const isFree = ({ eb }: ExpressionBuilder<Tables, 'export_file'>) =>
        eb.or([
          eb('state', '=', 'WAITING'),
          eb.and([eb('state', '=', 'RUNNING'), eb('heartbeat_at', '<=', heardBefore)]),
        ]);
      const found = await files(session).where(isFree).orderBy('id').limit(1).executeTakeFirst();
      if (found === undefined) return undefined;
      const row = await session.transaction(({ db }) =>
        db
          .updateTable('export_file')
          .set({
            ...fresh,
            state: 'RUNNING',
            attempt: found.attempt + 1,
            broken: found.broken + (found.state === 'RUNNING' ? 1 : 0),
            started_at: now,
            heartbeat_at: now,
          })
          .where('id', '=', found.id)
          .where('state', '=', found.state)
          .where('attempt', '=', found.attempt)
          // Whoever was silent may have been heard of since.
          .where(isFree)
          .returningAll()
          .executeTakeFirst(),
      );
      return row && fileOf(row);
    },
    append: (attempt, progress, now, chunk) =>
      session.transaction(async (tx) => {
        const { numUpdatedRows } = await running(tx, attempt)
          .set(({ eb }) => ({
            ...progress,
            heartbeat_at: now,
            bytes: eb('bytes', '+', chunk?.bytes.length ?? 0),
          }))
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return false;
        const { id: file, attempt: of } = attempt;
        if (chunk !== undefined) {
          await tx.db
            .insertInto('export_chunk')
            .values({ file, attempt: of, ...chunk })
            .execute();
        }
        return true;
      }),
    async finish(attempt, now, expiresAt, error) {
      const state =
        error === undefined
          ? { state: 'READY' as const }
          : { state: 'FAILED' as const, bytes: 0, error: JSON.stringify(error) };
      await session.transaction((tx) =>
        running(tx, attempt)
          .set({ ...state, finished_at: now, expires_at: expiresAt })
          .execute(),
      );
    },
    async release(attempt) {
      await session.transaction((tx) =>
        running(tx, attempt)
          .set({ ...fresh, state: 'WAITING' })
          .execute(),
      );
    },
    cancel: (id, now, expiresAt) =>
      session.transaction(async (tx) => {
        await tx.db
          .updateTable('export_file')
          .set({ state: 'CANCELED', bytes: 0, finished_at: now, expires_at: expiresAt })
          .where('id', '=', id)
          .where('state', 'in', [...open])
          .execute();
        const row = await files(tx).where('id', '=', id).executeTakeFirst();
        if (row !== undefined) return fileOf(row);
        throw gone(id);
      }),
    async remove(id) {
      const { numUpdatedRows } = await session.transaction(({ db }) =>
        db
          .updateTable('export_file')
          .set({ state: 'REMOVED' })
          .where('id', '=', id)
          .where('state', '!=', 'REMOVED')
          .executeTakeFirstOrThrow(),
      );
      if (numUpdatedRows === 0n) throw gone(id);
    },

    async chunk({ id, attempt }, at) {
      const row = await session.db
        .selectFrom('export_chunk')
        .select('bytes')
        .where('file', '=', id)
        .where('attempt', '=', attempt)
        .where('at', '=', at)
        .executeTakeFirst();
      return row?.bytes;
    },
    async sweep(now) {
      const { numUpdatedRows } = await expire(session, now);
      while (await dropChunks(session));
      await dropFiles(session);
      return Number(numUpdatedRows);
    },
  };
}

const open = ['WAITING', 'RUNNING'] as const;
/** Of these, the chunks of the newest attempt are kept. */
const withBytes = ['RUNNING', 'READY'] as const;

function files({ db }: SqlSession) {
  return db.selectFrom('export_file').selectAll().where('state', '!=', 'REMOVED');
}

/** An attempt, where it was neither canceled nor taken over. */
function running({ db }: SqlSession, { id, attempt }: ExportAttempt) {
  return db
    .updateTable('export_file')
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', '=', 'RUNNING');
}

async function expire(session: SqlSession, now: number): Promise<{ readonly numUpdatedRows: bigint }> {
  const isOver = await session.db
    .selectFrom('export_file')
    .select('id')
    .where('state', '!=', 'REMOVED')
    .where('expires_at', '<=', now)
    .limit(1)
    .executeTakeFirst();
  // Who only looks takes no lock.
  if (isOver === undefined) return { numUpdatedRows: 0n };
  return session.transaction(({ db }) =>
    db
      .updateTable('export_file')
      .set({ state: 'REMOVED' })
      .where('state', '!=', 'REMOVED')
      .where('expires_at', '<=', now)
      .executeTakeFirstOrThrow(),
  );
}

/** @returns whether there may be more */
async function dropChunks(session: SqlSession): Promise<boolean> {
  const loose = await session.db
    .selectFrom('export_chunk')
    .innerJoin('export_file', 'export_file.id', 'export_chunk.file')
    .select(['export_chunk.file', 'export_chunk.attempt', 'export_chunk.at'])
    .where(({ eb, ref }) =>
      eb.or([
        eb('export_file.state', 'not in', [...withBytes]),
        eb('export_chunk.attempt', '!=', ref('export_file.attempt')),
      ]),
    )
    .limit(droppedAtOnce)
    .execute();
  if (loose.length === 0) return false;
  await session.transaction(async ({ db }) => {
    for (const { file, attempt, at } of loose) {
      await db
        .deleteFrom('export_chunk')
        .where('file', '=', file)
        .where('attempt', '=', attempt)
        .where('at', '=', at)
        .execute();
    }
  });
  return true;
}

/** Those without a chunk that were removed. */
async function dropFiles(session: SqlSession): Promise<void> {
  const removed = await session.db.selectFrom('export_file').select('id').where('state', '=', 'REMOVED').execute();
  if (removed.length === 0) return;
  await session.transaction(({ db }) => db.deleteFrom('export_file').where('state', '=', 'REMOVED').execute());
}

function gone(id: number): CollectError {
  return new CollectError('not_found', 'there is no such export', { where: String(id) });
}

function fileOf(row: Selectable<ExportFileTable>): ExportFile {
  const where = `export ${row.id}`;
  if (row.state === 'REMOVED') throw gone(row.id);
  return {
    id: row.id,
    owner: row.owner,
    ownerName: row.owner_name,
    wish: parseStored(z.unknown(), row.wish, where),
    state: row.state,
    attempt: row.attempt,
    broken: row.broken,
    done: row.done,
    total: row.total,
    rows: row.rows,
    bytes: row.bytes,
    error: row.error === null ? null : parseStored(ErrorReportSchema, row.error, where),
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  };
}
