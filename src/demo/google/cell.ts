import { hashText, scramble, unscramble } from '../fleet/hash.ts';
import type { SimProject } from './projects.ts';
import type { Zone } from './zones.ts';

/** The servers of one project in one zone. Nothing is stored: each server is computed from its index. */
export interface Cell {
  readonly project: SimProject;
  readonly zone: Zone;
  /** Servers in it: indices 0 to `count - 1`. */
  readonly count: number;
  readonly seed: number;
  /** Number of the first server's name, so that names are unique within a project. */
  readonly firstNumber: number;
  /** Second byte of its addresses, a multiple of 4: 10.x.0.0/14. */
  readonly network: number;
  /** Epoch seconds that lives are told from. */
  readonly anchor: number;
}

/** Nineteen digits or so, more than a double can hold, that say which thing of a cell is meant. */
export function numericIdOf(cell: Cell, kind: string, n: number): string {
  const key = hashText(cell.seed, kind);
  const low = scramble(key, n);
  const high = 0x10000000 + (scramble(key ^ low, cell.seed) >>> 2);
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** Reads an id that {@link numericIdOf} made for this cell; undefined for any other text. */
export function readNumericId(cell: Cell, kind: string, id: string): number | undefined {
  if (!/^\d{1,20}$/.test(id)) return undefined;
  const n = unscramble(hashText(cell.seed, kind), Number(BigInt(id) & 0xffffffffn));
  return numericIdOf(cell, kind, n) === id ? n : undefined;
}
