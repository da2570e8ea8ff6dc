import { drawInteger, mix, pick } from '../fleet/hash.ts';
import type { Cell } from './cell.ts';
import type { LoadName } from './levels.ts';
import type { Machine } from './machine.ts';
import { type VmSize, vmSizeNamed } from './vm-sizes.ts';

/** One scale set. In Uniform mode its instances are no resources of their own; in Flexible mode they are virtual machines. */
export interface ScaleSet {
  readonly cell: Cell;
  readonly index: number;
  readonly seed: number;
  readonly name: string;
  readonly resourceGroup: string;
  readonly size: VmSize;
  readonly mode: 'Uniform' | 'Flexible';
  /** Of a Uniform one. */
  readonly instances: readonly ScaleSetInstance[];
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** One of its machines; `name` is what the dimension VMName says. */
export interface ScaleSetInstance extends Machine {
  readonly name: string;
}

const sizes = ['Standard_D2s_v5', 'Standard_F4s_v2', 'Standard_D4s_v5'] as const;
const setLoads: readonly LoadName[] = ['web', 'batch', 'hot'];

/** Each cell's first scale set is the Flexible one. */
export const flexibleSetIndex = 0;

/** Computes a scale set from its place in the world; a Uniform one has 2 to 24 instances. */
export function makeScaleSet(cell: Cell, index: number): ScaleSet {
  const seed = mix(cell.seed ^ 0x5ca1e, index);
  const mode = index === flexibleSetIndex ? 'Flexible' : 'Uniform';
  const name = `vmss-${mode === 'Flexible' ? 'flex-' : ''}${cell.region.name}-${index}`;
  const resourceGroup = mode === 'Flexible' ? 'rg-storefront-prod' : 'rg-platform-prod';
  const size = vmSizeNamed(pick(sizes, seed, 1));
  const createdAt = cell.anchor - drawInteger(seed, 3, 40, 400) * 86_400;
  const set = { cell, index, seed, name, resourceGroup, size, mode, createdAt } as const;
  return { ...set, instances: mode === 'Flexible' ? [] : makeInstances(set) };
}

function makeInstances({ cell, index, seed, name, size, createdAt }: Omit<ScaleSet, 'instances'>): ScaleSetInstance[] {
  const load = pick(setLoads, seed, 2);
  const { utcOffsetHours } = cell.region;
  const count = drawInteger(seed, 4, 2, 24);
  return Array.from({ length: count }, (_, n) => ({
    name: `${name}_${n}`,
    seed: mix(seed, 100 + n),
    load,
    size,
    utcOffsetHours,
    runs: runsOf(cell.anchor, createdAt, n < count / 2 ? index % 3 === 2 : true, n),
  }));
}

/** Half of a set is there all the time, and the other half comes by day; of each third set all come by day. */
function runsOf(anchor: number, createdAt: number, byDay: boolean, n: number): readonly number[] {
  const born = Math.ceil(createdAt / 300) * 300;
  if (!byDay) return [born, Number.POSITIVE_INFINITY];
  const today = Math.floor(anchor / 86_400) * 86_400;
  const days = Array.from({ length: 31 }, (_, ago) => today - (30 - ago) * 86_400);
  return days.flatMap((day) => [day + 6 * 3600 + n * 600, day + 20 * 3600 - n * 300]);
}
