import { type DBInstance, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import type { ResourceState } from '#model/resource.ts';
import type { TypeFacts } from '../instance-types.ts';
import type { RowResource } from '../resource.ts';
import type { RowSetId } from '../rows.ts';
import { type RowTypeId, traitsOf } from '../types.ts';
import type { ListingContext } from './context.ts';

const pageSize = 100;

/** Instances of RDS and DocumentDB, which have one API. Free. @param types which of the two */
export async function* listDatabases(
  context: ListingContext,
  types: ReadonlySet<string>,
): AsyncGenerator<RowResource[]> {
  const { clients, lookUpTypes, send, region, signal } = context;
  const client = clients.of(RDSClient, region);
  let marker: string | undefined;
  do {
    const input = { MaxRecords: pageSize, ...(marker === undefined ? {} : { Marker: marker }) };
    const reply = await send(
      { api: 'rds:DescribeDBInstances', region },
      (abortSignal) => client.send(new DescribeDBInstancesCommand(input), { abortSignal }),
      signal,
    );
    const found = (reply.DBInstances ?? []).flatMap((instance) => {
      const kind = kindOf(instance.Engine);
      return kind !== undefined && types.has(kind.type) ? [{ instance, kind }] : [];
    });
    const classes = new Set(found.flatMap(({ instance }) => instanceTypeOf(instance) ?? []));
    const facts = classes.size === 0 ? undefined : await lookUpTypes(classes, region, signal);
    yield found.flatMap(({ instance, kind }) =>
      databaseOf(instance, kind, facts?.get(instanceTypeOf(instance) ?? ''), context),
    );
    marker = reply.Marker || undefined;
  } while (marker !== undefined);
}

interface Kind {
  readonly type: RowTypeId;
  readonly rows: RowSetId;
}

/** Neptune has the same API too, and is not measured. */
function kindOf(engine = ''): Kind | undefined {
  if (engine === 'neptune') return undefined;
  if (engine === 'docdb') return { type: 'docdb_instance', rows: 'documentdb' };
  return { type: 'rds_instance', rows: engine.startsWith('aurora') ? 'aurora' : 'rds' };
}

/** `m5.large` of `db.m5.large`, whose memory is the same; a class with more to its name has a memory of its own. */
function instanceTypeOf({ DBInstanceClass }: DBInstance): string | undefined {
  return /^db\.([a-z0-9-]+\.[a-z0-9-]+)$/.exec(DBInstanceClass ?? '')?.[1];
}

function databaseOf(
  instance: DBInstance,
  { type, rows }: Kind,
  facts: TypeFacts | undefined,
  { account, region }: ListingContext,
): RowResource[] {
  const { DBInstanceArn: id, DBInstanceIdentifier: name, AllocatedStorage: gibibytes } = instance;
  if (id === undefined || name === undefined) return [];
  const createdAt = instance.InstanceCreateTime;
  const zone = instance.AvailabilityZone;
  return [
    {
      ...traitsOf(type),
      provider: 'aws',
      account,
      region,
      id,
      name,
      state: stateOf(instance.DBInstanceStatus),
      instanceType: instance.DBInstanceClass ?? '',
      platform: [instance.Engine, instance.EngineVersion].filter(Boolean).join(' '),
      tags: Object.fromEntries(
        (instance.TagList ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
      ),
      externalLink: `https://${region}.console.aws.amazon.com/rds/home?region=${region}#database:id=${name}`,
      ...(zone === undefined ? {} : { zone }),
      ...(createdAt === undefined
        ? {}
        : { createdAt: createdAt.getTime() / 1000, idSince: createdAt.getTime() / 1000 }),
      ...(facts === undefined ? {} : { vcpus: facts.vcpus }),
      constants: {
        ...(facts === undefined ? {} : { 'memory.total': facts.memoryBytes }),
        ...(rows === 'rds' && gibibytes !== undefined ? { 'storage.total': gibibytes * 2 ** 30 } : {}),
      },
      rows,
      dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    },
  ];
}

/** While it is backed up, changed or upgraded an instance runs all the same. */
function stateOf(status = ''): ResourceState {
  switch (status) {
    case 'creating':
    case 'starting':
      return 'PENDING';
    case 'stopped':
    case 'stopping':
      return 'STOPPED';
    case 'deleting':
    case 'delete-precheck':
      return 'TERMINATED';
    case 'failed':
    case 'restore-error':
    case 'storage-full':
      return 'UNKNOWN';
    default:
      return /^(incompatible|inaccessible|insufficient)-/.test(status) ? 'UNKNOWN' : 'RUNNING';
  }
}
