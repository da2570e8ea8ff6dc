import { hashText, hex8, scramble, unscramble } from '../fleet/hash.ts';
import type { SimAccount } from './accounts.ts';
import type { Region } from './regions.ts';

/** The servers of one account in one region. Nothing is stored: each server is computed from its index. */
export interface Cell {
  readonly account: SimAccount;
  readonly region: Region;
  /** Servers in it: indices 0 to `count - 1`. */
  readonly count: number;
  readonly seed: number;
  /** Number of the first server's name, so that names are unique within an account. */
  readonly firstNumber: number;
  /** Second byte of its addresses, a multiple of 4: 10.x.0.0/14. */
  readonly network: number;
  /** Epoch seconds that lives are told from. */
  readonly anchor: number;
}

/** Eighteen characters that say which server of the cell is meant, for instance ids, volume ids and the like. */
export function idOf(cell: Cell, prefix: string, n: number): string {
  const key = hashText(cell.seed, prefix);
  const low = scramble(key, n);
  return `${prefix}-0${hex8(scramble(key ^ low, cell.seed))}${hex8(low)}`;
}

/** Reads an id that {@link idOf} made for this cell; undefined for any other text. */
export function readId(cell: Cell, prefix: string, id: string): number | undefined {
  const n = unscramble(hashText(cell.seed, prefix), Number.parseInt(id.slice(-8), 16));
  return idOf(cell, prefix, n) === id ? n : undefined;
}
