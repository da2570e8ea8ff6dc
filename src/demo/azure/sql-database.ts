import { draw, drawInteger, mix, pick } from '../fleet/hash.ts';
import type { Cell } from './cell.ts';
import { fullLevel, type LoadName } from './levels.ts';
import type { Quantity } from './quantity.ts';

/** One SQL database, bought by DTU. */
export interface SqlDatabase {
  readonly cell: Cell;
  readonly index: number;
  readonly seed: number;
  readonly load: LoadName;
  readonly serverName: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly sku: SqlSku;
  readonly maxSizeBytes: number;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** A service objective. */
export interface SqlSku {
  readonly name: string;
  readonly tier: string;
  readonly dtus: number;
}

const skus: readonly SqlSku[] = [
  { name: 'S1', tier: 'Standard', dtus: 20 },
  { name: 'S3', tier: 'Standard', dtus: 100 },
  { name: 'P2', tier: 'Premium', dtus: 250 },
];
const databaseLoads: readonly LoadName[] = ['web', 'replica', 'idle', 'batch'];
const gibibyte = 2 ** 30;

/** Computes a database from its place in the world. */
export function makeSqlDatabase(cell: Cell, index: number): SqlDatabase {
  const seed = mix(cell.seed ^ 0x5a1, index);
  return {
    cell,
    index,
    seed,
    load: pick(databaseLoads, seed, 1),
    serverName: `sql-${cell.region.name}`,
    name: `orders-${index}`,
    resourceGroup: 'rg-data-prod',
    sku: pick(skus, seed, 2),
    maxSizeBytes: drawInteger(seed, 3, 1, 4) * 64 * gibibyte,
    createdAt: cell.anchor - drawInteger(seed, 4, 100, 900) * 86_400,
  };
}

/** Percent of the objective's CPU, data IO or log IO. They rise as one and CPU is the greatest: so it is the DTU percentage. */
export function sqlPercentOf(database: SqlDatabase, what: 'cpu' | 'data' | 'log'): Quantity {
  const eighths = { cpu: 8, data: 5, log: 2 }[what];
  const span = 30 + Math.floor(60 * draw(database.seed, 5));
  return { ...common(database, 0x51), base: eighths / 8, step: (span * eighths) / (8 * fullLevel) };
}

/** Bytes that the data take. */
export function sqlStorageOf(database: SqlDatabase): Quantity {
  const used = Math.floor((database.maxSizeBytes / 16) * drawInteger(database.seed, 6, 2, 12));
  return { ...common(database, 0x52), base: used, step: 2 ** 20 };
}

/** Sessions open at a time, or connections made in a minute. */
export function sqlCountOf(database: SqlDatabase, what: 'sessions' | 'connections'): Quantity {
  const step = drawInteger(database.seed, 7, 1, 3);
  return { ...common(database, what === 'sessions' ? 0x53 : 0x54), base: what === 'sessions' ? 2 : 0, step };
}

function common({ seed, load, cell, createdAt }: SqlDatabase, salt: number) {
  const runs = [Math.ceil(createdAt / 60) * 60, Number.POSITIVE_INFINITY];
  return { seed: mix(seed, salt), load, utcOffsetHours: cell.region.utcOffsetHours, track: 'whole', runs } as const;
}
