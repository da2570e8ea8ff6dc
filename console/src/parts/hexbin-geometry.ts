import type { ServerBins } from '../../../src/server/server-bins-api.ts';

/** Of a chart of hexagons: how many lie side by side in 0 to 100 %, and how many rows. */
export type HexagonLattice = Pick<ServerBins, 'columns' | 'rows'>;

export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly servers: number;
}

/** In percent, half-open; null has no end. */
export interface PercentRange {
  readonly from: number;
  readonly to: number | null;
}

/** Width of a hexagon in units of the drawing, and what follows of it for a regular one. */
const width = 18;
const radius = width / Math.sqrt(3);
const rowHeight = radius * 1.5;

/** The drawing, with room for the halves of hexagons that stand over the edges. */
export function frameOf({ columns, rows }: HexagonLattice) {
  const [inX, inY] = [columns * width, rows * rowHeight];
  const [left, top] = [width / 2 + 1, radius + 1];
  return { left, top, inX, inY, width: inX + 2 * left, height: inY + 2 * top };
}

/** From the upper left corner of the drawing. */
export function centreOf(lattice: HexagonLattice, { column, row }: Pick<Cell, 'column' | 'row'>) {
  const { left, top, inY } = frameOf(lattice);
  return { x: left + (column + (row % 2) / 2) * width, y: top + inY - row * rowHeight };
}

/** Of a path, with its tip up. */
export function hexagonAt(x: number, y: number): string {
  const [half, side] = [(width / 2).toFixed(2), radius.toFixed(2)];
  return `M${x.toFixed(2)} ${(y - radius).toFixed(2)}l${half} ${(radius / 2).toFixed(2)}v${side}l-${half} ${(radius / 2).toFixed(2)}l-${half} -${(radius / 2).toFixed(2)}v-${side}z`;
}

/** The hexagon that a place of the drawing lies in: of the nearest centre of even and of odd rows, the nearer one. */
export function cellAt(lattice: HexagonLattice, x: number, y: number): Pick<Cell, 'column' | 'row'> {
  const { left, top, inY } = frameOf(lattice);
  const [u, v] = [(x - left) / width, (inY + top - y) / rowHeight];
  const even = { column: Math.round(u), row: 2 * Math.round(v / 2) };
  const odd = { column: Math.floor(u), row: 2 * Math.floor(v / 2) + 1 };
  const toEven = (u - even.column) ** 2 + 0.75 * (v - even.row) ** 2;
  const toOdd = (u - odd.column - 0.5) ** 2 + 0.75 * (v - odd.row) ** 2;
  return toEven <= toOdd ? even : odd;
}

/** What place in percent lies where in the drawing. */
export function percentAt(lattice: HexagonLattice, x: number, y: number): { readonly x: number; readonly y: number } {
  const { left, top, inX, inY } = frameOf(lattice);
  const within = (value: number) => Math.min(100, Math.max(0, value));
  return { x: within(((x - left) / inX) * 100), y: within(((inY + top - y) / inY) * 100) };
}

/** The upright rectangle around a hexagon: no server of it lies outside, some of its neighbours' may lie inside. */
export function rangesOf(
  { columns, rows }: HexagonLattice,
  { column, row }: Pick<Cell, 'column' | 'row'>,
): { readonly x: PercentRange; readonly y: PercentRange } {
  const x = column + (row % 2) / 2;
  return {
    x: rangeOf((100 * (x - 0.5)) / columns, (100 * (x + 0.5)) / columns),
    y: rangeOf((100 * (row - 2 / 3)) / rows, (100 * (row + 2 / 3)) / rows),
  };
}

/** Widened to a tenth. What reaches 100 % has all that is above it. */
export function rangeOf(from: number, to: number): PercentRange {
  return {
    from: Math.max(0, Math.floor(from * 10) / 10),
    to: to >= 100 ? null : Math.ceil(to * 10) / 10,
  };
}

/** Where a key leads from a cell: to the nearest one in that direction, rather straight on than aside. */
export function nextCell(cells: readonly Cell[], from: Cell, key: string): Cell | undefined {
  if (key === 'Home') return cells.reduce((most, each) => (each.servers > most.servers ? each : most), from);
  const heading = headings[key];
  if (heading === undefined) return undefined;
  const placed = (cell: Cell) => ({ x: cell.column + (cell.row % 2) / 2, y: cell.row });
  const start = placed(from);
  let best: { readonly cell: Cell; readonly cost: number } | undefined;
  for (const cell of cells) {
    const [dx, dy] = [placed(cell).x - start.x, placed(cell).y - start.y];
    const ahead = dx * heading.x + dy * heading.y;
    const aside = Math.abs(dx * heading.y) + Math.abs(dy * heading.x);
    const cost = ahead + 3 * aside;
    if (ahead > 0 && (best === undefined || cost < best.cost)) best = { cell, cost };
  }
  return best?.cell ?? from;
}

const headings: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};
