import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { collectRegion } from '#collect/collect-region.ts';
import type { CollectError } from '#model/errors.ts';
import { valuesAt } from '#model/record.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import type { Faults } from '../../demo/aws/faults.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { aws } from './index.ts';
import {
  account,
  connectTo,
  hurried,
  keys,
  type Reading,
  type ReadOptions,
  read,
  startCloud,
  worldNow,
} from './testing-fleet.fixture.ts';

const region = 'eu-west-1';
const types = aws.types.map(({ id }) => id).filter((id) => id !== serverType && id !== 'ebs_volume');
const clouds: AwsCloud[] = [];
afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.stop()));
});

async function cloudWith(faults: Partial<Faults>): Promise<AwsCloud> {
  const cloud = await startCloud({ faults });
  clouds.push(cloud);
  return cloud;
}

async function readWith(faults: Partial<Faults>, options: ReadOptions = {}): Promise<Reading> {
  return read(await cloudWith(faults), { region, types, ...options });
}

function foldedOf({ servers }: Reading) {
  return new Map([...servers].map(([id, { folded }]) => [id, folded] as const));
}

let calm: Reading;
beforeAll(async () => {
  const cloud = await startCloud();
  calm = await read(cloud, { region, types });
  await cloud.stop();
});

describe('what passes leaves no trace in the result', () => {
  it.each<{ name: string; faults: Partial<Faults> }>([
    { name: 'pages that end early', faults: { partialDataRate: 1 } },
    { name: 'results that CloudWatch could not complete', faults: { internalErrorRate: 0.05 } },
    { name: 'server errors', faults: { serverErrorRate: 0.3 } },
    { name: 'connections torn down', faults: { resetRate: 0.2 } },
    { name: 'throttling', faults: { throttleStorm: { every: 6, lasts: 3 } } },
  ])('$name', async ({ faults }) => {
    const reading = await readWith(faults);
    expect(foldedOf(reading)).toEqual(foldedOf(calm));
    for (const { failures } of reading.servers.values()) expect(failures).toEqual([]);
  });
});

describe('a service that refuses', () => {
  it.each([
    { service: 'rds', group: 'RDS', action: 'rds:DescribeDBInstances' },
    { service: 'elasticloadbalancing', group: 'ELB', action: 'elasticloadbalancing:DescribeLoadBalancers' },
    { service: 'elasticache', group: 'ElastiCache', action: 'elasticache:DescribeCacheClusters' },
    { service: 'lambda', group: 'Lambda', action: 'lambda:ListFunctions' },
    { service: 's3', group: 'S3', action: 's3:ListAllMyBuckets' },
  ])('$service is said, after all others were read', async ({ service, group, action }) => {
    const cloud = await cloudWith({ deniedServices: [service] });
    const { fleet, close } = await connectTo(cloud.url);
    const never = new AbortController().signal;
    const groups = new Set<string>();
    const reading = async () => {
      const run = collectRegion({
        fleet,
        region,
        types,
        wanted: {
          keys: metricsOfAny([aws], types),
          statistics: ['avg', 'max'],
          window: lastDays(3, worldNow),
        },
        concurrency: 8,
        selects: () => true,
        known: async () => new Map(),
        stopping: never,
        signal: never,
        now: hurried.now,
      });
      for await (const batch of run) for (const { resource } of batch) groups.add(resource.group);
    };
    const refused: CollectError = await reading().then(
      () => expect.fail('not refused'),
      (caught) => caught,
    );
    close();
    expect(refused).toMatchObject({
      code: 'access_denied',
      where: `${account.id}/${region}`,
      fix: expect.stringContaining(`allow ${action} `),
    });
    expect(String(refused.stack)).not.toContain(keys.secretAccessKey);
    expect([...groups].toSorted()).toEqual(
      ['DocumentDB', 'ELB', 'ElastiCache', 'Lambda', 'RDS', 'S3']
        .filter((each) => each !== group && !(service === 'rds' && each === 'DocumentDB'))
        .toSorted(),
    );
  });

  it('is not asked where the run wants nothing of it', async () => {
    const denied = ['rds', 'elasticloadbalancing', 'elasticache', 'lambda'];
    const { servers } = await readWith({ deniedServices: denied }, { types: ['s3_bucket'] });
    expect([...servers.values()].map(({ resource }) => resource.group)).toEqual(['S3']);
  });
});

describe('what is refused is said', () => {
  it('no CloudWatch in the region: every key is denied, what discovery knows stays', async () => {
    const { servers, ledger } = await readWith({ deniedCloudwatch: [`*/${region}`] });
    expect(servers.size).toBe(calm.servers.size);
    const databases = [...servers.values()].filter(({ resource }) => resource.group === 'RDS');
    for (const { folded, resource } of databases) {
      expect(folded?.info.metrics['connections.active']).toEqual({ missing: 'denied' });
      expect(valuesAt(folded?.monitoring ?? {}, 'memory.total')?.avg).toBe(resource.constants['memory.total']);
    }
    const bucket = [...servers.values()].find(({ resource }) => resource.group === 'S3');
    expect(bucket?.folded?.info.metrics['storage.used']).toEqual({ missing: 'denied' });
    expect(ledger.spent().usd).toBe(0);
  });

  it('one metric: the keys alone that are made of it', async () => {
    const { servers } = await readWith({ forbiddenMetrics: ['AWS/RDS/FreeableMemory'] });
    const running = [...servers.values()].filter(({ resource }) => resource.group === 'RDS');
    for (const { failures } of running)
      expect(failures.map(({ key }) => key).toSorted()).toEqual(['memory.usage', 'memory.used']);
  });

  it('one poisoned resource: found by halving, all others read', async () => {
    const poisoned = 'database-eu-west-1-1';
    const { servers } = await readWith({ poisonedInstances: [poisoned] });
    for (const [id, { folded, resource }] of servers) {
      if (resource.name !== poisoned) expect(folded).toEqual(calm.servers.get(id)?.folded);
      else expect(folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'unsupported' });
    }
  });

  it('a region that answers nonsense', async () => {
    for (const type of types)
      await expect(readWith({ malformedRegions: [region] }, { types: [type] }), type).rejects.toMatchObject({
        code: 'malformed_reply',
      });
  });
});

describe('stopping', () => {
  it('ends at once where nothing answers', async () => {
    const cloud = await cloudWith({ hangingRegions: [region] });
    const stop = new AbortController();
    const reading = read(cloud, { region, types, signal: stop.signal });
    const begun = performance.now();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

it('a second reading asks for nothing that is known', async () => {
  const cloud = await cloudWith({});
  const known = new Map([...calm.servers].map(([id, { days }]) => [id, days]));
  const again = await read(cloud, { region, types, known });
  expect(again.ledger.lines().find(({ api }) => api === 'cloudwatch:GetMetricData')).toBeUndefined();
  expect(foldedOf(again)).toEqual(foldedOf(calm));
});
