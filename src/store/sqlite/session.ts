import type { Kysely, Transaction } from 'kysely';
import type { DatabaseFile } from './database-file.ts';
import type { Tables } from './tables.ts';

/** What the queries of one store run on: the connection when it is free, or a transaction that has it. */
export interface Session {
  readonly db: Kysely<Tables>;
  readonly file: DatabaseFile;
  /** Joins the transaction that this session is part of, or begins one. */
  transaction<T>(work: (tx: Session) => Promise<T>): Promise<T>;
}

export function openSession(db: Kysely<Tables>, file: DatabaseFile): Session {
  return {
    db,
    file,
    transaction: (work) => db.transaction().execute((transaction) => work(within(transaction, file))),
  };
}

function within(db: Transaction<Tables>, file: DatabaseFile): Session {
  const session: Session = { db, file, transaction: (work) => work(session) };
  return session;
}
