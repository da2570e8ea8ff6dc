import { z } from 'zod';
import type { AuditEntry, AuditStore } from '../audit.ts';
import { forgetOldest } from './forget-oldest.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';

const Detail: z.ZodType<AuditEntry['detail']> = z.record(z.string(), z.json());

export function sqlAudit(session: SqlSession): AuditStore {
  return {
    async add({ actor, actorId, from, action, target, outcome, detail }, now) {
      const optional = { actor_id: actorId ?? null, origin: from ?? null, target: target ?? null };
      const row = { at: now, actor, action, outcome, detail: JSON.stringify(detail), ...optional };
      await session.transaction(({ db }) => db.insertInto('audit_entry').values(row).execute());
    },
    forget: (before) => forgetOldest(session, 'audit_entry', before),
    async list({ limit, before, actor, action }) {
      let query = session.db.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      if (actor !== undefined) query = query.where('actor', '=', actor);
      if (action !== undefined) query = query.where('action', '=', action);
      const rows = await query.execute();
      return rows.map(
        ({ id, at, actor, actor_id, origin, action, target, outcome, detail }): AuditEntry => ({
          id,
          at,
          actor,
          ...(actor_id === null ? {} : { actorId: actor_id }),
          ...(origin === null ? {} : { from: origin }),
          action,
          ...(target === null ? {} : { target }),
          outcome,
          detail: parseStored(Detail, detail, `audit entry ${id}`),
        }),
      );
    },
  };
}
