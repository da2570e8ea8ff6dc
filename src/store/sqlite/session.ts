import { type Kysely, sql, type Transaction } from 'kysely';
import { CollectError } from '#model/errors.ts';
import type { Path } from '../query/condition.ts';
import type { SqlDialect, SqlSession } from '../sql/session.ts';
import type { Tables } from '../sql/tables.ts';
import type { DatabaseFile } from './database-file.ts';
import { recordsOf } from './record-row.ts';

/** Kysely where both databases say the same, the file itself where rows are written in bulk. */
export interface Session extends SqlSession {
  readonly file: DatabaseFile;
  transaction<T>(work: (tx: Session) => Promise<T>): Promise<T>;
}

export function openSession(db: Kysely<Tables>, file: DatabaseFile): Session {
  return {
    db,
    dialect,
    file,
    transaction: (work) => db.transaction().execute((transaction) => work(within(transaction, file))),
  };
}

function within(db: Transaction<Tables>, file: DatabaseFile): Session {
  const session: Session = { db, dialect, file, transaction: (work) => work(session) };
  return session;
}

const like: SqlDialect['like'] = (text, pattern) => sql<boolean>`${text} LIKE ${pattern} ESCAPE '\\'`;

const dialect: SqlDialect = {
  hasNarrowRows: false,
  async nextAccountId(db) {
    const { rows } = await sql<{ readonly id: number }>`
      SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'account'), 0) + 1 AS id
    `.execute(db);
    return rows[0]?.id ?? 1;
  },
  like,
  likeLower: like,
  matches: (text, pattern) => sql<boolean>`text_matches(${text}, ${pattern})`,
  fits: (comparison) =>
    sql<boolean>`record_fits((SELECT doc FROM resource_doc WHERE resource_doc.id = resource.id), ${JSON.stringify(comparison)})`,
  tag: (name) => (/["\\]/.test(name) ? undefined : sql`json_extract(resource.tags, ${jsonPath([name])})`),
  sortKeys: (path) => [
    sql`(SELECT json_extract(doc, ${jsonPath(path)}) FROM resource_doc WHERE resource_doc.id = resource.id)`,
  ],
  idList: sql<string>`json_group_array(id)`,
  recordsOf,
};

/** `$."data"."compute"` @throws CollectError `invalid_query` for a name that SQLite cannot quote */
function jsonPath(path: Path): string {
  if (path.some((name) => name.includes('"'))) {
    throw new CollectError('invalid_query', 'a sort key has no quotation mark', { where: path.join('.') });
  }
  return `$.${path.map((name) => `"${name}"`).join('.')}`;
}
