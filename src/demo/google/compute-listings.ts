import type { Listing } from './aggregated-list.ts';
import { type Cell, numericIdOf } from './cell.ts';
import type { ResourceJson } from './compute-filter.ts';
import { diskAt, diskPlaces, type PersistentDisk } from './disks.ts';
import {
  computeTimestamp,
  diskUrl,
  instanceFields,
  instanceJson,
  placeUrl,
  regionUrl,
  zonalUrl,
  zoneUrl,
} from './instance-json.ts';
import { type MachineType, machineTypes } from './machine-types.ts';
import type { SimProject } from './projects.ts';
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

/** The persistent disks of a project; some belong to a region. */
export function disks(world: World, project: SimProject, now: number): Listing {
  const json = (cell: Cell, place: number, regional: boolean) => {
    const disk = diskAt(cell, place, now);
    return disk?.regional === regional ? diskJson(disk) : undefined;
  };
  return {
    plural: 'disks',
    kind: 'compute#diskAggregatedList',
    fields: ['id', 'name', 'status', 'zone', 'type', 'sizeGb', 'labels', 'creationTimestamp', 'selfLink', 'users'],
    places: (zone) => placesIn(cellIn(world, project, zone)),
    at: (zone, place) => {
      const cell = cellIn(world, project, zone);
      return cell && json(cell, place, false);
    },
    regional: {
      places: (region) => cellsIn(world, project, region).reduce((sum, cell) => sum + diskPlaces(cell), 0),
      at: (region, place) => {
        let first = 0;
        for (const cell of cellsIn(world, project, region)) {
          if (place < first + diskPlaces(cell)) return json(cell, place - first, true);
          first += diskPlaces(cell);
        }
        return undefined;
      },
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

function cellsIn(world: World, project: SimProject, region: string): readonly Cell[] {
  return world.cells(project).filter(({ zone }) => zone.region === region);
}

function placesIn(cell: Cell | undefined): number {
  return cell === undefined ? 0 : diskPlaces(cell);
}

function diskJson({ cell, place, name, sizeGb, attachments }: PersistentDisk): ResourceJson {
  const common = {
    kind: 'compute#disk',
    id: numericIdOf(cell, 'disk', place),
    name,
    sizeGb: String(sizeGb),
    status: 'READY',
    physicalBlockSizeBytes: '4096',
  };
  const [first] = attachments;
  if (first === undefined) {
    return {
      ...common,
      creationTimestamp: computeTimestamp(cell.anchor - 40 * 86_400),
      lastAttachTimestamp: computeTimestamp(cell.anchor - 40 * 86_400),
      lastDetachTimestamp: computeTimestamp(cell.anchor - 20 * 86_400),
      zone: zoneUrl({ cell }),
      selfLink: zonalUrl({ cell }, 'disks', name),
      type: zonalUrl({ cell }, 'diskTypes', 'pd-standard'),
    };
  }
  const { vm, disk } = first;
  return {
    ...common,
    creationTimestamp: computeTimestamp(vm.life.runs[0] ?? 0),
    lastAttachTimestamp: computeTimestamp(vm.life.runs[0] ?? 0),
    ...(disk.regional ? { region: regionUrl(vm) } : { zone: zoneUrl(vm) }),
    selfLink: diskUrl(vm, disk),
    type: placeUrl(vm, disk, 'diskTypes', disk.type),
    users: attachments.map((each) => zonalUrl(each.vm, 'instances', each.vm.name)),
    labels: { team: vm.group.team },
  };
}
