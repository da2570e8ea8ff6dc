import { hashText } from '../fleet/hash.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import { type Cell, numericIdOf, readNumericId } from './cell.ts';
import { type Database, databasesOf } from './database.ts';
import type { SimProject } from './projects.ts';
import { idsAt, makeVms, type Vm } from './vm.ts';
import { findZone } from './zones.ts';

/** The simulated fleet: a pure function of seed, projects and anchor. */
export interface World {
  readonly seed: number;
  readonly projects: readonly SimProject[];
  readonly anchor: number;
  /** By id or number. */
  findProject(name: string): SimProject | undefined;
  /** The zones of a project that have servers. */
  cells(project: SimProject): readonly Cell[];
  databases(project: SimProject): readonly Database[];
}

/**
 * Makes the world.
 *
 * @param seed 32-bit integer; equal seeds, projects and anchors give equal worlds
 * @param anchorSeconds epoch seconds that "today" and "recently" are told from; rounded down to five minutes
 * @throws RangeError for a zone, region or monitored project that does not exist
 */
export function makeWorld(projects: readonly SimProject[], seed: number, anchorSeconds: number): World {
  const anchor = Math.floor(anchorSeconds / slotSeconds) * slotSeconds;
  const byName = new Map(projects.flatMap((project) => [project.id, project.number].map((name) => [name, project])));
  for (const { monitors = [] } of projects) {
    const stranger = monitors.find((id) => !byName.has(id));
    if (stranger !== undefined) throw new RangeError(`no project ${stranger} in the simulation`);
  }
  const cells = new Map(projects.map((project) => [project, cellsOf(project, seed, anchor)]));
  const databases = new Map(projects.map((project) => [project, databasesOf(project, seed, anchor)]));
  return {
    seed,
    projects,
    anchor,
    findProject: (name) => byName.get(name),
    cells: (project) => cells.get(project) ?? [],
    databases: (project) => databases.get(project) ?? [],
  };
}

function cellsOf(project: SimProject, worldSeed: number, anchor: number): readonly Cell[] {
  let firstNumber = 1;
  return Object.entries(project.zones).map(([name, count]) => {
    const zone = findZone(name);
    if (zone === undefined) throw new RangeError(`no zone ${name} in the simulation`);
    const seed = hashText(worldSeed, `${project.id}/${name}`);
    const cell = { project, zone, count, seed, firstNumber, network: (seed % 60) * 4, anchor };
    firstNumber += count;
    return cell;
  });
}

const recent = new WeakMap<Cell, Map<number, readonly Vm[]>>();
const keptPerCell = 16_384;

/** The VMs that a place ever held, by its index from 0 to `count - 1`. Remembers some thousands. */
export function vmsAt(cell: Cell, index: number): readonly Vm[] {
  const known = recent.get(cell) ?? new Map<number, readonly Vm[]>();
  const remembered = known.get(index);
  if (remembered !== undefined) return remembered;
  if (known.size >= keptPerCell) known.clear();
  const vms = makeVms(cell, index);
  recent.set(cell, known.set(index, vms));
  return vms;
}

/** All VMs that a cell ever held. Places are left out that hold no id that may be wanted: to make a VM takes longer than its id. */
export function* everyVm(cell: Cell, mayWant: (id: string) => boolean = () => true): Generator<Vm> {
  for (let index = 0; index < cell.count; index++) {
    if (idsAt(index).some((n) => mayWant(numericIdOf(cell, 'instance', n)))) yield* vmsAt(cell, index);
  }
}

/** The VM of a numeric id, deleted or not. */
export function findVm(cells: readonly Cell[], id: string): Vm | undefined {
  for (const cell of cells) {
    const n = readNumericId(cell, 'instance', id);
    if (n !== undefined && n < cell.count * 2) return vmsAt(cell, n >>> 1)[n & 1];
  }
  return undefined;
}
