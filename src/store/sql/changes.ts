import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { Change, ChangeKinds, ChangeStore, FieldChange } from '../changes.ts';
import { forgetOldest } from './forget-oldest.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { Tables } from './tables.ts';

const Fields: z.ZodType<FieldChange[]> = z.array(z.strictObject({ path: z.string(), from: z.json(), to: z.json() }));

/** Databases limit how many values a statement takes. */
const rowsAtOnce = 500;

export function sqlChanges(session: SqlSession): ChangeStore {
  return {
    async add(changes, now) {
      const rows = changes.map(({ resource, event, job, fields, seenBefore }) => ({
        resource,
        at: now,
        event,
        job: job ?? null,
        fields: JSON.stringify(fields),
        seen_before: seenBefore ?? null,
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
    async list({ resource, limit, before, since, kinds }) {
      let query = session.db
        .selectFrom('record_change')
        .selectAll()
        .where('resource', '=', resource)
        .orderBy('id', 'desc')
        .limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      if (since !== undefined) query = query.where('at', '>=', since);
      if (kinds !== undefined) query = query.where((row) => isOneOf(row, kinds));
      const rows = await query.execute();
      return rows.map(
        ({ id, resource, at, event, job, fields, seen_before }): Change => ({
          id,
          resource,
          at,
          event,
          ...(job === null ? {} : { job }),
          ...(seen_before === null ? {} : { seenBefore: seen_before }),
          fields: parseStored(Fields, fields, `change ${id}`),
        }),
      );
    },
  };
}

function isOneOf(row: ExpressionBuilder<Tables, 'record_change'>, { events = [], paths }: ChangeKinds) {
  const ofPaths = paths.map((path) => names(row.ref('fields'), path));
  return row.or([...(events.length === 0 ? [] : [row('event', 'in', events)]), ...ofPaths]);
}

/** In a text of JSON a quotation mark within a value has a backslash, so that none is taken for a path. */
function names(fields: Expression<string>, path: string) {
  const part = `"path":${JSON.stringify(path)}`.replaceAll(/[\\%_]/g, '\\$&');
  return sql<SqlBool>`${fields} LIKE ${`%${part}%`} ESCAPE '\\'`;
}
