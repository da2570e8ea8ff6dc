/** A size of virtual machines, with Azure's own numbers. */
export interface VmSize {
  /** As in `hardwareProfile.vmSize`. */
  readonly name: string;
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly architecture: 'x64' | 'Arm64';
}

type Row = readonly [name: string, family: string, vcpus: number, memoryGib: number];

const x64: readonly Row[] = [
  ['Standard_B1s', 'standardBSFamily', 1, 1],
  ['Standard_B2s', 'standardBSFamily', 2, 4],
  ['Standard_B2ms', 'standardBSFamily', 2, 8],
  ['Standard_B4ms', 'standardBSFamily', 4, 16],
  ['Standard_A1_v2', 'standardAv2Family', 1, 2],
  ['Standard_DS1_v2', 'standardDSv2Family', 1, 3.5],
  ['Standard_D2s_v3', 'standardDSv3Family', 2, 8],
  ['Standard_D2s_v5', 'standardDSv5Family', 2, 8],
  ['Standard_D4s_v5', 'standardDSv5Family', 4, 16],
  ['Standard_D8ds_v5', 'standardDDSv5Family', 8, 32],
  ['Standard_D16s_v5', 'standardDSv5Family', 16, 64],
  ['Standard_F2s_v2', 'standardFSv2Family', 2, 4],
  ['Standard_F4s_v2', 'standardFSv2Family', 4, 8],
  ['Standard_F16s_v2', 'standardFSv2Family', 16, 32],
  ['Standard_F32s_v2', 'standardFSv2Family', 32, 64],
  ['Standard_E4s_v5', 'standardESv5Family', 4, 32],
  ['Standard_E8ds_v5', 'standardEDSv5Family', 8, 64],
  ['Standard_L8s_v3', 'standardLSv3Family', 8, 64],
];

const arm64: readonly Row[] = [
  ['Standard_D2ps_v5', 'standardDPSv5Family', 2, 8],
  ['Standard_D4ps_v5', 'standardDPSv5Family', 4, 16],
];

/** The sizes that the simulation knows, by name. */
export const vmSizes: ReadonlyMap<string, VmSize> = new Map(
  [...x64.map((row) => vmSize(row, 'x64')), ...arm64.map((row) => vmSize(row, 'Arm64'))].map((size) => [
    size.name,
    size,
  ]),
);

function vmSize([name, family, vcpus, memoryGib]: Row, architecture: VmSize['architecture']): VmSize {
  return { name, family, vcpus, memoryGib, architecture };
}

/** The size of that name. @throws RangeError for one that the table lacks: the world names only known sizes */
export function vmSizeNamed(name: string): VmSize {
  const size = vmSizes.get(name);
  if (size === undefined) throw new RangeError(`no VM size ${name} in the simulation`);
  return size;
}
