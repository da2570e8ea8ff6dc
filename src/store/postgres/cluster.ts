import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import type { ClusterStore } from '../cluster.ts';
import type { SqlSession } from '../sql/session.ts';
import { postgresPaces } from './paces.ts';

export interface ClusterPlace {
  readonly url: string;
  /** Of the queue: one for each schema that a store is in. */
  readonly queueSchema: string;
}

export async function clusterPlace(pool: pg.Pool, url: string): Promise<ClusterPlace> {
  const { rows } = await pool.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  const schema = rows[0]?.schema ?? 'public';
  return { url, queueSchema: `${schema === 'public' ? 'fleetgauge' : schema}_queue` };
}

export function postgresCluster(session: SqlSession, { url, queueSchema }: ClusterPlace): ClusterStore {
  return {
    paces: postgresPaces(session),
    queue: {
      url,
      schema: queueSchema,
      execute: (text, values = []) => session.db.executeQuery(CompiledQuery.raw(text, [...values])),
    },
  };
}
