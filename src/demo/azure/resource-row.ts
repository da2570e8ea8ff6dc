import { hashText } from '../fleet/hash.ts';
import type { Row } from './kql-values.ts';
import { isRunning } from './quantity.ts';
import { existenceOf, type Resource, resourceIdOf } from './resource.ts';
import { machineId, propertiesOf } from './resource-properties.ts';
import { systemDatabase } from './sql-database.ts';
import { looseOrdinal } from './virtual-machine.ts';
import { type Candidate, resolve } from './world.ts';

/** The columns of the table `resources`, and which of them are dynamic: of no type of their own. */
export const resourceColumns: ReadonlyMap<string, { readonly dynamic: boolean }> = new Map([
  ...ofKind(false, 'id name type tenantId kind location resourceGroup subscriptionId managedBy'),
  ...ofKind(true, 'sku plan properties tags identity zones extendedLocation'),
]);

function ofKind(dynamic: boolean, names: string): [string, { readonly dynamic: boolean }][] {
  return names.split(' ').map((name) => [name, { dynamic }]);
}

/** A row of `resources`. Its columns are computed when they are asked for, and nothing is kept. @param now epoch seconds */
export function resourceRow(candidate: Candidate, now: number): Row {
  return (column) => {
    const { type, cell } = candidate;
    if (column === 'type') return type;
    if (column === 'location') return cell.region.name;
    if (column === 'subscriptionId') return cell.subscription.id;
    if (column === 'tenantId') return cell.tenant.id;
    const resource = resolve(candidate);
    return resource && columnOf(resource, column, now);
  };
}

function columnOf(resource: Resource, column: string, now: number): unknown {
  switch (column) {
    case 'id':
      return idInGraph(resource);
    case 'name':
      return existenceOf(resource).name.split('/').at(-1);
    case 'kind':
      if (resource.type !== 'microsoft.sql/servers/databases') return '';
      return resource.database.name === systemDatabase ? 'v12.0,system' : 'v12.0,user';
    case 'resourceGroup':
      return existenceOf(resource).resourceGroup.toLowerCase();
    case 'managedBy':
      return resource.type === 'microsoft.compute/disks' && resource.ordinal !== looseOrdinal
        ? machineId(resource.vm)
        : '';
    case 'sku':
      return skuOf(resource, now);
    case 'properties':
      return propertiesOf(resource, now);
    case 'tags':
      return tagsOf(resource);
    case 'zones': {
      const zone = 'vm' in resource && !('ordinal' in resource) ? resource.vm.zone : undefined;
      return zone === undefined ? null : [zone];
    }
    default:
      return null;
  }
}

/** Resource Graph spells some ids otherwise than the services do: groups in capitals, or all in small letters. */
function idInGraph(resource: Resource): string {
  const id = resourceIdOf(resource);
  const way = hashText(0, id) % 10;
  if (way < 5) return id;
  if (way < 8) return id.replace(/(?<=resourceGroups\/)[^/]+/, (group) => group.toUpperCase());
  return id.toLowerCase();
}

function skuOf(resource: Resource, now: number): unknown {
  switch (resource.type) {
    case 'microsoft.compute/disks':
      return { name: 'Premium_LRS', tier: 'Premium' };
    case 'microsoft.compute/virtualmachinescalesets': {
      const { size, instances, mode } = resource.scaleSet;
      const capacity = instances.filter(({ runs }) => isRunning(runs, now)).length;
      return { name: size.name, tier: 'Standard', ...(mode === 'Uniform' ? { capacity } : {}) };
    }
    case 'microsoft.sql/servers/databases': {
      const { name, tier, capacity } = resource.database.sku;
      return { name, tier, capacity };
    }
    default:
      return null;
  }
}

function tagsOf(resource: Resource): unknown {
  if (!('vm' in resource)) return {};
  const { profile } = resource.vm;
  return { env: profile.env, team: profile.team, role: profile.name };
}
