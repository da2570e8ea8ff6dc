import { type RawBuilder, sql } from 'kysely';
import type { RecordFilter } from '../inventory.ts';
import type { Hexagon, HexagonArea, HexagonGrid, Hexagons, PercentKey, PercentRange } from '../record-shapes.ts';
import { rowsOf } from './record-rows.ts';
import type { SqlSession } from './session.ts';

const columns = {
  'cpu.avg': 'cpu_avg',
  'cpu.max': 'cpu_max',
  'cpu.p95': 'cpu_p95',
  'mem.avg': 'mem_avg',
  'mem.max': 'mem_max',
  'mem.p95': 'mem_p95',
} as const satisfies Record<PercentKey, string>;

export function percentColumn(key: PercentKey): RawBuilder<number | null> {
  return sql<number | null>`${sql.ref(`resource.${columns[key]}`)}`;
}

/**
 * The centres of hexagons are two lattices, one half a cell beside the other: of the nearest centre of each, the nearer one has the
 * point. Rows are 3/4 of a regular hexagon's height apart, so that a row is √3/2 of a column.
 */
export async function countHexagons(
  session: SqlSession,
  grid: HexagonGrid,
  areas: readonly HexagonArea[],
  filter: RecordFilter = {},
): Promise<Hexagons> {
  const [x, y] = [percentColumn(grid.x), percentColumn(grid.y)];
  const { from } = rowsOf(session, filter, 'numbers');
  const places = sql`
    (SELECT ${along(x, grid.columns)} AS u, ${along(y, grid.rows)} AS v
    ${from} AND ${x} IS NOT NULL AND ${y} IS NOT NULL)
  `;
  const { rows: hexagons } = await sql<Hexagon>`
    WITH place AS MATERIALIZED ${places},
    near AS (
      SELECT u, v, floor(u + 0.5) AS ua, 2 * floor(v / 2 + 0.5) AS va, floor(u) AS ub, 2 * floor(v / 2) + 1 AS vb FROM place
    ),
    nearer AS (
      SELECT ua, va, ub, vb,
        (u - ua) * (u - ua) + 0.75 * (v - va) * (v - va)
          <= (u - ub - 0.5) * (u - ub - 0.5) + 0.75 * (v - vb) * (v - vb) AS is_even
      FROM near
    )
    SELECT CASE WHEN is_even THEN ua ELSE ub END AS "column", CASE WHEN is_even THEN va ELSE vb END AS "row",
      count(*) AS servers
    FROM nearer GROUP BY 1, 2 ORDER BY 2, 1
  `.execute(session.db);
  const counts = areas.map(
    (area, at) =>
      sql`count(CASE WHEN ${within(x, area.x)} AND ${within(y, area.y)} THEN 1 END) AS ${sql.ref(`area${at}`)}`,
  );
  const { rows: sums } = await sql<Sums>`
    SELECT ${sql.join([sql`count(*) AS total`, ...counts])} ${from}
  `.execute(session.db);
  const [sum = { total: 0 }] = sums;
  return { hexagons, total: sum.total, inAreas: areas.map((_, at) => sum[`area${at}`] ?? 0) };
}

interface Sums {
  readonly total: number;
  readonly [area: string]: number;
}

/** How many cells from the left: more than 100 % belongs to the last one, next to nothing is 0 (PostgreSQL refuses to underflow). */
function along(value: RawBuilder<number | null>, cells: number): RawBuilder<number> {
  const limited = sql`CASE WHEN ${value} > 100 THEN 100.0 WHEN ${value} < 0.000001 THEN 0.0 ELSE ${value} END`;
  return sql<number>`(${limited}) * ${sql.lit(cells)} / 100.0`;
}

function within(value: RawBuilder<number | null>, { from, to }: PercentRange): RawBuilder<boolean> {
  const start = sql<boolean>`${value} >= ${sql.lit(from)}`;
  return to === null ? start : sql<boolean>`${start} AND ${value} < ${sql.lit(to)}`;
}
