import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { auditActions } from '#platform/audit/audit.ts';
import type { AuditEntry } from '#store/audit.ts';
import type { Store } from '#store/store.ts';
import { AuditRow } from './api.ts';
import { idCursor } from './cursor.ts';
import { countIn } from './input.ts';
import { isoTime } from './iso-time.ts';
import { jsonRoute } from './route.ts';

const auditCursor = idCursor('audit');
const AuditQuery = z.strictObject({
  limit: countIn(1, 200, 50),
  cursor: auditCursor.schema,
  actor: z.string().max(300).exactOptional(),
  action: z.enum(auditActions).exactOptional(),
});

export function auditRoutes(app: FastifyInstance, store: Store): void {
  jsonRoute(
    app,
    'GET',
    '/audit',
    {
      id: 'listAudit',
      summary: 'Who did, or tried to do, what; newest first.',
      query: AuditQuery,
      replies: { data: z.array(AuditRow).readonly(), isPage: true },
    },
    async ({ query: { limit, cursor, ...of } }) => {
      const before = cursor === undefined ? {} : { before: cursor };
      const found = await store.audit.list({ ...of, ...before, limit: limit + 1 });
      const { rows, meta } = auditCursor.page(found, limit, ({ id }) => id);
      return { data: rows.map(auditRow), meta };
    },
  );
}

function auditRow({ id, at, actor, actorId, from, action, target, outcome, detail }: AuditEntry): AuditRow {
  const optional = { actor_id: actorId ?? null, from: from ?? null, target: target ?? null };
  return { id, at: isoTime(at), actor, action, outcome, detail, ...optional };
}
