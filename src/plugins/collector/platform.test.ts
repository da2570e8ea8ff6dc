import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Generation } from '#wire/generation.ts';
import { type CollectorWorld, failureOf, startWorld } from './platform-world.fixture.ts';
import { failuresOf, missingOf, recordsOf, valuesOf } from './record.fixture.ts';

const both: readonly Generation[] = ['v1', 'v2'];
const idOf = ({ reference }: { reference: { resource_id: string } }) => reference.resource_id;

describe.each(both)('by way of the platform %s', (generation) => {
  let world: CollectorWorld;
  beforeAll(async () => {
    world = await startWorld({ generation, fleet: { servers: 60 } });
  });
  afterAll(() => world.close());
  afterEach(() =>
    world.platform.faults.set({ latencyMs: 0, failures: [], emptyEndpoints: false, rejectedSecrets: [] }),
  );

  const calls = (method: string) => world.platform.stats()[method]?.calls ?? 0;
  const counted = async (work: () => Promise<unknown>, method = 'Metric.get_data') => {
    const before = calls(method);
    await work();
    return calls(method) - before;
  };

  it('tells each server of every provider once, with values, reasons and a layout', async () => {
    const messages = await world.collect();
    const records = recordsOf(messages);
    expect(messages).toHaveLength(60);
    expect(new Set(records.map(idOf)).size).toBe(60);
    expect(new Set(records.map(({ provider }) => provider))).toEqual(new Set(['aws', 'google_cloud', 'azure']));
    for (const record of records) {
      expect(Object.keys(record.data.monitoring_info.metrics)).toHaveLength(12);
      const { avg = 0, max = 0 } = valuesOf(record, 'cpu.utilization') ?? {};
      if (missingOf(record, 'cpu.utilization') !== 'stopped') expect(0 < avg && avg < max).toBe(true);
      expect(record.metadata?.view.sub_data.layouts).toHaveLength(1);
    }
  });

  it('measures the asked metrics of the asked servers only', async () => {
    const options = {
      supported_metrics: ['cpu.utilization'],
      providers: ['azure'],
      regions: ['eastus'],
      states: ['RUNNING'],
    };
    const records = recordsOf(await world.collect({ options }));
    expect(records.length).toBeGreaterThan(5);
    expect(records.length).toBeLessThan(20);
    for (const record of records) {
      expect(record).toMatchObject({ provider: 'azure', region_code: 'eastus' });
      expect(Object.keys(record.data.monitoring_info.metrics)).toEqual(['cpu.utilization']);
    }
    expect(await world.collect({ options: { tags: { 'cost.center': 'pay' } } })).toHaveLength(20);
    expect(await world.collect({ options: { accounts: ['320000000001'] } })).toHaveLength(10);
  });

  it('tells the minimum where it is asked for', async () => {
    const options = { statistics: ['min'], providers: ['aws'], states: ['RUNNING'] };
    for (const record of recordsOf(await world.collect({ options }))) {
      const { min = 0, avg = 0, max = 0 } = valuesOf(record, 'network.received_throughput') ?? {};
      expect(0 < min && min < avg && avg < max).toBe(true);
    }
  });

  it('never has more calls in flight than it may, and as many as it may', async () => {
    world.platform.faults.set({ latencyMs: 5 });
    await world.collect({ options: { concurrency: 3 } });
    expect(world.platform.stats()['Metric.get_data']?.maxInFlight).toBe(3);
  });

  it('tries again what may pass', async () => {
    const passing = { status: 'UNAVAILABLE', details: 'ERROR_GRPC_CONNECTION: not now' } as const;
    const methods = ['Endpoint.list', 'DataSource.list', 'Metric.get_data'];
    world.platform.faults.set({ failures: methods.map((method) => ({ method, times: 1, answer: passing })) });
    expect(failuresOf(await world.collect({ options: { providers: ['aws'] } }))).toEqual([]);
  });

  it('tells servers of which a metric failed with the reason, the rest of them, and the cause once', async () => {
    const answer = { status: 'INTERNAL', details: 'ERROR_UNKNOWN: broken' } as const;
    world.platform.faults.set({ failures: [{ method: 'Metric.get_data', metric: 'NetworkOut', answer }] });
    const messages = await world.collect({ options: { providers: ['aws'], states: ['RUNNING'] } });
    const records = recordsOf(messages);
    expect(records.length).toBeGreaterThan(15);
    for (const record of records) {
      expect(missingOf(record, 'network.sent_throughput')).toBe('unavailable');
      expect(valuesOf(record, 'network.sent_throughput')).toBeUndefined();
      expect(valuesOf(record, 'cpu.utilization')).toBeDefined();
    }
    expect(failuresOf(messages)).toMatchObject([
      { resource_type: 'inventory.ErrorResource', message: expect.stringContaining('broken') },
    ]);
  });

  it('a provider whose data source fails does not end the others', async () => {
    const answer = { status: 'INTERNAL', details: 'ERROR_UNKNOWN: broken' } as const;
    world.platform.faults.set({ failures: [{ method: 'Metric.get_data', dataSourceId: 'ds-azure', answer }] });
    const messages = await world.collect();
    const [failed, read] = [true, false].map((isAzure) =>
      recordsOf(messages).filter(({ provider }) => (provider === 'azure') === isAzure),
    );
    expect([failed?.length, read?.length]).toEqual([20, 40]);
    for (const record of failed ?? []) expect(missingOf(record, 'cpu.utilization')).toBe('unavailable');
    for (const record of read ?? []) expect(missingOf(record, 'cpu.utilization') ?? 'stopped').toBe('stopped');
    expect(failuresOf(messages)).toHaveLength(1);
  });

  it.each(['Metric.get_data', 'DataSource.list'])('ends with an error where every %s fails', async (method) => {
    const answer = { status: 'PERMISSION_DENIED', details: 'ERROR_PERMISSION_DENIED: Permission denied.' } as const;
    world.platform.faults.set({ failures: [{ method, answer }] });
    expect(await failureOf(world.collect())).toMatchObject({ code: 'access_denied' });
  });

  it('gives a platform up that is gone, rather than try all of its servers', async () => {
    const answer = { status: 'PERMISSION_DENIED', details: 'ERROR_PERMISSION_DENIED: Permission denied.' } as const;
    world.platform.faults.set({ failures: [{ method: 'Metric.get_data', answer }] });
    const options = { providers: ['aws'], supported_metrics: ['cpu.utilization'] };
    expect(await counted(() => failureOf(world.collect({ options })))).toBeLessThan(20);
  });

  it('takes what it is told for endpoints that Identity does not name', async () => {
    world.platform.faults.set({ emptyEndpoints: true });
    const error = await failureOf(world.collect());
    expect(error).toMatchObject({ code: 'not_found', message: expect.stringContaining('options.endpoints.inventory') });
    const { endpoint } = world.platform;
    const endpoints = { inventory: endpoint, monitoring: endpoint };
    const asked = await counted(() => world.collect({ options: { endpoints, providers: ['aws'] } }), 'Endpoint.list');
    expect(asked).toBe(0);
  });

  it('asks for one kind of endpoint only, and takes either', async () => {
    for (const endpoint_type of ['internal', 'public']) {
      const options = { endpoint_type, providers: ['azure'], supported_metrics: ['cpu.utilization'] };
      const other = await startWorld({ generation, fleet: { servers: 6 } });
      expect(recordsOf(await other.collect({ options }))).toHaveLength(2);
      expect(other.platform.stats()['Endpoint.list']?.calls).toBe(1);
      await other.close();
    }
  });

  it('breaks off calls in flight when its caller goes', async () => {
    world.platform.faults.set({ failures: [{ method: 'Metric.get_data', answer: 'hang' }] });
    const caller = new AbortController();
    const collecting = failureOf(world.collect({ options: { concurrency: 2 }, signal: caller.signal }));
    await expect.poll(() => world.platform.stats()['Metric.get_data']?.inFlight).toBe(2);
    const before = calls('Metric.get_data');
    caller.abort();
    expect(await collecting).toMatchObject({ code: 'cancelled' });
    await expect.poll(() => world.platform.stats()['Metric.get_data']?.inFlight).toBe(0);
    expect(calls('Metric.get_data')).toBe(before);
  });

  it('gives a call that hangs its time, and then the others theirs', async () => {
    const failures = [{ method: 'Metric.get_data', metric: 'NetworkOut', answer: 'hang' }] as const;
    const impatient = await startWorld({
      generation,
      fleet: { servers: 2, providers: ['aws'] },
      timeoutMs: 500,
      faults: { failures },
    });
    const messages = await impatient.collect();
    await impatient.close();
    const reasons = recordsOf(messages).map((record) => missingOf(record, 'network.sent_throughput'));
    expect(reasons).toEqual(['unavailable', 'unavailable']);
    expect(recordsOf(messages).every((record) => valuesOf(record, 'network.received_throughput'))).toBe(true);
  });

  describe('verify', () => {
    it('passes where everything is allowed, and reads a metric of each provider', async () => {
      expect(await counted(() => world.verify())).toBeGreaterThanOrEqual(6);
    });

    it('passes where there is nothing to read', async () => {
      await expect(world.verify({ options: { regions: ['nowhere'] } })).resolves.toEqual({});
    });

    it.each([
      {
        name: 'no token',
        over: { api_key: 'none' },
        code: 'invalid_input',
        says: 'secret_data.api_key is no JSON Web Token',
      },
      { name: 'no endpoint', over: { endpoint: undefined }, code: 'invalid_input', says: 'secret_data.endpoint' },
      {
        name: 'a bad endpoint',
        over: { endpoint: 'http://x' },
        code: 'invalid_input',
        says: 'is not grpc://host:port',
      },
      { name: 'nobody there', over: { endpoint: 'grpc://127.0.0.1:1' }, code: 'unavailable', says: '' },
    ])('names what is wrong: $name', async ({ over, code, says }) => {
      const secretData = { ...world.platform.secretData, ...over };
      expect(await failureOf(world.verify({ secretData }))).toMatchObject({
        code,
        message: expect.stringContaining(says),
      });
    });

    it('names a token that ran out, and one of somebody else', async () => {
      const { expired, forged } = tokensOf(world);
      const failure = (api_key: string) =>
        failureOf(world.verify({ secretData: { ...world.platform.secretData, api_key } }));
      expect(await failure(expired)).toMatchObject({
        code: 'secret_rejected',
        message: expect.stringContaining('ran out'),
      });
      expect(await failure(forged)).toMatchObject({ code: 'secret_rejected' });
    });

    it.each(['Metric.get_data', 'DataSource.list', generation === 'v1' ? 'Server.list' : 'CloudService.list'])(
      'names a refused %s',
      async (method) => {
        const answer = { status: 'PERMISSION_DENIED', details: 'ERROR_PERMISSION_DENIED: Permission denied.' } as const;
        world.platform.faults.set({ failures: [{ method, answer }] });
        expect(await failureOf(world.verify())).toMatchObject({ code: 'access_denied' });
      },
    );

    it('names data sources that are switched off, and those that keep silent', async () => {
      world.platform.faults.set({ disabledDataSources: ['ds-azure'] });
      expect(await failureOf(world.verify())).toMatchObject({
        message: expect.stringContaining('ds-azure (ds-azure) is disabled'),
      });
      await expect(world.verify({ options: { providers: ['aws'] } })).resolves.toEqual({});
      world.platform.faults.set({ disabledDataSources: [], rejectedSecrets: ['secret-aws-0001', 'secret-aws-0002'] });
      expect(await failureOf(world.verify())).toMatchObject({ message: expect.stringContaining('ds-aws has nothing') });
    });
  });
});

function tokensOf({ platform: { tokens } }: CollectorWorld) {
  const text = (name: string) => String(new Map(Object.entries(tokens)).get(name));
  return { expired: text('expired'), forged: text('forged') };
}
