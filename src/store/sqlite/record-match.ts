import { sql } from 'kysely';
import type { IdentityPath, Lookup, MatchedRecord } from '../inventory.ts';
import { areUnique, columnOf, groupByPaths, type MatchRow, matchedRecord } from '../sql/record-lookup.ts';
import type { Session } from './session.ts';

export async function matchRecords(session: Session, lookups: readonly Lookup[]): Promise<MatchedRecord[][]> {
  const found: MatchedRecord[][] = lookups.map(() => []);
  for (const { paths, indexes } of groupByPaths(lookups)) {
    const tuples = indexes.map((index) => [index, ...paths.map((path) => lookups[index]?.[path])]);
    for (const row of await matchTuples(session, paths, JSON.stringify(tuples))) {
      found[row.lookup]?.push(matchedRecord(row));
    }
  }
  return found;
}

/** @param tuples JSON array of `[lookup, value of each path…]` */
async function matchTuples(session: Session, paths: readonly IdentityPath[], tuples: string) {
  const wanted = sql.join(
    paths.map((path, index) => sql`${sql.ref(`r.${columnOf[path]}`)} = l.value ->> ${sql.lit(index + 1)}`),
    sql` AND `,
  );
  const candidates = areUnique(paths)
    ? sql`resource AS r ON ${wanted}`
    : sql`resource AS r ON r.id IN (SELECT r.id FROM resource AS r WHERE ${wanted} LIMIT 2)`;
  const { rows } = await sql<MatchRow>`
    SELECT l.value ->> 0 AS lookup, r.*
    FROM json_each(${tuples}) AS l CROSS JOIN ${candidates}
    ORDER BY l.id, r.id
  `.execute(session.db);
  return rows;
}
