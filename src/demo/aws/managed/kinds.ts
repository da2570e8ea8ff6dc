import { draw, drawInteger, hashText, hex8, mix, pick } from '../../fleet/hash.ts';
import { type Life, type LifeName, lifeOf } from '../../fleet/life.ts';
import type { ShapeName } from '../../fleet/shapes.ts';
import type { Cell } from '../cell.ts';

/** Kinds of resources that AWS runs itself. */
export const kinds = [
  'database',
  'aurora',
  'docdb',
  'redis',
  'memcached',
  'alb',
  'nlb',
  'clb',
  'function',
  'bucket',
] as const;
export type Kind = (typeof kinds)[number];

/** One resource that AWS runs itself: a database, a load balancer, a function, … */
export interface Managed {
  readonly cell: Cell;
  readonly kind: Kind;
  readonly seed: number;
  readonly name: string;
  /** What the provider should call it: its ARN, of a cache with the node behind it. */
  readonly id: string;
  /** The part of it by which CloudWatch knows it, where that is not its name. */
  readonly dimension: string;
  readonly life: Life;
  readonly shape: ShapeName;
  /** Nothing ever happens to it. */
  readonly idle: boolean;
  /** Bytes of memory, and of storage where there is some. */
  readonly memory: number;
  readonly storage: number;
  readonly className: string;
}

const gibibyte = 2 ** 30;

/** Instance types under the classes, with their memory. */
const classes = [
  { name: 'm5.large', memory: 8 * gibibyte },
  { name: 'r5.xlarge', memory: 32 * gibibyte },
  { name: 't3.medium', memory: 4 * gibibyte },
] as const;

const fates: Readonly<Record<Kind, readonly LifeName[]>> = {
  database: ['always_on', 'always_on', 'launched_recently', 'stopped_recently'],
  aurora: ['always_on', 'launched_recently'],
  docdb: ['always_on', 'stopped_recently'],
  redis: ['always_on', 'launched_recently'],
  memcached: ['always_on', 'always_on'],
  alb: ['always_on', 'launched_recently'],
  nlb: ['always_on', 'launched_recently'],
  clb: ['always_on', 'always_on'],
  function: ['always_on'],
  bucket: ['always_on', 'launched_recently'],
};

const shapesOf: Readonly<Partial<Record<Kind, readonly ShapeName[]>>> = {
  alb: ['office', 'business'],
  clb: ['office', 'nightly'],
  function: ['office', 'nightly', 'flat'],
};

const remembered = new WeakMap<Cell, readonly Managed[]>();

/** All managed resources of a cell; few enough to be kept. */
export function managedOf(cell: Cell): readonly Managed[] {
  const known = remembered.get(cell);
  if (known !== undefined) return known;
  const count = cell.account.managed?.[cell.region.code] ?? 0;
  const made = kinds.flatMap((kind) => Array.from({ length: count }, (_, index) => makeManaged(cell, kind, index)));
  remembered.set(cell, made);
  return made;
}

/** The resource of an id, if the cell has it. */
export function findManaged(cell: Cell, id: string): Managed | undefined {
  return managedOf(cell).find((one) => one.id === id);
}

function makeManaged(cell: Cell, kind: Kind, index: number): Managed {
  const seed = mix(hashText(cell.seed, kind), index);
  const name = `${kind}-${cell.region.code}-${index + 1}`;
  const instance = pick(classes, seed, 1);
  const mark = hex8(mix(seed, 2)) + hex8(mix(seed, 3));
  const fate = fates[kind][index % fates[kind].length] ?? 'always_on';
  return {
    cell,
    kind,
    seed,
    name,
    ...namesOf(cell, kind, name, mark),
    life: lifeOf(fate, seed, cell.anchor, cell.region.utcOffsetHours),
    shape: shapesOf[kind]?.[index % shapesOf[kind].length] ?? (draw(seed, 4) < 0.5 ? 'business' : 'plateau'),
    idle: kind === 'function' && index % 4 === 3,
    memory: instance.memory,
    storage: drawInteger(seed, 5, 1, 10) * 20 * gibibyte,
    className: instance.name,
  };
}

function namesOf({ account, region }: Cell, kind: Kind, name: string, mark: string): { id: string; dimension: string } {
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region.code}:${account.id}:${rest}`;
  switch (kind) {
    case 'database':
    case 'aurora':
    case 'docdb':
      return { id: arn('rds', `db:${name}`), dimension: name };
    case 'redis':
    case 'memcached':
      return { id: `${arn('elasticache', `cluster:${name}`)}/0001`, dimension: name };
    case 'alb':
    case 'nlb': {
      const dimension = `${kind === 'alb' ? 'app' : 'net'}/${name}/${mark}`;
      return { id: arn('elasticloadbalancing', `loadbalancer/${dimension}`), dimension };
    }
    case 'clb':
      return { id: arn('elasticloadbalancing', `loadbalancer/${name}`), dimension: name };
    case 'function':
      return { id: arn('lambda', `function:${name}`), dimension: name };
    case 'bucket':
      return { id: `arn:aws:s3:::${name}-${account.id}`, dimension: `${name}-${account.id}` };
  }
}

/** Epoch seconds of its birth, on the five-minute grid. */
export function bornAt({ life }: Managed): number {
  return life.runs[0] ?? 0;
}

/** When a function was last changed, which is all that Lambda tells of its age: some are changed within the last days. */
export function changedAt({ seed, cell, idle }: Managed): number {
  return cell.anchor - (idle ? 100 : drawInteger(seed, 6, 1, 60)) * 86_400;
}
