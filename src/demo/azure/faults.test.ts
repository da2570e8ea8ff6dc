import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { allRows, clientOf, corp, shop, startTestCloud, tenant, tokenOf } from './azure-clients.fixture.ts';
import type { Faults } from './faults.ts';
import { demoTenants } from './tenants.ts';

const metrics = ['Percentage CPU', 'Network In Total'];
const list = '/subscriptions?api-version=2022-12-01';

async function setUp(faults: Partial<Faults> = {}) {
  const wallNow = Date.now();
  const cloud = await startTestCloud({ wallClock: () => wallNow });
  const client = await clientOf(cloud);
  const machinesOf = async (subscription: string, region: string) => {
    const query = `resources | where type =~ 'microsoft.compute/virtualmachines' and subscriptionId == '${subscription}' and location == '${region}' and not(name startswith 'ci-agent') | project id | order by id asc`;
    return (await allRows(client, query)).rows.map(({ id }): string => id);
  };
  const machines = await machinesOf(shop, 'eastus');
  const batch = (region = 'eastus', ids: readonly string[] = machines.slice(0, 5)) =>
    client.getBatch(shop, region, ids, { metrics });
  cloud.stats.reset();
  cloud.faults.set(faults);
  return { cloud, client, machines, machinesOf, batch };
}

/** Calls made one after another, so that their luck comes in order. */
async function inTurn<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  const replies: T[] = [];
  for (let i = 0; i < count; i++) replies.push(await call());
  return replies;
}

describe('quotas', () => {
  it("of Resource Manager are 250 reads, then 25 a second, each subscription's own", async () => {
    let wallNow = Date.now();
    const cloud = await startTestCloud({ wallClock: () => wallNow });
    const { get } = await clientOf(cloud);
    const skus = (subscription: string) =>
      get(
        `/subscriptions/${subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location eq 'eastus'`,
      );
    const statuses = (await Promise.all(Array.from({ length: 260 }, () => skus(shop)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(250);
    const refused = await skus(shop);
    expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'SubscriptionRequestsThrottled',
      '1',
    ]);
    expect((await skus(corp)).status).toBe(200);
    wallNow += 1000;
    const later = await inTurn(30, () => skus(shop));
    expect(later.filter(({ status }) => status === 200)).toHaveLength(25);
    expect(cloud.stats.rows()).toContainEqual(
      expect.objectContaining({ operation: 'skus', account: shop, calls: 291, throttled: 16 }),
    );
  });

  it.each([
    { multiplier: 0.1, granted: 10, after: '1' },
    { multiplier: 0.005, granted: 1, after: '2' },
    { multiplier: Number.POSITIVE_INFINITY, granted: 120, after: null },
  ])('of the metrics service scale: $multiplier', async ({ multiplier, granted, after }) => {
    const { batch } = await setUp({ quotaMultiplier: multiplier });
    const replies = await inTurn(120, () => batch());
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(granted);
    expect(replies.at(-1)?.headers.get('retry-after')).toBe(after);
  });
});

describe('faults', () => {
  it('of luck come at their rate, and the same in each run', async () => {
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const { batch } = await setUp({ overloadRate: 0.2, outOfRangeRate: 0.2, serverErrorRate: 0.2 });
        return (await inTurn(60, () => batch())).map(({ status, body }) => `${status} ${body.error?.code ?? 'ok'}`);
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    const count = (outcome: string) => runs[0]?.filter((one) => one === outcome).length ?? 0;
    expect(count('200 ok')).toBeGreaterThan(15);
    for (const outcome of ['529 ServerOverloaded', '500 InternalServerError', '503 ServerTimeout']) {
      expect(count(outcome)).toBeGreaterThan(2);
      expect(count(outcome)).toBeLessThan(25);
    }
  });

  it('of single metrics leave the others of the answer', async () => {
    const { batch } = await setUp({ metricErrorRate: 0.3 });
    const { status, body } = await batch();
    const all = body.values.flatMap(
      ({ value }: { value: { errorCode: string; errorMessage?: string; timeseries: unknown[] }[] }) => value,
    );
    const failed = all.filter(({ errorCode }: { errorCode: string }) => errorCode !== 'Success');
    expect([status, all.length]).toEqual([200, 10]);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(10);
    for (const one of failed) expect(one).toMatchObject({ errorMessage: expect.any(String), timeseries: [] });
  });

  it('throttle in storms, but not who signs in', async () => {
    const { cloud, client, batch } = await setUp({ throttleStorm: { every: 4, lasts: 1 } });
    const statuses = (await inTurn(8, () => batch())).map(({ status }) => status);
    expect(statuses).toEqual([429, 200, 200, 200, 429, 200, 200, 200]);
    expect((await inTurn(4, () => client.get(list))).map(({ status }) => status)).toEqual([429, 200, 200, 200]);
    const queries = await inTurn(4, () => client.graph('resources | take 1'));
    const refused = queries.find(({ status }) => status === 429);
    expect(refused?.headers.get('x-ms-user-quota-resets-after')).toBe('00:00:01');
    await clientOf(cloud);
  });

  it('make a resource unknown, which fails its batch', async () => {
    const { cloud, machines, batch } = await setUp();
    cloud.faults.set({ missingResources: [machines[3]?.toUpperCase() ?? ''] });
    expect((await batch()).status).toBe(400);
    expect((await batch('eastus', machines.slice(4, 9))).status).toBe(200);
    cloud.faults.clear();
    expect((await batch()).status).toBe(200);
  });

  it('close a region, or a subscription', async () => {
    const { cloud, client, machinesOf, batch } = await setUp({ deniedMetrics: [`${shop}/*`] });
    expect(await batch()).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
    cloud.faults.set({ deniedMetrics: ['*/westeurope'] });
    expect((await batch()).status).toBe(200);
    expect((await batch('westeurope', await machinesOf(shop, 'westeurope'))).status).toBe(403);
    cloud.faults.set({ deniedManagement: [shop] });
    const { rows } = await allRows(client, 'resources | summarize count() by subscriptionId');
    expect(rows.map(({ subscriptionId }) => subscriptionId)).toEqual([corp]);
    cloud.faults.set({ deniedManagement: ['*'] });
    expect((await client.get(list)).status).toBe(403);
  });

  it('are part of the demo: a region that is closed to all', async () => {
    const { client, machinesOf } = await setUp();
    const ids = await machinesOf(corp, 'germanywestcentral');
    expect(ids.length).toBeGreaterThan(10);
    const { status, body } = await client.getBatch(corp, 'germanywestcentral', ids, { metrics });
    expect([status, body.error.code]).toEqual([403, 'AuthorizationFailed']);
    expect((await client.getBatch(corp, 'atlantis', ids, { metrics })).status).toBe(404);
  });

  it('tell of a subscription without Microsoft.Insights', async () => {
    const [{ subscriptions, ...rest }] = demoTenants;
    const tenants = [
      { ...rest, subscriptions: subscriptions.map((one) => ({ ...one, insightsUnregistered: true as const })) },
    ];
    const client = await clientOf(await startTestCloud({ tenants }));
    const { status, body } = await client.getBatch(shop, 'eastus', ['x'], { metrics });
    expect([status, body.error.code]).toEqual([403, 'MissingSubscriptionRegistration']);
  });

  it('break an answer off, or a connection', async () => {
    const { cloud, batch, client } = await setUp({ malformedHosts: ['eastus'] });
    await expect(batch()).rejects.toThrow(SyntaxError);
    expect((await client.get(list)).status).toBe(200);
    cloud.faults.set({ malformedHosts: [], resetRate: 1 });
    await expect(client.get(list)).rejects.toThrow('fetch failed');
    expect(cloud.stats.rows().map(({ operation, failed }) => [operation, failed])).toEqual([
      ['getBatch', 1],
      ['subscriptions', 1],
    ]);
  });

  it('let a host hang', async () => {
    const { cloud } = await setUp({ hangingHosts: ['management'] });
    const waiting = fetch(cloud.url + list, { signal: AbortSignal.timeout(60) });
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
    const open = await fetch(`${cloud.url}/${tenant.id}/v2.0/.well-known/openid-configuration`);
    expect(open.status).toBe(200);
  });

  it('slow every answer down', async () => {
    const { client } = await setUp({ latencyMs: 60, latencyJitterMs: 20 });
    const before = performance.now();
    await client.get(list);
    expect(performance.now() - before).toBeGreaterThan(59);
  });

  it('of Entra ID are told in its words', async () => {
    const { cloud } = await setUp({ serverErrorRate: 1 });
    const response = await fetch(`${cloud.url}/${tenant.id}/oauth2/v2.0/token`, { method: 'POST', body: '' });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable', error_codes: [90033] });
  });
});

it.each(['/%', '//', '/metrics/', '/metrics/eastus/subscriptions/%ZZ/metrics:getBatch'])(
  'a path that leads nowhere is not found: %s',
  async (path) => {
    const { cloud } = await setUp();
    expect((await fetch(cloud.url + path)).status).toBe(404);
  },
);

it('a region answers at its own host name too', async () => {
  const { cloud, machines } = await setUp();
  const token = await tokenOf(cloud, 'https://metrics.monitor.azure.com');
  const search =
    'api-version=2023-10-01&metricnamespace=Microsoft.Compute/virtualMachines&metricnames=Percentage%20CPU';
  const status = await new Promise((resolve, reject) => {
    const call = request(`${cloud.url}/subscriptions/${shop}/metrics:getBatch?${search}`, {
      method: 'POST',
      headers: { host: 'eastus.metrics.monitor.azure.com', authorization: `Bearer ${token}` },
    });
    call.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    call.end(JSON.stringify({ resourceids: machines.slice(0, 2) }));
  });
  expect(status).toBe(200);
});
