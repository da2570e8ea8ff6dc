import type { Cell } from './cell.ts';
import type { ScaleSet } from './scale-set.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { VirtualMachine } from './virtual-machine.ts';

/** The types of the simulated resources, lower-case as Resource Graph has them, with the spelling of their ids. */
export const resourceTypes = {
  'microsoft.compute/virtualmachines': 'Microsoft.Compute/virtualMachines',
  'microsoft.network/networkinterfaces': 'Microsoft.Network/networkInterfaces',
  'microsoft.compute/disks': 'Microsoft.Compute/disks',
  'microsoft.compute/virtualmachinescalesets': 'Microsoft.Compute/virtualMachineScaleSets',
  'microsoft.sql/servers/databases': 'Microsoft.Sql/servers/databases',
} as const;

/** A resource type, lower-case. */
export type ResourceType = keyof typeof resourceTypes;

/** One resource. Network interfaces and disks are told by their machine and their number: 0, 1, or that of a disk that it had. */
export type Resource =
  | { readonly type: 'microsoft.compute/virtualmachines'; readonly vm: VirtualMachine }
  | { readonly type: 'microsoft.network/networkinterfaces'; readonly vm: VirtualMachine; readonly ordinal: number }
  | { readonly type: 'microsoft.compute/disks'; readonly vm: VirtualMachine; readonly ordinal: number }
  | { readonly type: 'microsoft.compute/virtualmachinescalesets'; readonly scaleSet: ScaleSet }
  | { readonly type: 'microsoft.sql/servers/databases'; readonly database: SqlDatabase };

/** Where and when a resource exists. */
export interface Existence {
  readonly cell: Cell;
  readonly resourceGroup: string;
  /** The last part of its id; of a database, server and database. */
  readonly name: string;
  /** Epoch seconds; the second is Infinity for one that lives. */
  readonly createdAt: number;
  readonly deletedAt: number;
}

/** Tells where and when a resource exists. What belongs to a machine comes and goes with it. */
export function existenceOf(resource: Resource): Existence {
  switch (resource.type) {
    case 'microsoft.compute/virtualmachines':
      return resource.vm;
    case 'microsoft.network/networkinterfaces':
      return { ...ofMachine(resource.vm), name: `${resource.vm.name}-nic${resource.ordinal}` };
    case 'microsoft.compute/disks':
      return { ...ofMachine(resource.vm), name: `${resource.vm.name}-disk${resource.ordinal}` };
    case 'microsoft.compute/virtualmachinescalesets':
      return { ...resource.scaleSet, deletedAt: Number.POSITIVE_INFINITY };
    case 'microsoft.sql/servers/databases': {
      const { database } = resource;
      return { ...database, name: `${database.serverName}/${database.name}`, deletedAt: Number.POSITIVE_INFINITY };
    }
  }
}

function ofMachine({ cell, resourceGroup, createdAt, deletedAt }: VirtualMachine) {
  return { cell, resourceGroup, createdAt, deletedAt };
}

/** The id in the spelling that it was created with. Other APIs spell its letters otherwise. */
export function resourceIdOf(resource: Resource): string {
  const { cell, resourceGroup, name } = existenceOf(resource);
  const [provider, ...types] = resourceTypes[resource.type].split('/');
  const path = name.split('/').flatMap((part, i) => [types[i], part]);
  return `/subscriptions/${cell.subscription.id}/resourceGroups/${resourceGroup}/providers/${[provider, ...path].join('/')}`;
}
