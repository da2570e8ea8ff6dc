import { draw } from '../fleet/hash.ts';
import { loads } from '../fleet/loads.ts';
import { fullLevel, type LoadName, type Track } from './levels.ts';
import type { Quantity } from './quantity.ts';
import type { VmSize } from './vm-sizes.ts';

/** What runs: a virtual machine, or an instance of a scale set. */
export interface Machine {
  readonly seed: number;
  readonly load: LoadName;
  readonly size: VmSize;
  readonly utcOffsetHours: number;
  /** See {@link Quantity.runs}. */
  readonly runs: readonly number[];
}

/** What flows through a machine: packets through its network interfaces, operations to its disks. */
export type Flow = 'networkIn' | 'networkOut' | 'diskRead' | 'diskWrite';

interface FlowTraits {
  readonly salt: number;
  readonly load: 'packets' | 'operations';
  /** Of the load's rate. */
  readonly weight: number;
  /** Bytes of one packet or operation: a base, doubled up to `doublings` times by machine. */
  readonly bytes: number;
  readonly doublings: number;
}

const flows: Readonly<Record<Flow, FlowTraits>> = {
  networkIn: { salt: 0x1a01, load: 'packets', weight: 1, bytes: 256, doublings: 1 },
  networkOut: { salt: 0x1b02, load: 'packets', weight: 1.4, bytes: 256, doublings: 2 },
  diskRead: { salt: 0x2a03, load: 'operations', weight: 0.7, bytes: 4096, doublings: 3 },
  diskWrite: { salt: 0x2b04, load: 'operations', weight: 1, bytes: 4096, doublings: 2 },
};

/** CPU utilisation, percent of a minute. */
export function cpuOf(machine: Machine): Quantity {
  const { cpuFloor, cpuSpan, cpuCap } = loads[machine.load];
  const span = Math.min(cpuCap - cpuFloor, cpuSpan * factorOf(machine, 0x0c01) * 1.2);
  return { ...common(machine, 0x0c01), base: toGrid(cpuFloor), step: toGrid(span / fullLevel) };
}

/** The part of memory that is available, 0 to 1: calm, and less of it the busier the machine. */
export function availableMemoryOf(machine: Machine): Quantity {
  const rest = 0.4 + 0.35 * draw(machine.seed, 0x0d02);
  return { ...common(machine, 0x0d02), base: toGrid(rest), step: -toGrid(0.3 / fullLevel) };
}

/** Packets or operations of a flow per minute: of the machine, or of one of its two devices. */
export function countOf(machine: Machine, flow: Flow, track: Track = 'whole'): Quantity {
  const { salt, load, weight } = flows[flow];
  const full = loads[machine.load][load] * weight * machine.size.vcpus * factorOf(machine, salt) * 60;
  return { ...common(machine, salt), track, base: 0, step: Math.max(1, Math.round(full / fullLevel)) };
}

/** Bytes of a flow per minute: its packets or operations, each of a machine's typical size. */
export function bytesOf(machine: Machine, flow: Flow, track: Track = 'whole'): Quantity {
  const { salt, bytes, doublings } = flows[flow];
  const unitBytes = bytes << Math.floor(draw(machine.seed, salt + 1) * (doublings + 1));
  const count = countOf(machine, flow, track);
  return { ...count, step: count.step * unitBytes };
}

function common({ seed, load, utcOffsetHours, runs }: Machine, salt: number) {
  return { seed: Math.imul(seed ^ salt, 0x9e3779b1) >>> 0, load, utcOffsetHours, runs, track: 'whole' } as const;
}

/** Machines of one group differ: 0.6 to 1.3. */
function factorOf({ seed }: Machine, salt: number): number {
  return 0.6 + 0.7 * draw(seed, salt + 2);
}

/** Values are multiples of a power of two: sums in any order are exact. */
function toGrid(value: number): number {
  return Math.floor(value * 4096) / 4096;
}
