import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HexagonGrid } from './record-shapes.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { server } from './testing/servers.ts';

const grid: HexagonGrid = { x: 'cpu.avg', y: 'cpu.max', columns: 36, rows: 26 };
const points = fc.sample(
  fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 130, noNaN: true })),
  {
    numRuns: 300,
    seed: 7,
  },
);

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  const measured = points.map(([avg, max], at) =>
    server(`i-${at}`, { data: { monitoring: { cpu: { utilization: { avg, max } } } } }),
  );
  const blank = [
    server('none', { region_code: 'blank', data: {} }),
    server('half', { region_code: 'blank', data: { monitoring: { cpu: { utilization: { avg: 0 } } } } }),
  ];
  await store.inventory.put(
    [...measured, ...blank].map((record) => ({ record })),
    1,
  );
});
afterAll(() => store.close());

/** By looking at every centre. */
function nearestOf(avg: number, max: number): string {
  const [u, v] = [(avg * grid.columns) / 100, (Math.min(100, max) * grid.rows) / 100];
  const centres = Array.from({ length: grid.rows + 2 }, (_, row) =>
    Array.from({ length: grid.columns + 1 }, (_, column) => {
      const [du, dv] = [u - column - (row % 2) / 2, v - row];
      return { name: `${column} ${row}`, distance: du * du + 0.75 * dv * dv };
    }),
  ).flat();
  return centres.reduce((best, each) => (each.distance < best.distance ? each : best)).name;
}

describe('hexagons', () => {
  it('have the points that are nearer to their centre than to any other', async () => {
    const { hexagons } = await store.inventory.hexagons(grid, []);
    const found = new Map(hexagons.map(({ column, row, servers }) => [`${column} ${row}`, servers]));
    const wanted = new Map<string, number>();
    for (const [avg, max] of points) {
      const name = nearestOf(avg, max);
      wanted.set(name, (wanted.get(name) ?? 0) + 1);
    }
    expect(found).toEqual(wanted);
  });

  it('draw no server without a value, and count it', async () => {
    const { hexagons, total, inAreas } = await store.inventory.hexagons(
      grid,
      [{ x: { from: 0, to: null }, y: { from: 0, to: null } }],
      { region: 'blank' },
    );
    expect({ hexagons, total, inAreas }).toEqual({ hexagons: [], total: 2, inAreas: [0] });
  });

  it('know how many lie in an area, whose end is not part of it', async () => {
    const areas = [
      { x: { from: 0, to: 10 }, y: { from: 0, to: 50 } },
      { x: { from: 10, to: null }, y: { from: 0, to: 50 } },
    ];
    const { inAreas, total } = await store.inventory.hexagons(grid, areas);
    expect(inAreas).toEqual([
      points.filter(([avg, max]) => avg < 10 && max < 50).length,
      points.filter(([avg, max]) => avg >= 10 && max < 50).length,
    ]);
    expect(total).toBe(points.length + 2);
  });
});
