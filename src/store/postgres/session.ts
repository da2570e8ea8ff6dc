import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlDialect, SqlSession } from '../sql/session.ts';
import type { Tables } from '../sql/tables.ts';
import { isCollision } from './postgres-error.ts';
import { recordFits } from './record-fits.ts';
import { recordsOf } from './record-row.ts';

/** How often a transaction that PostgreSQL gave up for another's sake is tried again. */
const maxTries = 5;

export function openSession(db: Kysely<Tables>): SqlSession {
  return {
    db,
    dialect,
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await db.transaction().execute((transaction) => work(within(transaction)));
        } catch (caught) {
          if (attempt === maxTries || !isCollision(caught)) throw caught;
        }
      }
    },
  };
}

function within(db: Kysely<Tables>): SqlSession {
  const session: SqlSession = { db, dialect, transaction: (work) => work(session) };
  return session;
}

const dialect: SqlDialect = {
  hasNarrowRows: true,
  async nextAccountId(db) {
    const { rows } = await sql<{ readonly id: number }>`
      SELECT nextval(pg_get_serial_sequence('account', 'id')) AS id
    `.execute(db);
    return rows[0]?.id ?? 1;
  },
  like: (text, pattern) => sql<boolean>`${text} ILIKE ${pattern}`,
  likeLower: (text, pattern) => sql<boolean>`${text} LIKE lower(${pattern}::text COLLATE "C")`,
  matches: (text, pattern) => sql<boolean>`${text} ~* ${pattern}`,
  fits: recordFits,
  tag: (name) => sql`(resource.tags ->> ${name}::text)`,
  idList: sql<string>`json_agg(id)::text`,
  sortKeys: (path) => {
    const value = sql`(SELECT doc #> ${[...path]}::text[] FROM resource_doc WHERE resource_doc.id = resource.id)`;
    return [sql`${rankOf(value)}`, sql`${numberOf(value)}`, sql`${textOf(value)} COLLATE "C"`];
  },
  recordsOf,
};

/** Numbers before texts, texts before the rest, as SQLite has it; null where there is nothing. */
function rankOf(value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`CASE WHEN jsonb_typeof(${value}) IN ('number', 'boolean') THEN 1 WHEN jsonb_typeof(${value}) <> 'null' THEN 2 END`;
}

function numberOf(value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`CASE jsonb_typeof(${value}) WHEN 'number' THEN (${value})::double precision WHEN 'boolean' THEN (${value})::boolean::integer::double precision END`;
}

function textOf(value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`CASE WHEN jsonb_typeof(${value}) NOT IN ('null', 'number', 'boolean') THEN ${value} #>> '{}' END`;
}
