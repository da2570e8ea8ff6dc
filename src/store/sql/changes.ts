import { z } from 'zod';
import type { Change, ChangeStore, FieldChange } from '../changes.ts';
import { forgetOldest } from './forget-oldest.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';

const Fields: z.ZodType<FieldChange[]> = z.array(z.strictObject({ path: z.string(), from: z.json(), to: z.json() }));

/** Databases limit how many values a statement takes. */
const rowsAtOnce = 500;

export function sqlChanges(session: SqlSession): ChangeStore {
  return {
    async add(changes, now) {
      const rows = changes.map(({ resource, event, job, fields }) => ({
        resource,
        at: now,
        event,
        job: job ?? null,
        fields: JSON.stringify(fields),
      }));
      await session.transaction(async ({ db }) => {
        for (let at = 0; at < rows.length; at += rowsAtOnce) {
          await db
            .insertInto('record_change')
            .values(rows.slice(at, at + rowsAtOnce))
            .execute();
        }
      });
    },
    forget: (before) => forgetOldest(session, 'record_change', before),
    async list({ resource, limit, before }) {
      let query = session.db
        .selectFrom('record_change')
        .selectAll()
        .where('resource', '=', resource)
        .orderBy('id', 'desc')
        .limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      const rows = await query.execute();
      return rows.map(
        ({ id, resource, at, event, job, fields }): Change => ({
          id,
          resource,
          at,
          event,
          ...(job === null ? {} : { job }),
          fields: parseStored(Fields, fields, `change ${id}`),
        }),
      );
    },
  };
}
