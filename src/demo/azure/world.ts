import { hashText } from '../fleet/hash.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import type { Cell } from './cell.ts';
import { findRegion } from './regions.ts';
import { existenceOf, type Resource, type ResourceType, resourceIdOf, resourceTypes } from './resource.ts';
import { makeScaleSet } from './scale-set.ts';
import { makeSqlDatabase, systemDatabase } from './sql-database.ts';
import type { SimTenant } from './tenants.ts';
import { hasLooseDisk, looseOrdinal, makeVirtualMachine, type VirtualMachine } from './virtual-machine.ts';

/** The simulated fleet: a pure function of seed, tenants and anchor. */
export interface World {
  readonly tenants: readonly SimTenant[];
  readonly cells: readonly Cell[];
  /** The resource that an id names, in whatever spelling and whether or not it exists at present. */
  find(id: string): Resource | undefined;
}

/**
 * Makes the world.
 *
 * @param seed 32-bit integer; equal seeds, tenants and anchors give equal worlds
 * @param anchorSeconds epoch seconds that "today" and "recently" are told from; rounded down to five minutes
 */
export function makeWorld(tenants: readonly SimTenant[], seed: number, anchorSeconds: number): World {
  const anchor = Math.floor(anchorSeconds / slotSeconds) * slotSeconds;
  const cells = tenants.flatMap((tenant) => makeCells(tenant, seed, anchor));
  const bySubscription = Map.groupBy(cells, ({ subscription }) => subscription.id);
  return { tenants, cells, find: (id) => findResource(bySubscription, id) };
}

function makeCells(tenant: SimTenant, worldSeed: number, anchor: number): Cell[] {
  let nextNumber = 1;
  const places = tenant.subscriptions.flatMap((subscription) =>
    Object.entries(subscription.regions).map(([name, count]) => ({ subscription, name, count })),
  );
  return places.map(({ subscription, name, count }) => {
    const region = findRegion(name);
    if (region === undefined) throw new RangeError(`no region ${name} in the simulation`);
    const seed = hashText(worldSeed, `${subscription.id}/${name}`);
    const firstNumber = nextNumber;
    nextNumber += count;
    const scaleSets = Math.min(9, 1 + Math.ceil(count / 60));
    const databases = Math.min(40, Math.ceil(count / 25));
    const network = (seed % 60) * 4;
    return { tenant, subscription, region, seed, count, firstNumber, scaleSets, databases, network, anchor };
  });
}

const recent = new WeakMap<Cell, Map<number, VirtualMachine>>();
const keptMachines = 4096;

/** The machine of that index, from 0 to `count - 1`. Remembers a few thousand at most. */
export function machineAt(cell: Cell, index: number): VirtualMachine {
  const known = recent.get(cell) ?? new Map<number, VirtualMachine>();
  const remembered = known.get(index);
  if (remembered !== undefined) return remembered;
  if (known.size >= keptMachines) known.clear();
  const machine = makeVirtualMachine(cell, index);
  recent.set(cell, known.set(index, machine));
  return machine;
}

/** A resource that a cell may ever have had: {@link resolve} tells whether it did. */
export interface Candidate {
  readonly type: ResourceType;
  readonly cell: Cell;
  readonly index: number;
  /** Of a machine's network interfaces or disks. Else 0. */
  readonly ordinal: number;
}

/** All that could be a resource of a cell. Cheap: nothing of a resource is computed. */
export function* candidatesOf(cell: Cell): Generator<Candidate> {
  for (const type of typeNames) {
    const count = countOf(cell, type);
    const ordinals = ordinalsOf(type);
    for (let index = 0; index < count; index++) {
      for (let ordinal = 0; ordinal < ordinals; ordinal++) yield { type, cell, index, ordinal };
    }
  }
}

function countOf(cell: Cell, type: ResourceType): number {
  if (type === 'microsoft.compute/virtualmachinescalesets') return cell.scaleSets;
  // Beside the databases of a server there is its own.
  return type === 'microsoft.sql/servers/databases' ? cell.databases + 1 : cell.count;
}

/** Machines are numbered throughout a tenant, the others within their region. */
function isNumberedInTenant(type: ResourceType): boolean {
  return type === 'microsoft.compute/virtualmachines' || isDevice(type);
}

/** A machine has up to two network interfaces, and up to two disks with one that it had. */
function ordinalsOf(type: ResourceType): number {
  if (type === 'microsoft.compute/disks') return looseOrdinal + 1;
  return isDevice(type) ? 2 : 1;
}

function isDevice(type: ResourceType): boolean {
  return type === 'microsoft.network/networkinterfaces' || type === 'microsoft.compute/disks';
}

/** Computes a resource. */
export function resolve({ type, cell, index, ordinal }: Candidate): Resource | undefined {
  if (index >= countOf(cell, type)) return undefined;
  switch (type) {
    case 'microsoft.compute/virtualmachinescalesets':
      return { type, scaleSet: makeScaleSet(cell, index) };
    case 'microsoft.sql/servers/databases':
      return { type, database: makeSqlDatabase(cell, index) };
    case 'microsoft.compute/virtualmachines':
      return { type, vm: machineAt(cell, index) };
    default: {
      const vm = machineAt(cell, index);
      const count = type === 'microsoft.compute/disks' ? vm.disks : vm.interfaces;
      const isThere = ordinal < count || (ordinal === looseOrdinal && hasLooseDisk(vm));
      return isThere ? { type, vm, ordinal } : undefined;
    }
  }
}

const idPattern = /^\/subscriptions\/([^/]+)\/resourcegroups\/[^/]+\/providers\/([^/]+(?:\/[^/]+\/[^/]+)+)$/;

function findResource(cells: ReadonlyMap<string, readonly Cell[]>, anySpelling: string): Resource | undefined {
  const id = anySpelling.toLowerCase();
  const [, subscriptionId = '', path = ''] = idPattern.exec(id) ?? [];
  const parts = path.split('/');
  const type = knownType([parts[0], ...parts.filter((_, i) => i % 2 === 1)].join('/'));
  const name = parts.filter((_, i) => i > 0 && i % 2 === 0);
  const resource = type && resourceNamed(cells.get(subscriptionId) ?? [], type, name);
  return resource && resourceIdOf(resource).toLowerCase() === id ? resource : undefined;
}

/** The simulated type that a text names in any spelling. */
export function knownType(text: string): ResourceType | undefined {
  const wanted = text.toLowerCase();
  for (const type of typeNames) if (type === wanted) return type;
  return undefined;
}

/** All simulated types. */
export const typeNames = ownKeys(resourceTypes);

function ownKeys<const T extends object>(value: T): readonly (keyof T & string)[] {
  const keys: (keyof T & string)[] = [];
  for (const key in value) keys.push(key);
  return keys;
}

/** The resource that a name could be of: the caller compares the whole id. */
function resourceNamed(cells: readonly Cell[], type: ResourceType, name: readonly string[]): Resource | undefined {
  const last = name.at(-1) ?? '';
  const [, text = '', ordinal = '0'] = /-(\d+)(?:-(?:nic|disk)(\d))?$/.exec(last) ?? [];
  const number = Number.parseInt(text, 10);
  for (const cell of cells) {
    const own = last === systemDatabase ? cell.databases : number;
    const index = isNumberedInTenant(type) ? number - cell.firstNumber : own;
    if (!(index >= 0)) continue;
    const found = resolve({ type, cell, index, ordinal: Number(ordinal) });
    if (found && existenceOf(found).name === name.join('/')) return found;
  }
  return undefined;
}
