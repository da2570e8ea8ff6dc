import { stateAt } from '../fleet/life.ts';
import type { Listing } from './aggregated-list.ts';
import { type Cell, numericIdOf } from './cell.ts';
import type { ResourceJson } from './compute-filter.ts';
import { computeTimestamp, diskName, instanceFields, instanceJson, zonalUrl, zoneUrl } from './instance-json.ts';
import { type MachineType, machineTypes } from './machine-types.ts';
import type { SimProject } from './projects.ts';
import type { Vm } from './vm.ts';
import { vmsAt, type World } from './world.ts';
import type { Zone } from './zones.ts';

/** The instances of a project, as they are at `now` (epoch seconds). */
export function instances(world: World, project: SimProject, now: number): Listing {
  return {
    plural: 'instances',
    kind: 'compute#instanceAggregatedList',
    fields: instanceFields,
    places: (zone) => cellIn(world, project, zone)?.count ?? 0,
    at: (zone, place) => {
      const cell = cellIn(world, project, zone);
      return (
        cell &&
        vmsAt(cell, place)
          .values()
          .map((vm) => instanceJson(vm, now))
          .find((json) => json !== undefined)
      );
    },
  };
}

const mostDisks = 2;

/** The persistent disks of a project: two places for each VM. */
export function disks(world: World, project: SimProject, now: number): Listing {
  return {
    plural: 'disks',
    kind: 'compute#diskAggregatedList',
    fields: ['id', 'name', 'status', 'zone', 'type', 'sizeGb', 'labels', 'creationTimestamp', 'selfLink', 'users'],
    places: (zone) => (cellIn(world, project, zone)?.count ?? 0) * mostDisks,
    at: (zone, place) => {
      const cell = cellIn(world, project, zone);
      const vm =
        cell && vmsAt(cell, Math.floor(place / mostDisks)).find((one) => one.deletedAt > now && stateAt(one.life, now));
      return vm && diskJson(vm, place % mostDisks);
    },
  };
}

/** The predefined machine types, which each zone lists. */
export function predefinedTypes(project: SimProject): Listing {
  return {
    plural: 'machineTypes',
    kind: 'compute#machineTypeAggregatedList',
    fields: ['id', 'name', 'zone', 'guestCpus', 'memoryMb', 'isSharedCpu', 'description', 'selfLink'],
    places: () => machineTypes.length,
    at: (zone, place) => {
      const type = machineTypes[place];
      return type && machineTypeJson(type, project, zone);
    },
  };
}

/** A machine type as a zone tells it. */
export function machineTypeJson(type: MachineType, project: SimProject, zone: Zone): ResourceJson {
  const { name, vcpus, memoryMb, sharedCore } = type;
  return {
    kind: 'compute#machineType',
    id: String(3000 + machineTypes.indexOf(type)),
    creationTimestamp: '1969-12-31T16:00:00.000-08:00',
    name,
    description: `${vcpus} vCPU, ${memoryMb} MB RAM`,
    guestCpus: vcpus,
    memoryMb,
    maximumPersistentDisks: sharedCore ? 16 : 128,
    maximumPersistentDisksSizeGb: sharedCore ? '3072' : '263168',
    zone: zone.name,
    selfLink: `https://www.googleapis.com/compute/v1/projects/${project.id}/zones/${zone.name}/machineTypes/${name}`,
    isSharedCpu: sharedCore,
  };
}

function cellIn(world: World, project: SimProject, zone: Zone): Cell | undefined {
  return world.cells(project).find((cell) => cell.zone === zone);
}

function diskJson(vm: Vm, ordinal: number): ResourceJson | undefined {
  const disk = vm.disks.find((one) => one.ordinal === ordinal && one.type !== 'local-ssd');
  if (disk === undefined) return undefined;
  const name = diskName(vm, disk);
  return {
    kind: 'compute#disk',
    id: numericIdOf(vm.cell, 'disk', vm.index * mostDisks + ordinal),
    creationTimestamp: computeTimestamp(vm.life.runs[0] ?? 0),
    name,
    sizeGb: String(disk.sizeGb),
    zone: zoneUrl(vm),
    status: 'READY',
    selfLink: zonalUrl(vm, 'disks', name),
    type: zonalUrl(vm, 'diskTypes', disk.type),
    users: [zonalUrl(vm, 'instances', vm.name)],
    labels: { team: vm.group.team },
    physicalBlockSizeBytes: '4096',
  };
}
