import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Generation } from '#wire/generation.ts';
import { makeFleet } from '../../demo/cloudforet/inventory/make-fleet.ts';
import type { CloudServer } from '../../demo/cloudforet/inventory/server.ts';
import { answering, type Question, steady } from './platform-numbers.fixture.ts';
import {
  type CollectChoices,
  type CollectorWorld,
  failureOf,
  startWorld,
  type WorldOptions,
  worldNow,
} from './platform-world.fixture.ts';
import { failuresOf, missingOf, type Record, recordsOf, valuesOf } from './record.fixture.ts';

/** What was wrong with the collector before this one: a test for each defect that could come back, by its number. */

let world: CollectorWorld;
afterEach(() => world.close());

const broken = { status: 'INTERNAL', details: 'ERROR_UNKNOWN: broken' } as const;

interface Setting extends Partial<Omit<WorldOptions, 'servers'>> {
  readonly provider?: CloudServer['provider'];
  readonly servers?: number;
  /** What each server is besides. */
  readonly each?: Partial<CloudServer>;
  /** What the data source has of each server. */
  readonly answer?: (question: Question) => readonly (number | string | null)[] | undefined;
}

async function start({ provider = 'aws', servers: count = 3, each, answer, ...over }: Setting = {}): Promise<void> {
  const { servers, secrets } = makeFleet({
    servers: count,
    providers: [provider],
    accountsPerProvider: 1,
    regionsPerAccount: 1,
    stoppedRate: 0,
  });
  const dataSources = answer === undefined ? {} : { dataSources: [answering(provider, answer)] };
  const fleet = { servers: servers.map((server) => ({ ...server, ...each })), secrets };
  world = await startWorld({ generation: 'v2', ...fleet, ...dataSources, ...over });
}

const read = async (choices?: CollectChoices): Promise<Record[]> => recordsOf(await world.collect(choices));

async function readFirst(options: object = {}): Promise<Record> {
  const [record] = await read({ options });
  if (record === undefined) throw new Error('no server was told');
  return record;
}

/** Of one kind of metric, nothing of any other. */
const only =
  (has: { readonly [metric: string]: number }) =>
  ({ metric, stat }: Question) =>
    steady(stat, has[metric] ?? 0, has[metric] === undefined ? 0 : 14);

it('D1: what one request asks for does not reach the next, nor init', async () => {
  await start();
  const before = await world.init({});
  await read({ options: { supported_metrics: ['cpu.utilization'] } });
  expect(Object.keys((await readFirst()).data.monitoring_info.metrics)).toHaveLength(12);
  expect(await world.init({})).toEqual(before);
});

describe('D2: of several data sources', () => {
  const source = (dataSourceId: string, has: string, value: number) =>
    answering('aws', ({ id, stat }) => (id.endsWith(has) ? steady(stat, value) : []), { dataSourceId });

  it('each is asked for what the others have not', async () => {
    await start({ dataSources: [source('ds-1', '0', 10), source('ds-2', '1', 20), source('ds-3', '2', 30)] });
    const records = await read({ options: { supported_metrics: ['cpu.utilization'] } });
    expect(records.map((record) => valuesOf(record, 'cpu.utilization')?.avg).toSorted()).toEqual([10, 20, 30]);
    expect(world.platform.stats()['Metric.get_data']?.items).toBeLessThan(4 * (3 + 2 + 1) + 1);
  });

  it('one that is disabled is left out, and that is said', async () => {
    const faults = { disabledDataSources: ['ds-1'] };
    await start({ dataSources: [source('ds-1', '0', 10), source('ds-2', '0', 20)], faults });
    expect(valuesOf(await readFirst(), 'cpu.utilization')?.avg).toBe(20);
    expect(world.notices).toEqual([expect.stringContaining('ds-1')]);
  });

  it('one that fails does not hide what another has; what none has is a failure', async () => {
    await start({ dataSources: [source('ds-1', '0', 10), source('ds-2', '1', 20)] });
    world.platform.faults.set({ failures: [{ method: 'Metric.get_data', dataSourceId: 'ds-1', answer: broken }] });
    const messages = await world.collect({ options: { supported_metrics: ['cpu.utilization'] } });
    const told = recordsOf(messages).map(
      (each) => valuesOf(each, 'cpu.utilization')?.avg ?? missingOf(each, 'cpu.utilization'),
    );
    expect(told.toSorted()).toEqual([20, 'unavailable', 'unavailable']);
    expect(failuresOf(messages)).toHaveLength(1);
  });
});

it('D3: a failure in the middle of the stream is no success', async () => {
  await start({ servers: 4 });
  world.platform.faults.set({ failures: [{ method: 'Metric.get_data', metric: 'NetworkIn', answer: broken }] });
  expect(failuresOf(await world.collect())).toMatchObject([{ state: 5, message: expect.stringContaining('broken') }]);
});

it.each(['Endpoint.list', 'CloudService.list', 'DataSource.list'])(
  'D4: a failed %s is an error, not an empty result',
  async (method) => {
    await start();
    world.platform.faults.set({ failures: [{ method, answer: broken }] });
    expect(await failureOf(world.collect())).toMatchObject({ message: expect.stringContaining('broken') });
  },
);

it('D5: every server is told once, over batches, accounts and providers', async () => {
  world = await startWorld({ generation: 'v2', fleet: { servers: 1300 } });
  const messages = await world.collect({ options: { supported_metrics: ['cpu.utilization'] } });
  expect(messages).toHaveLength(1300);
  expect(new Set(recordsOf(messages).map(({ reference }) => reference.resource_id)).size).toBe(1300);
});

it('D6: two metrics of one key are added', async () => {
  await start({
    answer: only({ EBSReadOps: 600, DiskReadOps: 300, NetworkIn: 1 }),
    each: { instanceType: 'm5d.large' },
  });
  expect(valuesOf(await readFirst(), 'disk.read_iops')).toEqual({ avg: 3, max: 3 });
});

describe('D7: what is not there is not 0', () => {
  it('an empty series has a reason and no value', async () => {
    await start({ answer: only({ CPUUtilization: 5, NetworkIn: 1 }) });
    const record = await readFirst();
    expect(valuesOf(record, 'network.sent_throughput')).toBeUndefined();
    expect(missingOf(record, 'network.sent_throughput')).toBe('no_data');
  });

  it('an EBS metric that is missing leaves the other one as it is', async () => {
    await start({ answer: only({ DiskReadOps: 300, NetworkIn: 1 }) });
    expect(valuesOf(await readFirst(), 'disk.read_iops')).toEqual({ avg: 1, max: 1 });
  });

  it('zeros of an instance store that is not there say nothing', async () => {
    await start({ answer: only({ DiskReadOps: 0, NetworkIn: 1, CPUUtilization: 5 }) });
    expect(missingOf(await readFirst(), 'disk.read_iops')).toBe('no_data');
  });

  it('zeros of a server that was on are zeros', async () => {
    await start({ answer: only({ EBSReadOps: 0, NetworkIn: 1, CPUUtilization: 0 }) });
    const record = await readFirst();
    expect([valuesOf(record, 'disk.read_iops'), valuesOf(record, 'cpu.utilization')]).toEqual([
      { avg: 0, max: 0 },
      { avg: 0, max: 0 },
    ]);
  });

  it("Azure's zeros of days on which a server was off do not count", async () => {
    const answer = ({ metric, stat }: Question) => {
      if (metric === 'Network In Total') return stat === 'SUM' ? [1440, 0] : [1, 0];
      return metric === 'Available Memory Bytes' ? [2 ** 30, 0] : [40, 0];
    };
    await start({ provider: 'azure', answer });
    const record = await readFirst({ supported_period: 2 });
    expect(valuesOf(record, 'cpu.utilization')).toEqual({ avg: 40, max: 40 });
    expect(valuesOf(record, 'memory.usage')?.max).toBeLessThan(100);
    expect(record.data.monitoring_info.metrics['cpu.utilization']?.coverage).toBe(0.5);
  });
});

it('D8: a call that failed is told: its servers with the reason, its cause once', async () => {
  await start({ servers: 3 });
  world.platform.faults.set({ failures: [{ method: 'Metric.get_data', metric: 'CPUUtilization', answer: broken }] });
  const messages = await world.collect();
  expect(recordsOf(messages).map((record) => missingOf(record, 'cpu.utilization'))).toEqual(
    Array(3).fill('unavailable'),
  );
  expect(failuresOf(messages)).toHaveLength(1);
});

describe.each(['v1', 'v2'] as const)('on %s', (generation: Generation) => {
  it('D9, D41: a server whose record has no account is told as well', async () => {
    world = await startWorld({ generation, fleet: { servers: 12, withoutAccountRate: 0.5 } });
    expect(await read()).toHaveLength(12);
    expect(await read({ options: { supported_metrics: ['cpu.utilization'], regions: ['us-east-1'] } })).not.toEqual([]);
  });

  it('D14: provider, type, account and reference are those of the record', async () => {
    world = await startWorld({ generation, fleet: { servers: 9 } });
    for (const { provider, cloud_service_type, account, reference } of await read()) {
      const row = world.platform.inventory.referring(reference.resource_id)[0];
      expect(row).toMatchObject({ provider, cloud_service_type, reference });
      expect(row?.account).toBe(account);
    }
  });

  it('D15: equal ids in two places are two servers, each with its own numbers', async () => {
    const { servers, secrets } = makeFleet({ servers: 2, providers: ['aws'], stoppedRate: 0 });
    const [first] = servers;
    if (first === undefined) throw new Error('no server');
    const other = { ...first, account: '320000000002', region: 'eu-west-1', secretId: 'secret-aws-0002' };
    const dataSources = [answering('aws', ({ id, stat }) => steady(stat, id.endsWith('0') ? 10 : 20))];
    world = await startWorld({ generation, servers: [first, other], secrets, dataSources });
    const report = await world.platform.collectFrom(world.url, {
      collectorId: 'collector-fleetgauge',
      pluginId: 'plugin-fleetgauge',
      secret: { secretId: 'secret-spaceone', provider: 'aws', schema: '', data: world.platform.secretData },
    });
    expect(report).toMatchObject({ status: 'SUCCESS', updated: 2 });
    const averages = world.platform.inventory.rows().map(({ data }) => Object(data).monitoring.cpu.utilization.avg);
    expect(averages).toEqual([10, 20]);
  });

  it('D35: what is told is of a type that the inventory takes', async () => {
    world = await startWorld({ generation, fleet: { servers: 3 } });
    const type = generation === 'v1' ? 'inventory.Server' : 'inventory.CloudService';
    expect(new Set((await world.collect()).map(({ resource_type }) => resource_type))).toEqual(new Set([type]));
  });

  it('a value that is gone is gone from the record too', async () => {
    let has = true;
    const secret = { secretId: 'secret-spaceone', provider: 'aws', schema: '', data: {} } as const;
    const { servers, secrets } = makeFleet({ servers: 1, providers: ['aws'], accountsPerProvider: 1, stoppedRate: 0 });
    const answer = ({ metric, stat }: Question) => (has || metric !== 'NetworkOut' ? steady(stat, 9) : []);
    const dataSources = [answering('aws', answer, { secretId: 'secret-aws-0001' })];
    world = await startWorld({ generation, servers, secrets, dataSources });
    const run = () =>
      world.platform.collectFrom(world.url, {
        collectorId: 'collector-fleetgauge',
        pluginId: 'plugin-fleetgauge',
        secret: { ...secret, data: world.platform.secretData },
      });
    const network = () => Object(world.platform.inventory.rows()[0]?.data).monitoring.network;
    await run();
    expect(network()).toHaveProperty('sent_throughput');
    has = false;
    await run();
    expect(network()).not.toHaveProperty('sent_throughput');
    expect(Object(world.platform.inventory.rows()[0]?.data)).toHaveProperty('compute.instance_state');
  });
});

it('D10: a server of which nothing was measured has a reason for every metric', async () => {
  await start({ answer: ({ id, stat }) => (id.endsWith('0') ? steady(stat, 1) : undefined) });
  const records = await read();
  expect(records).toHaveLength(3);
  for (const record of records.filter((each) => valuesOf(each, 'cpu.utilization') === undefined)) {
    const reasons = Object.values(record.data.monitoring_info.metrics).map(
      ({ missing, coverage }) => missing ?? coverage,
    );
    expect(reasons.toSorted()).toEqual([1, ...Array(9).fill('no_data'), 'unsupported', 'unsupported']);
  }
});

it('D11, D36: every provider that is documented is collected', async () => {
  world = await startWorld({ generation: 'v2', fleet: { servers: 9 } });
  const told = Map.groupBy(await read(), ({ provider }) => provider);
  expect([...told].map(([provider, records]) => [provider, records.length]).toSorted()).toEqual([
    ['aws', 3],
    ['azure', 3],
    ['google_cloud', 3],
  ]);
});

it.each([
  { provider: 'aws', mean: 'AVERAGE' },
  { provider: 'google_cloud', mean: 'MEAN' },
  { provider: 'azure', mean: 'MEAN' },
] as const)('D12: $provider is asked for $mean', async ({ provider, mean }) => {
  const stats = new Set<string>();
  const answer = ({ stat }: Question) => {
    stats.add(stat);
    return steady(stat, 1);
  };
  await start({ provider, answer });
  await read();
  expect(stats.has(mean)).toBe(true);
  expect([...stats].every((stat) => [mean, 'MAX', 'MIN', 'SUM'].includes(stat))).toBe(true);
});

it('D13: use of memory is told, its maximum from maxima', async () => {
  const gib = 2 ** 30;
  const used = (stat: string) => steady(stat, stat === 'MAX' ? 2 * gib : gib);
  const answer = ({ metric, stat }: Question) => (metric.endsWith('ram_used') ? used(stat) : steady(stat, 1));
  await start({ provider: 'google_cloud', answer, each: { memoryGib: 4 } });
  const record = await readFirst();
  expect(valuesOf(record, 'memory.total')).toEqual({ avg: 4 * gib, max: 4 * gib });
  expect(valuesOf(record, 'memory.used')).toEqual({ avg: gib, max: 2 * gib });
  expect(valuesOf(record, 'memory.usage')).toEqual({ avg: 25, max: 50 });
});

it('D16: rates are per second on every cloud', async () => {
  await start({ answer: only({ NetworkIn: 3000, EBSReadBytes: 6000 }) });
  const record = await readFirst();
  expect(valuesOf(record, 'network.received_throughput')).toEqual({ avg: 10, max: 10 });
  expect(valuesOf(record, 'disk.read_throughput')).toEqual({ avg: 20, max: 20 });
  await world.close();

  const byMinute = (stat: string, perMinute: number) => Array(14).fill(stat === 'SUM' ? perMinute * 1440 : perMinute);
  await start({ provider: 'google_cloud', answer: ({ stat }) => byMinute(stat, 600).map(String) });
  expect(valuesOf(await readFirst(), 'network.sent_pps')).toEqual({ avg: 10, max: 10 });
  await world.close();

  await start({ provider: 'azure', answer: ({ stat }) => byMinute(stat, 600) });
  expect(valuesOf(await readFirst(), 'disk.write_throughput')).toEqual({ avg: 10, max: 10 });
});

it('D17: flows are no packets, and disks are read and written alike', async () => {
  const asked = new Set<string>();
  const answer = ({ metric, stat }: Question) => {
    asked.add(metric);
    return steady(stat, 60);
  };
  await start({ provider: 'azure', answer });
  expect(missingOf(await readFirst(), 'network.received_pps')).toBe('unsupported');
  expect(asked).toContain('Disk Write Operations/Sec');
  expect([...asked].filter((name) => /Flows|Data Disk/.test(name))).toEqual([]);
});

it('D18: days weigh as long as the server was observed', async () => {
  const answer = ({ metric, stat }: Question) => {
    if (metric === 'NetworkIn') return stat === 'SUM' ? [288, 96] : [1, 1];
    return stat === 'MAX' ? [20, 80] : [10, 50];
  };
  await start({ answer });
  const record = await readFirst({ supported_period: 2 });
  expect(valuesOf(record, 'cpu.utilization')).toEqual({ avg: (10 * 288 + 50 * 96) / 384, max: 80 });
  expect(record.data.monitoring_info.metrics['cpu.utilization']?.coverage).toBe(0.6667);
  const spans = { start: '2026-11-16T00:00:00Z', end: '2026-11-18T00:00:00Z' };
  expect(record.data.monitoring_info.window).toEqual(spans);
});

it('D19: small values stay', async () => {
  await start({ answer: only({ CPUUtilization: 0.0123, NetworkIn: 1 }) });
  expect(valuesOf(await readFirst(), 'cpu.utilization')).toEqual({ avg: 0.0123, max: 0.0123 });
});

it('D20: supported_metrics replaces the default, entries of one provider add up, unknown keys are refused', async () => {
  await start();
  const row = (metric: string) => ({ provider: 'aws', resource_type: 'inventory.Server', metric: [metric] });
  const record = await readFirst({ supported_metrics: [row('disk.read_iops'), row('network.sent_pps')] });
  expect(Object.keys(record.data.monitoring_info.metrics)).toEqual(['disk.read_iops', 'network.sent_pps']);
  expect(await failureOf(world.init({ supported_metrics: [row('cpu')] }))).toMatchObject({ code: 'invalid_input' });
});

it.each([{ supported_metrics: [{ metric: ['cpu.utilization'] }] }, { supported_metrics: ['cpu.utilization'] }])(
  'D21: %o is taken',
  async (options) => {
    await start();
    expect(await read({ options })).toHaveLength(3);
  },
);

it.each([{ supported_period: '7' }, { supported_period: 0.5 }, { supported_metrics: {} }])(
  'D21, D22: %o is refused in init already, and in collect',
  async (options) => {
    await start();
    expect(await failureOf(world.init(options))).toMatchObject({ code: 'invalid_input' });
    expect(await failureOf(world.collect({ options }))).toMatchObject({ code: 'invalid_input' });
  },
);

it.each([
  { lacks: 'api_key', says: 'secret_data.api_key' },
  { lacks: 'endpoint', says: 'secret_data.endpoint' },
])('D23: a secret without $lacks is refused by verify and collect', async ({ lacks, says }) => {
  await start();
  const secretData = { ...world.platform.secretData, [lacks]: undefined };
  for (const work of [world.verify({ secretData }), world.collect({ secretData })]) {
    expect(await failureOf(work)).toMatchObject({ code: 'invalid_input', message: expect.stringContaining(says) });
  }
});

it('D24: what the filters leave out is neither asked for nor told', async () => {
  world = await startWorld({ generation: 'v2', fleet: { servers: 40, providers: ['aws'], stoppedRate: 0.5 } });
  const options = { states: ['RUNNING'], regions: ['us-east-1'], supported_metrics: ['cpu.utilization'] };
  const told = await read({ options });
  expect(told.length).toBeGreaterThan(3);
  expect(told.length).toBeLessThan(20);
  const { calls = 0, items } = world.platform.stats()['Metric.get_data'] ?? {};
  expect(items).toBe(calls * told.length);
});

it('D25: servers are listed by pages, in a sort', async () => {
  world = await startWorld({ generation: 'v1', fleet: { servers: 2400, providers: ['aws'] } });
  const options = { supported_metrics: ['cpu.utilization'], states: ['PENDING'] };
  expect(await world.collect({ options })).toEqual([]);
  expect(world.platform.stats()['Server.list']).toMatchObject({ calls: 7, items: 2401 });
});

describe('D26: calls are few, and side by side', () => {
  it('for a thousand servers × 12 keys at most 130, on 2.x', async () => {
    world = await startWorld({
      generation: 'v2',
      fleet: { servers: 1000, providers: ['aws'] },
      faults: { latencyMs: 20 },
    });
    expect(await world.collect()).toHaveLength(1000);
    const { calls, maxInFlight } = world.platform.stats()['Metric.get_data'] ?? {};
    expect(calls).toBeLessThanOrEqual(130);
    expect(maxInFlight).toBe(16);
  });

  it.each([
    { provider: 'aws', limit: 200 },
    { provider: 'google_cloud', limit: 100 },
    { provider: 'azure', limit: 10 },
  ] as const)(
    'of 1.x never more than $limit of $provider in one, which it would cut itself',
    async ({ provider, limit }) => {
      const sizes: number[] = [];
      const answer = ({ call, stat }: Question) => {
        sizes.push(call.queries.size);
        return steady(stat, 1);
      };
      await start({ generation: 'v1', provider, servers: limit + 5, answer });
      expect(await read({ options: { supported_metrics: ['cpu.utilization'] } })).toHaveLength(limit + 5);
      expect(Math.max(...sizes)).toBe(limit);
      const stats = world.platform.stats();
      expect(stats['plugin: Metric.get_data']?.calls).toBe(stats['Metric.get_data']?.calls);
    },
  );
});

it('D27: an endpoint that is missing is named', async () => {
  await start({ faults: { emptyEndpoints: true } });
  const { message } = await failureOf(world.collect());
  expect(message).toContain('Identity names no gRPC endpoint of the inventory service');
});

it('D28: init lists each metric once', async () => {
  await start();
  const { supported_metrics } = Object(Object(await world.init({})).metadata);
  expect(supported_metrics).toHaveLength(12);
  expect(new Set(supported_metrics).size).toBe(12);
});

it('D29: answers of servers that were not asked for, and answers without some, do no harm', async () => {
  const getData = async ({ queries, stat = '' }: Question['call']) => {
    const [first = ''] = queries.keys();
    return { labels: [], values: { stranger: [1], [first]: steady(stat, 1) } };
  };
  await start({ dataSources: [{ provider: 'aws', source: { backend: { getData, list: async () => [] } } }] });
  const records = await read();
  expect(records).toHaveLength(3);
  expect(records.filter((record) => valuesOf(record, 'cpu.utilization') !== undefined)).toHaveLength(1);
});

it('D30: neither secrets nor data are printed or put into errors', async () => {
  await start();
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  await world.collect();
  const secretData = { ...world.platform.secretData, api_key: 'a.token-that-is-none.b' };
  const { message } = await failureOf(world.collect({ secretData }));
  for (const spy of spies) spy.mockRestore();
  expect(written).toEqual([]);
  expect(message).not.toContain('token-that-is-none');
});

it('D32, D33, D34: today’s platform is spoken to in its own words', async () => {
  await start();
  const record = await readFirst();
  expect(valuesOf(record, 'cpu.utilization')).toBeDefined();
  expect(world.platform.stats()['CloudService.list']?.failed).toBe(0);
});

it('D37: the window is that of the call, not of the process', async () => {
  await start();
  expect((await readFirst()).data.monitoring_info.window.end).toBe('2026-11-18T00:00:00Z');
  world.setNow(worldNow + 3 * 86_400_000);
  expect((await readFirst()).data.monitoring_info.window.end).toBe('2026-11-21T00:00:00Z');
});

it('D39: the layout, which every resource repeats, can be left out', async () => {
  await start();
  const size = async (options: object) => JSON.stringify(await world.collect({ options })).length;
  expect((await readFirst({ layout: 'never' })).metadata).toBeUndefined();
  expect(await size({ layout: 'never' })).toBeLessThan(0.6 * (await size({})));
});
