import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CollectError, type ErrorReport } from '#model/errors.ts';
import { contentsOf } from '#platform/exports/contents.ts';
import type { ExportDesk } from '#platform/exports/desk.ts';
import { checkRoom, type ExportLimits, expiryOf } from '#platform/exports/limits.ts';
import { ExportWish } from '#platform/exports/wish.ts';
import { exportForms } from '#platform/inventory/export/export.ts';
import type { ExportFile, ExportStore } from '#store/exports.ts';
import type { Caller } from './auth-caller.ts';
import { idCursor } from './cursor.ts';
import { ExportBody, ExportRow, ExportsReply } from './export-file-api.ts';
import { countIn, IdPath } from './input.ts';
import { isoTime } from './iso-time.ts';
import { jsonRoute, rawRoute } from './route.ts';
import type { ServerSource } from './server-routes.ts';

export interface ExportFileSource extends ServerSource {
  readonly demo: boolean;
  readonly desk: ExportDesk;
  readonly limits: ExportLimits;
}

const bodyLimit = 65_536;
const exportCursor = idCursor('exports');
const ListQuery = z.strictObject({ limit: countIn(1, 200, 100), cursor: exportCursor.schema });

/** Files of many rows, made while nobody waits. Whoever asked for one sees it, and admins see all. */
export function exportFileRoutes(app: FastifyInstance, source: ExportFileSource): void {
  const { store, demo, now, desk, limits } = source;
  const { exports } = store;

  jsonRoute(
    app,
    'POST',
    '/exports',
    {
      id: 'makeExport',
      audit: 'export.make',
      summary: 'Ask for a file that is made in the background. 409 where exports take all the room that they may.',
      body: ExportBody,
      bodyLimit,
      replies: { data: ExportRow, status: 202 },
    },
    async ({ body: wish, request: { caller } }) => {
      // Says now what is wrong with the filter or a column, and reads nothing.
      contentsOf(source, wish);
      const { owner, ownerName } = ownerOf(caller);
      await checkRoom(exports, limits, owner);
      const file = await exports.add({ owner, ownerName, wish }, now());
      desk.wake();
      return { data: exportRow(file, caller, demo) };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/exports',
    {
      id: 'listExports',
      summary: 'The own exports, newest first, and how much room there is; for admins those of all.',
      query: ListQuery,
      replies: { data: ExportsReply, isPage: true },
    },
    async ({ query: { limit, cursor }, request: { caller } }) => {
      const { owner } = ownerOf(caller);
      const of = caller?.role === 'admin' ? {} : { owner };
      const found = await exports.list({
        ...of,
        ...(cursor === undefined ? {} : { before: cursor }),
        limit: limit + 1,
      });
      const { rows, meta } = exportCursor.page(found, limit, ({ id }) => id);
      const [own, all] = [await exports.usage(owner), await exports.usage()];
      const room = {
        keep_days: limits.keepDays,
        own_bytes: own.bytes,
        own_bytes_at_most: limits.userBytes,
        all_bytes: all.bytes,
        all_bytes_at_most: limits.totalBytes,
      };
      return { data: { files: rows.map((file) => exportRow(file, caller, demo)), room }, meta };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/exports/:id',
    { id: 'getExport', summary: 'How far an export is.', params: IdPath, replies: { data: ExportRow } },
    async ({ params, request: { caller } }) => ({
      data: exportRow(await visible(exports, params.id, caller), caller, demo),
    }),
  );

  jsonRoute(
    app,
    'POST',
    '/exports/:id/cancel',
    {
      id: 'cancelExport',
      audit: 'export.cancel',
      summary: 'End an export that is not wanted any more. Without effect on one that is over.',
      params: IdPath,
      replies: { data: ExportRow },
    },
    async ({ params, request: { caller } }) => {
      const { id } = await visible(exports, params.id, caller);
      const file = await exports.cancel(id, now(), expiryOf(limits, now()));
      desk.wake();
      return { data: exportRow(file, caller, demo) };
    },
  );

  jsonRoute(
    app,
    'DELETE',
    '/exports/:id',
    {
      id: 'removeExport',
      audit: 'export.remove',
      summary: 'Delete an export, made or not.',
      params: IdPath,
      replies: { data: z.null() },
    },
    async ({ params, request: { caller } }) => {
      const { id } = await visible(exports, params.id, caller);
      await exports.remove(id);
      desk.wake();
      return { data: null };
    },
  );

  rawRoute(
    app,
    'GET',
    '/exports/:id/file',
    {
      id: 'takeExport',
      audit: 'export.take',
      summary: 'The file itself. 409 as long as it is not made.',
      params: IdPath,
      replies: {
        status: 200,
        types: Object.values(exportForms),
        about: 'The whole file, with its length and an ETag.',
      },
    },
    async ({ params, request, reply }) => {
      const file = await visible(exports, params.id, request.caller);
      return sendFile(exports, file, { request, reply, demo });
    },
  );
}

function sendFile(
  exports: ExportStore,
  file: ExportFile,
  { request, reply, demo }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly demo: boolean },
): FastifyReply {
  const asked = askedOf(file);
  if (file.state !== 'READY' || asked === null) {
    throw new CollectError('conflict', 'there is no file yet, or none that could be made', {
      where: file.state,
      fix: `GET /api/exports/${file.id} tells how far it is, or why there is none.`,
    });
  }
  const etag = `"${file.id}-${file.attempt}-${file.requestedAt}"`;
  reply.header('etag', etag);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  reply
    .header('content-disposition', `attachment; filename="${fileName(file, asked, demo)}"`)
    .header('content-length', file.bytes)
    .type(exportForms[asked.format]);
  // Who asks for the head alone has nothing read.
  const bytes = request.method === 'HEAD' ? [] : chunksOf(exports, file);
  return reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: 1 }));
}

/** A chunk is read once the one before has been taken. */
async function* chunksOf(exports: ExportStore, file: ExportFile): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for (let at = 0; sent < file.bytes; at++) {
    const bytes = await exports.chunk(file, at);
    // The connection breaks off: whoever takes it knows the length.
    if (bytes === undefined) throw gone(file.id);
    sent += bytes.length;
    yield bytes;
  }
}

/** @throws CollectError `not_found` for that of another, too */
async function visible(exports: ExportStore, id: number, caller: Caller | null): Promise<ExportFile> {
  const file = await exports.get(id);
  if (file !== undefined && (caller?.role === 'admin' || file.owner === ownerOf(caller).owner)) return file;
  throw gone(id);
}

function gone(id: number): CollectError {
  return new CollectError('not_found', 'there is no such export, or not any more', {
    where: String(id),
    fix: 'Ask for it again.',
  });
}

/** Whoever sits at this machine has no id while there are no users. */
function ownerOf(caller: Caller | null): { readonly owner: string; readonly ownerName: string } {
  return caller === null || caller.by === 'place'
    ? { owner: '', ownerName: 'this machine' }
    : { owner: caller.user.id, ownerName: caller.user.name };
}

function exportRow(file: ExportFile, caller: Caller | null, demo: boolean): ExportRow {
  const { id, done, total, rows, bytes, error } = file;
  const asked = askedOf(file);
  return {
    id,
    asked,
    state: asked === null ? 'FAILED' : file.state,
    done,
    total,
    rows,
    bytes,
    error: asked === null ? unreadable : error,
    file_name: fileName(file, asked, demo),
    asked_by: file.ownerName,
    is_own: file.owner === ownerOf(caller).owner,
    requested_at: isoTime(file.requestedAt),
    finished_at: file.finishedAt === null ? null : isoTime(file.finishedAt),
    expires_at: file.expiresAt === null ? null : isoTime(file.expiresAt),
  };
}

const unreadable: ErrorReport = {
  code: 'conflict',
  message: 'this release cannot read what was asked for: another one wrote it down',
  fix: 'Delete it, and ask for it again.',
};

/** Null where another release wrote it down in a shape of its own. */
function askedOf({ wish }: ExportFile): ExportWish | null {
  return ExportWish.safeParse(wish).data ?? null;
}

function fileName({ id, requestedAt }: ExportFile, asked: ExportWish | null, demo: boolean): string {
  const name = `fleetgauge${demo ? '-DEMO' : ''}-${asked?.kind ?? 'export'}-${isoTime(requestedAt).slice(0, 10)}-${id}`;
  return asked === null ? name : `${name}.${asked.format}`;
}
