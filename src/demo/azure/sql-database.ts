import { draw, drawInteger, mix, pick } from '../fleet/hash.ts';
import type { Cell } from './cell.ts';
import { fullLevel, type LoadName } from './levels.ts';
import type { Quantity } from './quantity.ts';

/** One SQL database, bought by DTU or, serverless, by virtual core. */
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
  readonly serverless: boolean;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** When it was online: starts and ends in turn, epoch seconds on whole hours. A serverless one pauses. */
  readonly runs: readonly number[];
}

/** A service objective. */
export interface SqlSku {
  readonly name: string;
  readonly tier: string;
  /** DTUs, or virtual cores. */
  readonly capacity: number;
}

const skus: readonly SqlSku[] = [
  { name: 'S1', tier: 'Standard', capacity: 20 },
  { name: 'S3', tier: 'Standard', capacity: 100 },
  { name: 'P2', tier: 'Premium', capacity: 250 },
];
const serverlessSku: SqlSku = { name: 'GP_S_Gen5', tier: 'GeneralPurpose', capacity: 2 };

/** What every server has for itself. */
export const systemDatabase = 'master';

const databaseLoads: readonly LoadName[] = ['web', 'replica', 'idle', 'batch'];
const gibibyte = 2 ** 30;

/** Computes a database from its place in the world; the one behind the last is the server's own. */
export function makeSqlDatabase(cell: Cell, index: number): SqlDatabase {
  const seed = mix(cell.seed ^ 0x5a1, index);
  const serverless = index % 4 === 3;
  const createdAt = cell.anchor - (index % 16 === 5 ? 5 : drawInteger(seed, 4, 100, 900)) * 86_400;
  return {
    cell,
    index,
    seed,
    serverless,
    createdAt,
    load: pick(databaseLoads, seed, 1),
    serverName: `sql-${cell.region.name}`,
    name: index === cell.databases ? systemDatabase : `orders-${index}`,
    resourceGroup: 'rg-data-prod',
    sku: serverless ? serverlessSku : pick(skus, seed, 2),
    maxSizeBytes: drawInteger(seed, 3, 1, 4) * 64 * gibibyte,
    runs: serverless ? serverlessRuns(cell.anchor, index % 8 === 7) : [toHour(createdAt), Number.POSITIVE_INFINITY],
  };
}

/** Online in working hours, since some weeks ago; or paused all that time. */
function serverlessRuns(anchor: number, forgotten: boolean): readonly number[] {
  const today = Math.floor(anchor / 86_400) * 86_400;
  const since = today - 50 * 86_400;
  const before = [since - 50 * 86_400, since];
  if (forgotten) return before;
  const days = Array.from({ length: 51 }, (_, n) => since + n * 86_400);
  return [...before, ...days.flatMap((day) => [day + 7 * 3600, day + 18 * 3600])];
}

function toHour(time: number): number {
  return Math.ceil(time / 3600) * 3600;
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

/** Percent of the engine's memory in use. */
export function sqlMemoryOf(database: SqlDatabase): Quantity {
  const least = drawInteger(database.seed, 8, 10, 60);
  return { ...common(database, 0x55), base: least, step: 30 / fullLevel };
}

function common({ seed, load, cell, runs }: SqlDatabase, salt: number) {
  return { seed: mix(seed, salt), load, utcOffsetHours: cell.region.utcOffsetHours, track: 'whole', runs } as const;
}
