import { draw, drawInteger, hashText, mix, pick } from '../fleet/hash.ts';
import { type Life, lifeOf } from '../fleet/life.ts';
import type { loads } from '../fleet/loads.ts';
import type { SimProject } from './projects.ts';
import { zones } from './zones.ts';

/** One simulated Cloud SQL instance. */
export interface Database {
  readonly project: SimProject;
  readonly name: string;
  /** As its metrics call it: `<project>:<name>`. */
  readonly databaseId: string;
  readonly region: string;
  readonly zone: string;
  readonly seed: number;
  readonly version: string;
  readonly tier: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly load: keyof typeof loads;
  readonly utcOffsetHours: number;
  readonly life: Life;
}

const tiers = [
  { tier: 'db-custom-2-7680', vcpus: 2, memoryMb: 7680 },
  { tier: 'db-custom-4-15360', vcpus: 4, memoryMb: 15_360 },
  { tier: 'db-custom-8-53248', vcpus: 8, memoryMb: 53_248 },
  { tier: 'db-g1-small', vcpus: 1, memoryMb: 1740 },
] as const;

/** The databases of a PostgreSQL instance, and the part of its connections that each has. */
export const postgresDatabases = { orders: 0.6, reports: 0.3, postgres: 0.1 } as const;

/** PostgreSQL counts its connections otherwise than MySQL and SQL Server. */
export function isPostgres({ version }: Database): boolean {
  return version.startsWith('POSTGRES');
}

const versions = ['POSTGRES_16', 'MYSQL_8_0', 'SQLSERVER_2019_STANDARD'] as const;

/** The instances of a project: about one in six was stopped by its owner some days ago. */
export function databasesOf(project: SimProject, worldSeed: number, anchor: number): readonly Database[] {
  return Object.entries(project.databases ?? {}).flatMap(([region, count]) =>
    Array.from({ length: count }, (_, index) => makeDatabase(project, region, index, worldSeed, anchor)),
  );
}

function makeDatabase(project: SimProject, region: string, index: number, worldSeed: number, anchor: number): Database {
  const [zone] = zones.filter((one) => one.region === region);
  if (zone === undefined) throw new RangeError(`no region ${region} in the simulation`);
  const seed = mix(hashText(worldSeed, `${project.id}/sql/${region}`), index);
  const name = `orders-${region}-${index + 1}`;
  const fate = draw(seed, 1) < 0.17 ? 'stopped_recently' : 'always_on';
  return {
    project,
    name,
    databaseId: `${project.id}:${name}`,
    region,
    zone: zone.name,
    seed,
    version: pick(versions, seed, 2),
    ...pick(tiers, seed, 3),
    diskGb: drawInteger(seed, 4, 1, 20) * 50,
    load: draw(seed, 5) < 0.7 ? 'replica' : 'idle',
    utcOffsetHours: zone.utcOffsetHours,
    life: lifeOf(fate, seed, anchor, zone.utcOffsetHours),
  };
}
