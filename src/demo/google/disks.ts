import { stateAt } from '../fleet/life.ts';
import type { Cell } from './cell.ts';
import { diskName } from './instance-json.ts';
import type { Disk, Vm } from './vm.ts';
import { vmsAt } from './world.ts';

/** A persistent disk as a resource of its own. */
export interface PersistentDisk {
  readonly cell: Cell;
  /** Its place: {@link diskPlaces}. */
  readonly place: number;
  readonly name: string;
  readonly sizeGb: number;
  readonly regional: boolean;
  /** The VMs that it is attached to, and what it is to each. None of one that somebody forgot. */
  readonly attachments: readonly { readonly vm: Vm; readonly disk: Disk }[];
}

/** Ordinals that a VM's persistent disks may have. */
const ordinals = [0, 1, 3];

/** Numbered places for disks in a cell, each holding one disk or none: three for each VM, and some for what nobody uses. */
export function diskPlaces({ count }: Cell): number {
  return count * ordinals.length + Math.ceil(count / 20);
}

/** The disk of a place as it is at `now` (epoch seconds). */
export function diskAt(cell: Cell, place: number, now: number): PersistentDisk | undefined {
  const index = Math.floor(place / ordinals.length);
  const ordinal = ordinals[place % ordinals.length];
  if (index >= cell.count) return place < diskPlaces(cell) ? looseDisk(cell, place) : undefined;
  const [own] = attachmentsAt(cell, index, now, ({ disk }) => disk.ordinal === ordinal);
  if (own === undefined) return undefined;
  const { sharedFrom, sizeGb, regional = false } = own.disk;
  if (sharedFrom !== undefined && sharedFrom !== index) return undefined;
  const others =
    sharedFrom === undefined ? [] : attachmentsAt(cell, index + 1, now, ({ disk }) => disk.sharedFrom === sharedFrom);
  return { cell, place, name: diskName(own.vm, own.disk), sizeGb, regional, attachments: [own, ...others] };
}

function looseDisk(cell: Cell, place: number): PersistentDisk {
  const number = cell.firstNumber + place - cell.count * ordinals.length;
  return { cell, place, name: `loose-${number}`, sizeGb: 100, regional: false, attachments: [] };
}

type Attachment = PersistentDisk['attachments'][number];

function attachmentsAt(cell: Cell, index: number, now: number, wanted: (one: Attachment) => boolean): Attachment[] {
  const vm = vmsAt(cell, index).find(({ deletedAt, life }) => deletedAt > now && stateAt(life, now) !== undefined);
  return (vm?.disks ?? []).flatMap((disk) => (vm !== undefined && wanted({ vm, disk }) ? [{ vm, disk }] : []));
}

/** The disk that a URL names, as it is at `now`. */
export function findDisk(cells: readonly Cell[], url: string, now: number): PersistentDisk | undefined {
  const [, kind, where, name] = /\/(zones|regions)\/([^/]+)\/disks\/([^/]+)$/.exec(url) ?? [];
  for (const cell of cells) {
    if (where !== (kind === 'zones' ? cell.zone.name : cell.zone.region)) continue;
    for (let place = 0; place < diskPlaces(cell); place++) {
      const disk = diskAt(cell, place, now);
      if (disk?.name === name && disk?.regional === (kind === 'regions')) return disk;
    }
  }
  return undefined;
}
