import { stateAt } from '../fleet/life.ts';
import type { ResourceJson } from './compute-filter.ts';
import type { Disk, Vm } from './vm.ts';

/** Fields that filters of instances may name. */
export const instanceFields = [
  ...['id', 'name', 'status', 'zone', 'machineType', 'labels', 'creationTimestamp', 'selfLink', 'scheduling'],
  ...['lastStartTimestamp', 'lastStopTimestamp', 'cpuPlatform', 'deletionProtection', 'tags', 'description'],
];

/** For so long after its start a VM is STAGING, and after its end STOPPING or SUSPENDING. */
const transitionSeconds = 60;

const api = 'https://www.googleapis.com/compute/v1';

/** The URL of something in a zone. */
export function zonalUrl({ cell: { project, zone } }: Pick<Vm, 'cell'>, kind: string, name: string): string {
  return `${api}/projects/${project.id}/zones/${zone.name}/${kind}/${name}`;
}

/** The URL of a zone. */
export function zoneUrl({ cell: { project, zone } }: Pick<Vm, 'cell'>): string {
  return `${api}/projects/${project.id}/zones/${zone.name}`;
}

/** The URL of a zone's region. */
export function regionUrl({ cell: { project, zone } }: Pick<Vm, 'cell'>): string {
  return `${api}/projects/${project.id}/regions/${zone.region}`;
}

/** An instance as it is listed at `now` (epoch seconds); undefined before its birth and from its deletion on. */
export function instanceJson(vm: Vm, now: number): ResourceJson | undefined {
  const state = stateAt(vm.life, now);
  if (state === undefined || vm.deletedAt <= now) return undefined;
  const { cell, group, name } = vm;
  const stoppedAt = state.stoppedAt ?? stateAt(vm.life, state.launchedAt - 1)?.stoppedAt;
  return {
    kind: 'compute#instance',
    id: vm.id,
    creationTimestamp: computeTimestamp(vm.life.runs[0] ?? state.launchedAt),
    name,
    tags: { items: [group.name], fingerprint: '42WmSpB8rSM=' },
    machineType: zonalUrl(vm, 'machineTypes', vm.type.name),
    status: statusOf(vm, state, now),
    zone: zoneUrl(vm),
    cpuPlatform: state.name === 'running' ? 'Intel Ice Lake' : 'Unknown CPU Platform',
    networkInterfaces: [
      {
        kind: 'compute#networkInterface',
        network: `${api}/projects/${cell.project.id}/global/networks/default`,
        subnetwork: `${api}/projects/${cell.project.id}/regions/${cell.zone.region}/subnetworks/default`,
        networkIP: vm.address,
        name: 'nic0',
        stackType: 'IPV4_ONLY',
      },
    ],
    disks: vm.disks.map((disk, index) => attachedDisk(vm, disk, index)),
    scheduling: {
      onHostMaintenance: vm.preemptible ? 'TERMINATE' : 'MIGRATE',
      automaticRestart: !vm.preemptible,
      preemptible: vm.preemptible,
      provisioningModel: vm.preemptible ? 'SPOT' : 'STANDARD',
    },
    selfLink: zonalUrl(vm, 'instances', name),
    labels: { env: group.env, team: group.team, role: group.name },
    labelFingerprint: '42WmSpB8rSM=',
    startRestricted: false,
    deletionProtection: group.load === 'replica',
    lastStartTimestamp: computeTimestamp(state.launchedAt),
    ...(stoppedAt === undefined ? {} : { lastStopTimestamp: computeTimestamp(stoppedAt) }),
  };
}

function statusOf(vm: Vm, state: NonNullable<ReturnType<typeof stateAt>>, now: number): string {
  if (state.name === 'running') return now - state.launchedAt < transitionSeconds ? 'STAGING' : 'RUNNING';
  const stopping = now - (state.stoppedAt ?? now) < transitionSeconds;
  if (vm.suspends) return stopping ? 'SUSPENDING' : 'SUSPENDED';
  return stopping ? 'STOPPING' : 'TERMINATED';
}

function attachedDisk(vm: Vm, disk: Disk, index: number): ResourceJson {
  const scratch = disk.type === 'local-ssd';
  return {
    kind: 'compute#attachedDisk',
    type: scratch ? 'SCRATCH' : 'PERSISTENT',
    mode: 'READ_WRITE',
    ...(scratch ? {} : { source: diskUrl(vm, disk) }),
    deviceName: disk.deviceName,
    index,
    boot: index === 0,
    autoDelete: index === 0,
    interface: scratch ? 'NVME' : 'SCSI',
    diskSizeGb: String(disk.sizeGb),
  };
}

/** The name of a persistent disk, which need not be what its VM calls it. */
export function diskName({ cell, name }: Vm, { ordinal, sharedFrom }: Disk): string {
  if (sharedFrom !== undefined) return `shared-${cell.firstNumber + sharedFrom}`;
  return ordinal === 0 ? name : `${name}-data`;
}

/** The URL of a persistent disk: of the region where it is kept in two of its zones. */
export function diskUrl(vm: Vm, disk: Disk): string {
  return placeUrl(vm, disk, 'disks', diskName(vm, disk));
}

/** The URL of something in the place of a disk. */
export function placeUrl(vm: Vm, { regional }: Disk, kind: string, name: string): string {
  return regional ? `${regionUrl(vm)}/${kind}/${name}` : zonalUrl(vm, kind, name);
}

/** Compute Engine tells time on Pacific clocks. */
export function computeTimestamp(epochSeconds: number): string {
  return new Date((epochSeconds - 8 * 3600) * 1000).toISOString().replace('Z', '-08:00');
}
