import { type Kysely, sql } from 'kysely';
import type { SqlDialect, SqlSession } from '../sql/session.ts';
import type { Tables } from '../sql/tables.ts';
import { isCollision } from './postgres-error.ts';
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
  async nextAccountId(db) {
    const { rows } = await sql<{ readonly id: number }>`
      SELECT nextval(pg_get_serial_sequence('account', 'id')) AS id
    `.execute(db);
    return rows[0]?.id ?? 1;
  },
  like: (text, pattern) => sql<boolean>`${text} ILIKE ${pattern}`,
  recordsOf,
};
