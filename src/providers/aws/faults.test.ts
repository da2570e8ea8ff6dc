import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CollectError, reportOf } from '#model/errors.ts';
import { valuesAt } from '#model/record.ts';
import type { Faults } from '../../demo/aws/faults.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { account, connectTo, keys, type Reading, type ReadOptions, read, startCloud } from './testing-fleet.fixture.ts';

const clouds: AwsCloud[] = [];
afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.stop()));
});

async function cloudWith(faults: Partial<Faults>): Promise<AwsCloud> {
  const cloud = await startCloud({ faults });
  clouds.push(cloud);
  return cloud;
}

const region = 'eu-west-1';
let calm: Reading;
beforeAll(async () => {
  const cloud = await startCloud();
  calm = await read(cloud, { region });
  await cloud.stop();
});

async function readWith(faults: Partial<Faults>, options: ReadOptions = {}): Promise<Reading> {
  return read(await cloudWith(faults), { region, ...options });
}

function foldedOf({ servers }: Reading) {
  return new Map([...servers].map(([id, { folded }]) => [id, folded] as const).sort(([a], [b]) => a.localeCompare(b)));
}

describe('what passes leaves no trace in the result', () => {
  it.each<{ name: string; faults: Partial<Faults> }>([
    { name: 'pages that end early', faults: { partialDataRate: 1 } },
    { name: 'results that CloudWatch could not complete', faults: { internalErrorRate: 0.02 } },
    { name: 'server errors', faults: { serverErrorRate: 0.3 } },
    { name: 'connections torn down', faults: { resetRate: 0.2 } },
    { name: 'throttling', faults: { throttleStorm: { every: 6, lasts: 3 } } },
    {
      name: 'all of them',
      faults: { partialDataRate: 0.3, internalErrorRate: 0.005, serverErrorRate: 0.1, resetRate: 0.1 },
    },
  ])('$name', async ({ faults }) => {
    const reading = await readWith(faults);
    expect(foldedOf(reading)).toEqual(foldedOf(calm));
    for (const { failures } of reading.servers.values()) expect(failures).toEqual([]);
  });
});

describe('what is refused is said', () => {
  it('no CloudWatch in the region: every key is denied, what discovery knows stays', async () => {
    const { servers, ledger } = await readWith({ deniedCloudwatch: [`*/${region}`] });
    expect(servers.size).toBe(calm.servers.size);
    for (const [id, { folded }] of servers) {
      expect(valuesAt(folded?.monitoring ?? {}, 'memory.total')).toEqual(
        valuesAt(calm.servers.get(id)?.folded?.monitoring ?? {}, 'memory.total'),
      );
      const before = calm.servers.get(id)?.folded?.info.metrics['cpu.utilization'];
      if (before !== undefined && !('missing' in before))
        expect(folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'denied' });
    }
    expect(ledger.spent().usd).toBe(0);
    expect(ledger.lines().find(({ api }) => api === 'cloudwatch:GetMetricData')?.calls).toBeLessThanOrEqual(1);
  });

  it('no EC2 in the region: nothing is said about its servers', async () => {
    await expect(readWith({ deniedEc2: [`*/${region}`] })).rejects.toMatchObject({
      code: 'access_denied',
      where: `${account.id}/${region}`,
      fix: expect.stringContaining('ec2:DescribeInstances'),
    });
  });

  it('one metric: that key alone', async () => {
    const { servers } = await readWith({ forbiddenMetrics: ['AWS/EC2/NetworkIn'] });
    for (const [id, { folded, failures }] of servers) {
      const before = calm.servers.get(id)?.folded?.info.metrics['network.received_throughput'];
      if (before === undefined || 'missing' in before) continue;
      expect(folded?.info.metrics['network.received_throughput']).toEqual({ missing: 'denied' });
      expect(failures.map(({ key }) => key)).toEqual(['network.received_throughput']);
    }
  });

  it('one poisoned server: found by halving, all others read', async () => {
    const running = [...calm.servers.values()].find(
      ({ folded }) => valuesAt(folded?.monitoring ?? {}, 'cpu.utilization') !== undefined,
    );
    const id = running?.resource.id ?? '';
    const { servers } = await readWith({ poisonedInstances: [id] });
    expect(servers.get(id)?.folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'unsupported' });
    for (const [other, { folded }] of servers)
      if (other !== id) expect(folded).toEqual(calm.servers.get(other)?.folded);
  });

  it('a region that answers nonsense', async () => {
    await expect(readWith({ malformedRegions: [region] })).rejects.toMatchObject({ code: 'malformed_reply' });
  });

  it('a region that does not answer', async () => {
    await expect(readWith({ hangingRegions: [region] }, { timeoutMs: 250 })).rejects.toMatchObject({
      code: 'timeout',
      where: `${account.id}/${region}`,
    });
  });

  it('throttling without end: said, after a bounded number of calls', async () => {
    const cloud = await cloudWith({});
    const { fleet, close, ledger } = await connectTo(cloud.url);
    cloud.faults.set({ throttleStorm: { every: 1e9, lasts: 1e9 } });
    await expect(fleet.regions(new AbortController().signal)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(ledger.lines().find(({ api }) => api === 'ec2:DescribeRegions')).toMatchObject({
      calls: 8,
      throttled: 8,
      retried: 7,
    });
    close();
  });
});

describe('stopping', () => {
  it('ends at once where nothing answers', async () => {
    const cloud = await cloudWith({ hangingRegions: [region] });
    const stop = new AbortController();
    const reading = read(cloud, { region, signal: stop.signal });
    const begun = performance.now();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('sends no further request, and keeps what was read', async () => {
    const stopping = AbortSignal.abort();
    const { servers, ledger } = await readWith({}, { stopping });
    expect(servers.size).toBe(0);
    expect(ledger.lines().find(({ api }) => api === 'cloudwatch:GetMetricData')).toBeUndefined();
  });

  it('at the budget: what is left is not read, and nothing is said of it', async () => {
    const { servers, ledger } = await readWith({}, { maxUsd: 0.0001 });
    expect(ledger.spent().usdAtMost).toBeLessThanOrEqual(0.0001);
    const unread = [...servers.values()].filter(({ folded }) => folded === undefined);
    expect(unread.length).toBeGreaterThan(0);
    for (const { failures } of unread)
      expect(failures.every(({ error }) => error.code === 'budget_exceeded')).toBe(true);
  });
});

describe('the way in', () => {
  it('by keys', async () => {
    const { fleet, close } = await connectTo((await cloudWith({})).url);
    expect(fleet.account).toBe(account.id);
    close();
  });

  it('by a role with an external id', async () => {
    const { url } = await cloudWith({});
    const role = { roleArn: `arn:aws:iam::${account.id}:role/Reader`, externalId: 'shared-secret-id' };
    const { fleet, close } = await connectTo(url, {}, { from: keys, assume: [role] });
    expect(await fleet.regions(new AbortController().signal)).toContain('us-east-1');
    close();
    await expect(
      connectTo(url, {}, { from: keys, assume: [{ ...role, externalId: 'a-wrong-one' }] }),
    ).rejects.toMatchObject({ code: 'access_denied' });
  });

  it.each([
    { name: 'an unknown key', from: { ...keys, accessKeyId: 'AKIAUNKNOWNUNKNOWN01' } },
    { name: 'a wrong secret', from: { ...keys, secretAccessKey: 'aSecretThatIsWrongAndMustNotBeShown00001' } },
  ])('not by $name', async ({ from }) => {
    const refused = await connectTo((await cloudWith({})).url, {}, { from }).catch(CollectError.from);
    expect(refused).toMatchObject({ code: 'secret_rejected' });
    if (refused instanceof CollectError)
      expect(JSON.stringify([reportOf(refused), String(refused.stack)])).not.toContain(from.secretAccessKey);
  });
});
