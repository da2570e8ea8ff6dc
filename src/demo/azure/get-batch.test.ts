import { describe, expect, it } from 'vitest';
import {
  allRows,
  type Client,
  clientOf,
  corp,
  day,
  fortnight,
  midnight,
  shop,
  startTestCloud,
  testNow,
} from './azure-clients.fixture.ts';
import { resourceIdOf } from './resource.ts';
import { candidatesOf, resolve } from './world.ts';

const cpu = 'Percentage CPU';

async function setUp(options: Parameters<typeof startTestCloud>[0] = {}) {
  const cloud = await startTestCloud(options);
  const client = await clientOf(cloud);
  const idsOf = async (query: string) => {
    const { rows } = await allRows(client, `resources | where ${query} | project id | order by id asc`);
    return rows.map(({ id }): string => id);
  };
  const machines = await idsOf(
    `type =~ 'microsoft.compute/virtualmachines' and location == 'eastus' and subscriptionId == '${shop}' and name startswith 'shop-api'`,
  );
  return { cloud, client, idsOf, machines, first: machines.slice(0, 1) };
}

type Batch = Parameters<Client['getBatch']>;

describe('a batch', () => {
  it('answers each resource once, by id, in an order and spelling of its own', async () => {
    const { client, machines } = await setUp();
    const asked = machines.slice(0, 20);
    const { status, body } = await client.getBatch(shop, 'eastus', asked, { metrics: [cpu, 'Network In Total'] });
    expect(status).toBe(200);
    const answered: string[] = body.values.map(({ resourceid }: { resourceid: string }) => resourceid.toLowerCase());
    expect(answered.toSorted()).toEqual(asked.map((id) => id.toLowerCase()).toSorted());
    expect(answered).not.toEqual(asked.map((id) => id.toLowerCase()));
    expect(body.values[0]).toMatchObject({
      starttime: new Date(fortnight.start * 1000).toISOString().replace('.000', ''),
      endtime: new Date(fortnight.end * 1000).toISOString().replace('.000', ''),
      interval: 'FULL',
      namespace: 'Microsoft.Compute/virtualMachines',
      resourceregion: 'eastus',
      value: [
        { name: { value: cpu }, unit: 'Percent', errorCode: 'Success', timeseries: [{ metadatavalues: [] }] },
        { name: { value: 'Network In Total' }, unit: 'Bytes' },
      ],
    });
  });

  it('takes 50 resources and 20 metrics, and no more', async () => {
    const { client, idsOf } = await setUp();
    const all = await idsOf(
      `type =~ 'microsoft.compute/virtualmachines' and location == 'eastus' and subscriptionId == '${shop}' and not(name startswith 'ci-agent')`,
    );
    const status = async (ids: number, metrics: number) =>
      (
        await client.getBatch(shop, 'eastus', all.slice(0, ids), {
          metrics: Array.from({ length: metrics }, () => cpu),
        })
      ).status;
    expect(await Promise.all([status(50, 1), status(51, 1), status(1, 20), status(1, 21), status(0, 1)])).toEqual([
      200, 400, 200, 400, 400,
    ]);
  });

  it.each([
    {
      name: 'another region',
      at: async ({ machines }: Setting): Promise<Batch> => [shop, 'westeurope', machines, { metrics: [cpu] }],
    },
    {
      name: 'another subscription',
      at: async ({ machines }: Setting): Promise<Batch> => [corp, 'eastus', machines, { metrics: [cpu] }],
    },
    {
      name: 'a resource of another type',
      at: async ({ machines, idsOf }: Setting): Promise<Batch> => {
        const [disk = ''] = await idsOf(
          `type =~ 'microsoft.compute/disks' and location == 'eastus' and subscriptionId == '${shop}'`,
        );
        return [shop, 'eastus', [...machines, disk], { metrics: [cpu] }];
      },
    },
    {
      name: 'a resource that never was',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        [...machines, `${machines[0]}9`],
        { metrics: [cpu] },
      ],
    },
    {
      name: 'an unknown metric',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        machines,
        { metrics: [cpu, 'Temperature'] },
      ],
    },
    {
      name: 'an unknown interval',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        machines,
        { metrics: [cpu], interval: 'PT3M' },
      ],
    },
    {
      name: 'an unknown aggregation',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        machines,
        { metrics: [cpu], aggregation: 'median' },
      ],
    },
    {
      name: 'more than 30 days',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        machines,
        { metrics: [cpu], start: midnight - 31 * day },
      ],
    },
    {
      name: 'an end before its start',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        machines,
        { metrics: [cpu], start: midnight, end: midnight },
      ],
    },
    {
      name: 'a dimension that machines lack',
      at: async ({ machines }: Setting): Promise<Batch> => [
        shop,
        'eastus',
        machines,
        { metrics: [cpu], more: { filter: "LUN eq '*'" } },
      ],
    },
  ])('fails whole with 400 for $name', async ({ at }) => {
    const setting = await setUp();
    const { status, body } = await setting.client.getBatch(...(await at(setting)));
    expect([status, body.error.code]).toEqual([400, 'BadRequest']);
  });

  it('fails whole for a deleted machine that Resource Graph still shows, without naming it', async () => {
    const { client, machines, idsOf } = await setUp({ graphLagSeconds: 3600 });
    const [deleted = ''] = await idsOf(
      `name startswith 'ci-agent' and type =~ 'microsoft.compute/virtualmachines' and location == 'eastus' and subscriptionId == '${shop}'`,
    );
    const { status, body } = await client.getBatch(shop, 'eastus', [...machines, deleted], { metrics: [cpu] });
    expect([status, body.error.code]).toEqual([400, 'BadRequest']);
    expect(JSON.stringify(body)).not.toContain(deleted.split('/').at(-1));
    expect((await client.getBatch(shop, 'eastus', machines, { metrics: [cpu] })).status).toBe(200);
  });

  it.each([
    { path: 'metricnamespace=Microsoft.Web/sites', status: 404 },
    { path: 'metricnames=a', status: 400 },
  ])('wants a namespace that it knows: $path', async ({ path, status }) => {
    const { client, machines } = await setUp();
    const more = Object.fromEntries(new URLSearchParams(path));
    const namespace = path.startsWith('metricnamespace') ? 'Microsoft.Web/sites' : '';
    expect((await client.getBatch(shop, 'eastus', machines, { metrics: [cpu], namespace, more })).status).toBe(status);
  });
});

type Setting = Awaited<ReturnType<typeof setUp>>;

describe('the points', () => {
  it.each([
    { interval: 'FULL', start: midnight - day, end: midnight, points: 1 },
    { interval: 'P1D', start: midnight - 14 * day, end: midnight, points: 14 },
    { interval: 'PT1H', start: midnight - day, end: midnight, points: 24 },
    { interval: 'PT1M', start: midnight - 3600, end: midnight, points: 60 },
    { interval: 'P1D', start: midnight - 3 * day + 5 * 3600, end: midnight, points: 3 },
  ])('of $interval begin at the start of the query: $points', async ({ interval, start, end, points }) => {
    const { client, first } = await setUp();
    const { body } = await client.getBatch(shop, 'eastus', first, { metrics: [cpu], interval, start, end });
    const { data } = body.values[0].value[0].timeseries[0];
    expect(data).toHaveLength(points);
    expect(Date.parse(data[0].timeStamp) / 1000).toBe(start);
    const step = points > 1 ? Date.parse(data[1].timeStamp) - Date.parse(data[0].timeStamp) : 0;
    for (const [i, { timeStamp }] of data.entries()) expect(Date.parse(timeStamp)).toBe(start * 1000 + i * step);
    const minutes = data.reduce((sum: number, { count }: { count: number }) => sum + count, 0) / 4;
    expect(minutes).toBe((end - start) / 60);
  });

  it('count four samples a minute of CPU and one of all else', async () => {
    const { client, first } = await setUp();
    const metrics = [cpu, 'Disk Read Bytes', 'Disk Read Operations/Sec', 'Network Out Total', 'Network Out'];
    const { body } = await client.getBatch(shop, 'eastus', first, { metrics, start: midnight - day });
    const counts = body.values[0].value.map(({ timeseries }: Series) => timeseries[0]?.data[0]?.count);
    expect(counts).toEqual([5760, 1440, 1440, 1440, 1440]);
  });

  it('have the aggregations that were asked for, or the primary one', async () => {
    const { client, first } = await setUp();
    const keys = async (aggregation: string) => {
      const { body } = await client.getBatch(shop, 'eastus', first, { metrics: [cpu, 'Disk Read Bytes'], aggregation });
      return body.values[0].value.map(({ timeseries }: Series) => Object.keys(timeseries[0]?.data[0] ?? {}));
    };
    expect(await keys('')).toEqual([
      ['timeStamp', 'average'],
      ['timeStamp', 'total'],
    ]);
    expect(await keys('Maximum,count')).toEqual([
      ['timeStamp', 'maximum', 'count'],
      ['timeStamp', 'maximum', 'count'],
    ]);
  });

  it('without data carry their time only, and a series without any is no series', async () => {
    const { client, idsOf } = await setUp();
    const [box = ''] = await idsOf(
      `name startswith 'dev-box' and type =~ 'microsoft.compute/virtualmachines' and location == 'eastus' and subscriptionId == '${shop}'`,
    );
    const sunday = midnight - 3 * day;
    const ask = { metrics: [cpu], interval: 'PT1H', start: sunday, end: sunday + 2 * day };
    const { body } = await client.getBatch(shop, 'eastus', [box], ask);
    const { data } = body.values[0].value[0].timeseries[0];
    expect(data.filter((point: object) => Object.keys(point).length === 1)).toHaveLength(48 - 11);
    const empty = await client.getBatch(shop, 'eastus', [box], { ...ask, end: sunday + day });
    expect(empty.body.values[0].value[0]).toMatchObject({ timeseries: [], errorCode: 'Success' });
  });

  it('are not published at once, nor kept for more than 93 days', async () => {
    const { client, first } = await setUp();
    const recent = { metrics: [cpu], interval: 'PT1M', start: testNow - 600, end: testNow };
    const { body } = await client.getBatch(shop, 'eastus', first, recent);
    const published = body.values[0].value[0].timeseries[0].data.filter((point: object) => 'average' in point);
    expect(published).toHaveLength(7);
    const old = { metrics: [cpu], interval: 'P1D', start: midnight - 95 * day, end: midnight - 90 * day };
    const kept = (await client.getBatch(shop, 'eastus', first, old)).body.values[0].value[0].timeseries;
    expect(kept[0]?.data.filter((point: object) => 'average' in point).length ?? 0).toBeLessThanOrEqual(3);
  });

  it('lack memory for some machines', async () => {
    const { client, machines } = await setUp();
    const metrics = ['Available Memory Percentage', 'Available Memory Bytes'];
    const { body } = await client.getBatch(shop, 'eastus', machines.slice(0, 25), { metrics });
    const lacking = body.values.filter(({ value }: { value: Series[] }) =>
      value.every(({ timeseries }) => timeseries.length === 0),
    );
    expect(lacking.length).toBeGreaterThan(0);
    expect(lacking.length).toBeLessThan(12);
  });
});

interface Series {
  readonly timeseries: readonly {
    readonly data: readonly Readonly<Record<string, number>>[];
    readonly metadatavalues: readonly { readonly value: string }[];
  }[];
}

describe('other types', () => {
  it.each([
    {
      namespace: 'Microsoft.Network/networkInterfaces',
      metrics: ['PacketsReceivedRate', 'BytesSentRate'],
      units: ['Count', 'Bytes'],
    },
    {
      namespace: 'Microsoft.Compute/disks',
      metrics: ['Composite Disk Read Bytes/sec', 'Composite Disk Write Operations/sec'],
      units: ['BytesPerSecond', 'CountPerSecond'],
    },
  ])('have metrics of their own: $namespace', async ({ namespace, metrics, units }) => {
    const { client, idsOf } = await setUp();
    const [id = ''] = await idsOf(
      `type =~ '${namespace}' and location == 'eastus' and subscriptionId == '${shop}' and name startswith 'shop-api'`,
    );
    const { body } = await client.getBatch(shop, 'eastus', [id], { namespace, metrics });
    expect(body.values[0].value.map(({ unit }: { unit: string }) => unit)).toEqual(units);
    for (const { timeseries } of body.values[0].value) expect(timeseries[0].data[0].count).toBe(14 * 1440);
  });

  it.each([
    { metrics: ['cpu_percent', 'storage'], units: ['Percent', 'Bytes'], has: 'average,maximum,minimum', not: 'count' },
    { metrics: ['connection_successful'], units: ['Count'], has: 'total,count', not: 'maximum' },
  ])('have $has of $metrics of a database, and refuse its $not', async ({ metrics, units, has, not }) => {
    const { client, idsOf } = await setUp();
    const namespace = 'Microsoft.Sql/servers/databases';
    const [id = ''] = await idsOf(`type =~ '${namespace}' and subscriptionId == '${shop}' and location == 'eastus'`);
    const { body } = await client.getBatch(shop, 'eastus', [id], { namespace, metrics, aggregation: has });
    expect(body.values[0].value.map(({ unit }: { unit: string }) => unit)).toEqual(units);
    for (const { timeseries } of body.values[0].value)
      expect(Object.keys(timeseries[0].data[0])).toEqual(['timeStamp', ...has.split(',')]);
    const refused = await client.getBatch(shop, 'eastus', [id], { namespace, metrics, aggregation: `${has},${not}` });
    expect(refused.status).toBe(501);
  });

  it('have no metrics where a disk is loose', async () => {
    const { client, idsOf } = await setUp();
    const namespace = 'Microsoft.Compute/disks';
    const [id = ''] = await idsOf(
      `type =~ '${namespace}' and subscriptionId == '${shop}' and location == 'eastus' and name endswith '-disk2'`,
    );
    const metrics = ['Composite Disk Read Bytes/sec'];
    const { body } = await client.getBatch(shop, 'eastus', [id], { namespace, metrics });
    expect(body.values[0].value[0].timeseries).toEqual([]);
  });

  it('have a DTU percentage that is the greatest of its parts', async () => {
    const { client, idsOf } = await setUp();
    const namespace = 'Microsoft.Sql/servers/databases';
    const [id = ''] = await idsOf(`type =~ '${namespace}' and location == 'eastus' and subscriptionId == '${shop}'`);
    const metrics = [
      'dtu_consumption_percent',
      'cpu_percent',
      'physical_data_read_percent',
      'log_write_percent',
      'storage_percent',
    ];
    const { body } = await client.getBatch(shop, 'eastus', [id], {
      namespace,
      metrics,
      interval: 'PT1H',
      start: midnight - day,
      aggregation: 'maximum',
    });
    const [dtu, ...rest] = body.values[0].value.map(({ timeseries }: Series) =>
      timeseries[0]?.data.map(({ maximum }) => maximum),
    );
    for (const [hour, value] of dtu.entries()) {
      expect(value).toBe(Math.max(...rest.slice(0, 3).map((column: number[]) => column[hour])));
      expect(rest[3][hour]).toBeLessThan(100);
    }
  });

  it('split by machine: ten of a scale set unless top asks for more', async () => {
    const { client, cloud } = await setUp();
    const [cell] = cloud.world.cells;
    const sets =
      cell === undefined
        ? []
        : [...candidatesOf(cell)]
            .map(resolve)
            .filter((one) => one?.type === 'microsoft.compute/virtualmachinescalesets');
    const big = sets.find((one) => one && one.scaleSet.instances.length > 10);
    if (big === undefined) throw new Error('the demo world has no big scale set');
    const { instances } = big.scaleSet;
    const ask = async (more: Readonly<Record<string, string>>): Promise<Series['timeseries']> => {
      const namespace = 'Microsoft.Compute/virtualMachineScaleSets';
      const { body } = await client.getBatch(shop, 'eastus', [resourceIdOf(big)], {
        namespace,
        metrics: ['Network In Total'],
        more,
      });
      return body.values[0].value[0].timeseries;
    };
    const [whole] = await ask({});
    const split = await ask({ filter: "VMName eq '*'", top: '100' });
    expect(split.map(({ metadatavalues }) => metadatavalues[0]?.value)).toEqual(instances.map(({ name }) => name));
    const total = split.reduce((sum, { data }) => sum + (data[0]?.total ?? 0), 0);
    expect(whole?.data[0]?.total).toBe(total);
    expect(whole?.data[0]?.maximum).toBe(Math.max(...split.map(({ data }) => data[0]?.maximum ?? 0)));
    expect(whole?.metadatavalues).toEqual([]);
    expect(await ask({ filter: "VMName eq '*'" })).toHaveLength(10);
    expect(
      await ask({ filter: `VMName eq '${instances[1]?.name.toUpperCase()}' or vmname eq '${instances[2]?.name}'` }),
    ).toHaveLength(2);
  });
});
