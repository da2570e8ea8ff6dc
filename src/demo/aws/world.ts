import { hashText } from '../fleet/hash.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import type { SimAccount } from './accounts.ts';
import { type Cell, readId } from './cell.ts';
import { findRegion, type Region } from './regions.ts';
import { makeServer, type Server } from './simulated-server.ts';

/** The simulated fleet: a pure function of seed, accounts and anchor. */
export interface World {
  readonly accounts: readonly SimAccount[];
  readonly anchor: number;
  /** The cell of an account and region; one without servers where the account has none. */
  cell(account: SimAccount, region: Region): Cell;
  /** All cells that have servers. */
  readonly cells: readonly Cell[];
}

/**
 * Makes the world.
 *
 * @param seed 32-bit integer; equal seeds, accounts and anchors give equal worlds
 * @param anchorSeconds epoch seconds that "today" and "recently" are told from; rounded down to five minutes
 */
export function makeWorld(accounts: readonly SimAccount[], seed: number, anchorSeconds: number): World {
  const anchor = Math.floor(anchorSeconds / slotSeconds) * slotSeconds;
  const cells = new Map<string, Cell>();
  for (const account of accounts) {
    let firstNumber = 1;
    for (const [code, count] of Object.entries(account.regions)) {
      const region = findRegion(code);
      if (region === undefined) throw new RangeError(`no region ${code} in the simulation`);
      cells.set(`${account.id}/${code}`, makeCell(account, region, count, seed, firstNumber, anchor));
      firstNumber += count;
    }
  }
  return {
    accounts,
    anchor,
    cells: [...cells.values()],
    cell: (account, region) =>
      cells.get(`${account.id}/${region.code}`) ?? makeCell(account, region, 0, seed, 1, anchor),
  };
}

function makeCell(
  account: SimAccount,
  region: Region,
  count: number,
  worldSeed: number,
  firstNumber: number,
  anchor: number,
): Cell {
  const seed = hashText(worldSeed, `${account.id}/${region.code}`);
  return { account, region, count, seed, firstNumber, network: (seed % 60) * 4, anchor };
}

const recent = new WeakMap<Cell, Map<number, Server>>();
const keptServers = 4096;

/** The server of that index, from 0 to `count - 1`. Remembers a few thousand at most. */
export function serverAt(cell: Cell, index: number): Server {
  const known = recent.get(cell) ?? new Map<number, Server>();
  const remembered = known.get(index);
  if (remembered !== undefined) return remembered;
  if (known.size >= keptServers) known.clear();
  const server = makeServer(cell, index);
  recent.set(cell, known.set(index, server));
  return server;
}

/** The server of an instance id of this cell. */
export function findServer(cell: Cell, instanceId: string): Server | undefined {
  const index = readId(cell, 'i', instanceId);
  return index !== undefined && index < cell.count ? serverAt(cell, index) : undefined;
}

/** The server whose short private DNS name this is. */
export function findServerByHost(cell: Cell, hostName: string): Server | undefined {
  const match = /^ip-10-(\d+)-(\d+)-(\d+)$/.exec(hostName);
  if (match === null) return undefined;
  const [second, third, fourth] = match.slice(1).map(Number);
  if (second === undefined || third === undefined || fourth === undefined) return undefined;
  const index = ((second - cell.network) << 16) + (third << 8) + fourth;
  return index >= 0 && index < cell.count ? serverAt(cell, index) : undefined;
}
