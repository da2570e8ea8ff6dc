import { stateAt } from '../../fleet/life.ts';
import { element, isoTime } from '../xml.ts';
import type { ManagedCall } from './call.ts';
import { bornAt, type Managed } from './kinds.ts';
import { pageOf } from './page.ts';

const engines = { database: 'postgres', aurora: 'aurora-mysql', docdb: 'docdb' } as const;

/** DescribeDBInstances of RDS, which tells of DocumentDB's instances too: pages of 20 to 100. */
export function describeDatabases(call: ManagedCall): string {
  const { resources, next } = pageOf(call, ['database', 'aurora', 'docdb'], {
    size: 'MaxRecords',
    token: 'Marker',
    smallest: 20,
    largest: 100,
    shown: 100,
    refusal: 'InvalidParameterValue',
  });
  const instances = resources.map((one) => `<DBInstance>${instanceXml(one, call.now)}</DBInstance>`).join('');
  return `<DBInstances>${instances}</DBInstances>${next === undefined ? '' : element('Marker', next)}`;
}

function instanceXml(resource: Managed, now: number): string {
  const { kind, name, id, className, storage, cell } = resource;
  const engine = kind === 'database' || kind === 'aurora' ? engines[kind] : engines.docdb;
  const stopped = stateAt(resource.life, now)?.name === 'stopped';
  return [
    element('DBInstanceIdentifier', name),
    element('DBInstanceArn', id),
    element('DBInstanceClass', `db.${className}`),
    element('DBInstanceStatus', stopped ? 'stopped' : 'available'),
    element('Engine', engine),
    element('EngineVersion', '16.4'),
    // Aurora tells a gibibyte, whatever its cluster holds.
    element('AllocatedStorage', kind === 'database' ? storage / 2 ** 30 : 1),
    element('InstanceCreateTime', isoTime(bornAt(resource))),
    element('AvailabilityZone', `${cell.region.code}a`),
    `<TagList><Tag>${element('Key', 'team')}${element('Value', 'data')}</Tag></TagList>`,
  ].join('');
}
