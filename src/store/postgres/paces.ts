import { sql } from 'kysely';
import type { PaceLease, PaceStore } from '../cluster.ts';
import type { SqlSession } from '../sql/session.ts';

/** A clock that is set back must not stop all calls for longer than this. */
const horizonMs = 300_000;

/** A row a limit: the time at which its token bucket would be full again, by the clock of the database alone. */
export function postgresPaces({ db }: SqlSession): PaceStore {
  return {
    async lease({ key, limit, calls, points, shareFactor, slowestShare }) {
      const { perSecond, pointsPerSecond } = limit;
      const callMs = (1000 * calls) / perSecond;
      const pointsMs = pointsPerSecond === undefined ? 0 : (1000 * points) / pointsPerSecond;
      const share = sql`least(1, greatest(${slowestShare}::float8, p.share * ${shareFactor}::float8))`;
      const rested = (column: 'calls_full_at' | 'points_full_at') =>
        sql`least(greatest(${sql.ref(`p.${column}`)}, excluded.seen_at), excluded.seen_at + ${horizonMs})`;
      const { rows } = await sql<PaceLease>`
        INSERT INTO pace AS p (key, share, calls_full_at, points_full_at, seen_at)
        SELECT ${key}, 1, now + ${callMs}::float8, now + ${pointsMs}::float8, now
        FROM (SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now) AS clock
        ON CONFLICT (key) DO UPDATE SET
          share = ${share},
          calls_full_at = ${rested('calls_full_at')} + ${callMs}::float8 / ${share},
          points_full_at = ${rested('points_full_at')} + ${pointsMs}::float8 / ${share},
          seen_at = excluded.seen_at
        RETURNING share,
          calls_full_at - ${callMs}::float8 / share - seen_at AS "callsFullInMs",
          points_full_at - ${pointsMs}::float8 / share - seen_at AS "pointsFullInMs"
      `.execute(db);
      const [lease] = rows;
      return lease ?? { share: 1, callsFullInMs: 0, pointsFullInMs: 0 };
    },
    async forget(unusedMs) {
      await sql`
        DELETE FROM pace WHERE seen_at < extract(epoch FROM clock_timestamp())::float8 * 1000 - ${unusedMs}::float8
      `.execute(db);
    },
  };
}
