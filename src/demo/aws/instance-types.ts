/** What DescribeInstanceTypes tells of a type, and what decides which metrics its instances have. */
export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** As the type says it; bare metal has none. DescribeInstances says `xen` of every instance. */
  readonly hypervisor: 'nitro' | 'xen' | 'none';
  readonly bareMetal: boolean;
  /** Gigabytes of instance store; 0 where the type has none. */
  readonly instanceStorageGb: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly burstable: boolean;
}

type Row = readonly [name: string, vcpus: number, memoryGib: number, instanceStorageGb?: number];

const nitro: readonly Row[] = [
  ['t3.micro', 2, 1],
  ['t3.medium', 2, 4],
  ['t3.large', 2, 8],
  ['t3.xlarge', 4, 16],
  ['m5.large', 2, 8],
  ['m5.2xlarge', 8, 32],
  ['m5d.xlarge', 4, 16, 150],
  ['m5d.2xlarge', 8, 32, 300],
  ['m6i.large', 2, 8],
  ['m6i.xlarge', 4, 16],
  ['m7i.4xlarge', 16, 64],
  ['c5.large', 2, 4],
  ['c5.xlarge', 4, 8],
  ['c5.9xlarge', 36, 72],
  ['c5d.4xlarge', 16, 32, 400],
  ['r5.xlarge', 4, 32],
  ['r5.2xlarge', 8, 64],
  ['i3en.xlarge', 4, 32, 2500],
];

const graviton: readonly Row[] = [
  ['t4g.medium', 2, 4],
  ['m6g.large', 2, 8],
  ['c6g.4xlarge', 16, 32],
  ['r6g.xlarge', 4, 32],
  ['m6gd.xlarge', 4, 16, 237],
];

const xen: readonly Row[] = [
  ['t2.micro', 1, 1],
  ['t2.small', 1, 2],
  ['t2.large', 2, 8],
  ['m4.large', 2, 8],
  ['m4.xlarge', 4, 16],
  ['c4.xlarge', 4, 7.5],
  ['r3.xlarge', 4, 30.5, 80],
];

const metal: readonly Row[] = [
  ['m5.metal', 96, 384],
  ['c5.metal', 96, 192],
];

/** The types that the simulation knows, with AWS's own numbers. Any other fails DescribeInstanceTypes. */
export const instanceTypes: ReadonlyMap<string, InstanceType> = new Map(
  [
    ...nitro.map((row) => instanceType(row, 'nitro', 'x86_64')),
    ...graviton.map((row) => instanceType(row, 'nitro', 'arm64')),
    ...xen.map((row) => instanceType(row, 'xen', 'x86_64')),
    ...metal.map((row) => instanceType(row, 'none', 'x86_64')),
  ].map((type) => [type.name, type]),
);

function instanceType(
  [name, vcpus, memoryGib, instanceStorageGb = 0]: Row,
  hypervisor: InstanceType['hypervisor'],
  architecture: InstanceType['architecture'],
): InstanceType {
  const bareMetal = hypervisor === 'none';
  const burstable = name.startsWith('t');
  return {
    name,
    vcpus,
    memoryMib: memoryGib * 1024,
    hypervisor,
    bareMetal,
    instanceStorageGb,
    architecture,
    burstable,
  };
}

/** The type of that name. @throws RangeError for one that the table lacks: the world names only known types */
export function instanceTypeNamed(name: string): InstanceType {
  const type = instanceTypes.get(name);
  if (type === undefined) throw new RangeError(`no instance type ${name} in the simulation`);
  return type;
}
