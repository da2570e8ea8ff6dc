import { draw, mix, pick } from '../fleet/hash.ts';
import { type Life, lifeOf } from '../fleet/life.ts';
import { type Cell, numericIdOf } from './cell.ts';
import { type MachineType, machineTypeNamed } from './machine-types.ts';
import { type VmGroup, vmGroupOf } from './vm-groups.ts';

/** A disk of a VM. */
export interface Disk {
  /** What the VM calls it: the label of its metrics. */
  readonly deviceName: string;
  readonly ordinal: number;
  readonly sizeGb: number;
  /** `local-ssd` disks are parts of the VM and in no list of disks. */
  readonly type: 'pd-standard' | 'pd-balanced' | 'pd-ssd' | 'local-ssd';
  /** It is kept in two zones, and belongs to their region. */
  readonly regional?: true;
  /** It is attached to two VMs: the index of the first of them. */
  readonly sharedFrom?: number;
}

/** One simulated VM. */
export interface Vm {
  readonly cell: Cell;
  readonly index: number;
  readonly seed: number;
  /** Digits; a name may be used again, an id never. */
  readonly id: string;
  readonly name: string;
  readonly group: VmGroup;
  readonly type: MachineType;
  readonly address: string;
  /** The boot disk first. */
  readonly disks: readonly Disk[];
  /** Runs the Ops Agent, which reports its memory. */
  readonly opsAgent: boolean;
  readonly preemptible: boolean;
  /** When it is not running it is suspended, not stopped. */
  readonly suspends: boolean;
  readonly life: Life;
  /** Epoch seconds; its time series stay, and all else is gone. */
  readonly deletedAt: number;
}

/** Seconds between a VM's deletion and the start of its namesake. */
const rebirthSeconds = 600;

/** What the ids of the VMs of a place are made of; most places have only the first. */
export function idsAt(index: number): readonly [number, number] {
  return [index * 2, index * 2 + 1];
}

/** The VMs that a place in the world ever held: one, or a deleted one and its namesake. */
export function makeVms(cell: Cell, index: number): readonly Vm[] {
  const group = vmGroupOf(cell.firstNumber + index);
  const { utcOffsetHours } = cell.zone;
  const seed = mix(cell.seed, index);
  if (group.life !== 'reborn') return [makeVm(cell, index, 0, lifeOf(group.life, seed, cell.anchor, utcOffsetHours))];
  const first = lifeOf('stopped_recently', seed, cell.anchor, utcOffsetHours);
  const end = first.runs.at(-1) ?? cell.anchor;
  const second: Life = { ...first, runs: [end + rebirthSeconds, Number.POSITIVE_INFINITY] };
  return [makeVm(cell, index, 0, first, end), makeVm(cell, index, 1, second)];
}

function makeVm(cell: Cell, index: number, incarnation: 0 | 1, life: Life, deletedAt = Number.POSITIVE_INFINITY): Vm {
  const place = mix(cell.seed, index);
  const seed = incarnation === 0 ? place : mix(place, 99);
  const number = cell.firstNumber + index;
  const group = vmGroupOf(number);
  const name = `${group.name}-${String(number).padStart(4, '0')}`;
  return {
    cell,
    index,
    seed,
    id: numericIdOf(cell, 'instance', idsAt(index)[incarnation]),
    name,
    group,
    type: machineTypeNamed(pick(group.types, place, 1)),
    address: [10, cell.network + (index >>> 16), (index >>> 8) & 255, index & 255].join('.'),
    disks: [...disksOf(group, name, place), ...sharedDisks(cell, index)],
    opsAgent: draw(seed, 31) < 0.45,
    preemptible: group.load === 'batch' && draw(seed, 32) < 0.3,
    suspends: draw(seed, 33) < 0.4,
    life,
    deletedAt,
  };
}

function disksOf({ load }: VmGroup, name: string, seed: number): readonly Disk[] {
  const boot: Disk = { deviceName: 'persistent-disk-0', ordinal: 0, sizeGb: 20, type: 'pd-balanced' };
  const disks = [draw(seed, 6) < 0.5 ? boot : { ...boot, deviceName: name }];
  if (load === 'replica' || draw(seed, 7) < 0.35) {
    disks.push({
      deviceName: `${name}-data`,
      ordinal: 1,
      sizeGb: 200,
      type: load === 'replica' ? 'pd-ssd' : 'pd-standard',
      ...(draw(seed, 9) < 0.25 ? { regional: true } : {}),
    });
  }
  if (load === 'batch' && draw(seed, 8) < 0.3) {
    disks.push({ deviceName: 'local-ssd-0', ordinal: 2, sizeGb: 375, type: 'local-ssd' });
  }
  return disks;
}

/** Here and there two neighbours that are always on share a disk, and each calls it by a name of its own. */
function sharedDisks(cell: Cell, index: number): readonly Disk[] {
  const first = index - (index % 12 === 5 ? 1 : 0);
  if (first % 12 !== 4 || first + 1 >= cell.count) return [];
  const pair = [first, first + 1].map((each) => vmGroupOf(cell.firstNumber + each));
  if (pair.some(({ life }) => life !== 'always_on')) return [];
  return [{ deviceName: `shared-${index % 12}`, ordinal: 3, sizeGb: 500, type: 'pd-ssd', sharedFrom: first }];
}
