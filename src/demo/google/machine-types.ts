/** What a machine type says, and what decides which metrics its VMs have. */
export interface MachineType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  /** The part of a whole vCPU that a shared-core type is promised; it may burst beyond. */
  readonly sharedCore: boolean;
  /** Only VMs of the E2 family report their memory without an agent, by the balloon driver. */
  readonly e2: boolean;
}

type Row = readonly [name: string, vcpus: number, memoryMb: number];

const whole: readonly Row[] = [
  ['e2-standard-2', 2, 8192],
  ['e2-standard-4', 4, 16_384],
  ['e2-standard-8', 8, 32_768],
  ['e2-highmem-4', 4, 32_768],
  ['n1-standard-1', 1, 3840],
  ['n1-standard-2', 2, 7680],
  ['n1-standard-4', 4, 15_360],
  ['n2-standard-2', 2, 8192],
  ['n2-standard-4', 4, 16_384],
  ['n2-standard-8', 8, 32_768],
  ['n2-standard-16', 16, 65_536],
  ['n2-highmem-4', 4, 32_768],
  ['n2-highmem-8', 8, 65_536],
  ['n2-highcpu-8', 8, 8192],
  ['n2d-standard-4', 4, 16_384],
  ['t2d-standard-2', 2, 8192],
  ['c2-standard-8', 8, 32_768],
  ['c2-standard-16', 16, 65_536],
  ['c3-standard-8', 8, 32_768],
];

const shared: readonly Row[] = [
  ['e2-micro', 2, 1024],
  ['e2-small', 2, 2048],
  ['e2-medium', 2, 4096],
  ['f1-micro', 1, 614],
  ['g1-small', 1, 1740],
];

/** The predefined types, which every zone offers. Custom ones are in no list: their names tell all. */
export const machineTypes: readonly MachineType[] = [
  ...whole.map((row) => machineType(row, false)),
  ...shared.map((row) => machineType(row, true)),
].sort((a, b) => (a.name < b.name ? -1 : 1));

const byName = new Map(machineTypes.map((type) => [type.name, type]));

function machineType([name, vcpus, memoryMb]: Row, sharedCore: boolean): MachineType {
  return { name, vcpus, memoryMb, sharedCore, e2: name.startsWith('e2-') };
}

/** The type of that name, predefined or custom: `<family>-custom-<vCPUs>-<MB>`, without a family for N1. */
export function findMachineType(name: string): MachineType | undefined {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const custom = /^(?:(?:e2|n2|n2d|n4)-)?custom-(\d+)-(\d+)(?:-ext)?$/.exec(name);
  return custom === null ? undefined : machineType([name, Number(custom[1]), Number(custom[2])], false);
}

/** The type of that name. @throws RangeError for one that the simulation lacks: the world names only known types */
export function machineTypeNamed(name: string): MachineType {
  const type = findMachineType(name);
  if (type === undefined) throw new RangeError(`no machine type ${name} in the simulation`);
  return type;
}
