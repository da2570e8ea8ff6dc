import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type HexagonArea, type PercentKey, percentKeys } from '#store/record-shapes.ts';
import { jsonRoute } from './route.ts';
import { ServerBins } from './server-bins-api.ts';
import { conditionOf, QueryText, TypeName } from './server-query.ts';
import type { ServerSource } from './server-routes.ts';

const BinsQuery = z.strictObject({
  type: TypeName,
  q: QueryText,
  x: z.enum(percentKeys).default('cpu.avg'),
  y: z.enum(percentKeys).default('cpu.max'),
});

/** At most 27 rows of 37 hexagons: some 15 kB, and each is large enough to be pointed at. */
const columns = 36;
const rows = 26;

export function binRoutes(app: FastifyInstance, { store: { inventory }, types }: ServerSource): void {
  jsonRoute(
    app,
    'GET',
    '/servers/bins',
    {
      id: 'listServerBins',
      summary: 'How many servers lie where between two measures: a chart of any fleet in less than 30 kB.',
      query: BinsQuery,
      replies: { data: ServerBins },
    },
    async ({ query: { type, q, x, y } }) => {
      const corners = cornersOf(x, y);
      const filter = { condition: conditionOf(type, types, q) };
      const { hexagons, total, inAreas } = await inventory.hexagons({ x, y, columns, rows }, corners, filter);
      return {
        data: {
          x,
          y,
          columns,
          rows,
          bins: hexagons.map(({ column, row, servers }) => [column, row, servers] as const),
          servers: total,
          measured: hexagons.reduce((sum, { servers }) => sum + servers, 0),
          corners: corners.map((corner, at) => ({ ...corner, servers: inAreas[at] ?? 0 })),
        },
      };
    },
  );
}

type Corner = HexagonArea & Pick<ServerBins['corners'][number], 'name'>;

/** An average beside the peaks of the same metric has a corner more: seldom busy, and then very. */
function cornersOf(x: PercentKey, y: PercentKey): readonly Corner[] {
  const idle = { name: 'idle', x: { from: 0, to: 10 }, y: { from: 0, to: 10 } } as const;
  const hot = { name: 'hot', x: { from: 60, to: null }, y: { from: 80, to: null } } as const;
  const spiky = { name: 'spiky', x: { from: 0, to: 20 }, y: { from: 80, to: null } } as const;
  const [metric] = x.split('.');
  return x.endsWith('.avg') && y !== x && y.startsWith(`${metric}.`) ? [idle, spiky, hot] : [idle, hot];
}
