import { draw, hex8, mix, pick } from '../fleet/hash.ts';
import { lifeOf, stateAt } from '../fleet/life.ts';
import type { Cell } from './cell.ts';
import type { Machine } from './machine.ts';
import { type Profile, profileOf } from './profiles.ts';
import { vmSizeNamed } from './vm-sizes.ts';

/** One virtual machine. */
export interface VirtualMachine extends Machine {
  readonly cell: Cell;
  readonly index: number;
  readonly name: string;
  readonly profile: Profile;
  readonly resourceGroup: string;
  readonly windows: boolean;
  /** None for machines that were not put in one. */
  readonly zone: string | undefined;
  readonly address: string;
  /** Network interfaces, and disks: one or two of each. */
  readonly interfaces: 1 | 2;
  readonly disks: 1 | 2;
  /** Whether the platform publishes Available Memory. */
  readonly memoryMetrics: boolean;
  /** What it is when it does not run: stopped from within, it still holds its host. */
  readonly whenOff: 'deallocated' | 'stopped';
  /** Epoch seconds; the second is Infinity for one that lives. */
  readonly createdAt: number;
  readonly deletedAt: number;
  /** The power state that its instance view tells at a time, epoch seconds. */
  powerStateAt(now: number): 'running' | 'deallocated' | 'stopped';
}

/** The number of a disk that is named after a machine which no longer has it. */
export const looseOrdinal = 2;

/** Whether somebody took a disk from the machine and forgot it. */
export function hasLooseDisk({ seed }: VirtualMachine): boolean {
  return draw(seed, 13) < 0.06;
}

/** Computes a machine from its place in the world. */
export function makeVirtualMachine(cell: Cell, index: number): VirtualMachine {
  const seed = mix(cell.seed, index);
  const number = cell.firstNumber + index;
  const profile = profileOf(number);
  const life = lifeOf(profile.life, seed, cell.anchor, cell.region.utcOffsetHours);
  const size = vmSizeNamed(pick(profile.sizes, seed, 1));
  const zone = draw(seed, 5) < 0.6 ? String(1 + (mix(seed, 6) % 3)) : undefined;
  const whenOff = draw(seed, 9) < 0.25 ? 'stopped' : 'deallocated';
  return {
    cell,
    index,
    seed,
    profile,
    size,
    zone,
    whenOff,
    load: profile.load,
    name: `${profile.name}-${String(number).padStart(4, '0')}`,
    resourceGroup: `rg-${profile.team}-${profile.env}`,
    windows: size.architecture === 'x64' && draw(seed, 2) * 100 < profile.windowsPercent,
    utcOffsetHours: cell.region.utcOffsetHours,
    runs: life.runs,
    address: [10, cell.network + (index >>> 16), (index >>> 8) & 255, index & 255].join('.'),
    interfaces: draw(seed, 7) < 0.8 ? 1 : 2,
    disks: draw(seed, 8) < 0.6 ? 1 : 2,
    memoryMetrics: draw(seed, 10) >= 0.12,
    createdAt: (life.runs[0] ?? 0) - (mix(seed, 12) % 240),
    deletedAt: life.terminated ? (life.runs.at(-1) ?? 0) : Number.POSITIVE_INFINITY,
    powerStateAt: (now) => {
      const state = stateAt(life, now)?.name;
      return state === 'stopped' ? whenOff : 'running';
    },
  };
}

/** A GUID of the sort that Azure invents. */
export function guidOf(seed: number, salt: number): string {
  const [a, b, c, d] = [0, 1, 2, 3].map((n) => hex8(mix(seed, salt * 8 + n)));
  return `${a}-${b?.slice(0, 4)}-4${b?.slice(5)}-a${c?.slice(5)}-${c?.slice(0, 4)}${d}`;
}
