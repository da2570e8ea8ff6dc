import { describe, expect, it } from 'vitest';
import { allRows, clientOf, corp, fortnight, shop, startTestCloud, tenant } from './azure-clients.fixture.ts';
import { bigTenant } from './tenants.ts';

describe('subscriptions', () => {
  it('are listed page by page', async () => {
    const tenants = bigTenant(70, 7);
    const { get } = await clientOf(await startTestCloud({ tenants, subscriptionsPerPage: 3 }));
    const ids: string[] = [];
    const pages: number[] = [];
    let next: string | undefined = '/subscriptions?api-version=2022-12-01';
    while (next !== undefined && pages.length < 10) {
      const reply: Awaited<ReturnType<typeof get>> = await get(next);
      ids.push(...reply.body.value.map(({ subscriptionId }: { subscriptionId: string }) => subscriptionId));
      pages.push(reply.body.value.length);
      next = reply.body.nextLink;
    }
    expect(ids).toEqual(tenants[0].subscriptions.map(({ id }) => id));
    expect(pages).toEqual([3, 3, 1]);
  });

  it('are those that the principal may see', async () => {
    const cloud = await startTestCloud();
    const seen = async (application: number) => {
      const { body } = await (await clientOf(cloud, application)).get('/subscriptions?api-version=2022-12-01');
      return body.value;
    };
    expect(await seen(0)).toMatchObject([
      { id: `/subscriptions/${shop}`, tenantId: tenant.id, displayName: 'demo-shop-prod', state: 'Enabled' },
      { id: `/subscriptions/${corp}` },
    ]);
    expect(await seen(2)).toMatchObject([{ id: `/subscriptions/${corp}` }]);
  });
});

describe('SKUs', () => {
  it('tell the size of every machine of a location', async () => {
    const client = await clientOf(await startTestCloud());
    const { body } = await client.get(
      `/subscriptions/${shop}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location eq 'eastus'`,
    );
    const sizes = new Map<string, Record<string, string>>();
    for (const { resourceType, name, capabilities } of body.value) {
      if (resourceType !== 'virtualMachines') continue;
      sizes.set(
        name,
        Object.fromEntries(capabilities.map((one: { name: string; value: string }) => [one.name, one.value])),
      );
    }
    expect(sizes.get('Standard_E8ds_v5')).toMatchObject({ vCPUs: '8', MemoryGB: '64' });
    const query =
      "resources | where type =~ 'microsoft.compute/virtualmachines' | project size = tostring(properties.hardwareProfile.vmSize) | summarize count() by size";
    const { rows } = await allRows(client, query);
    expect(rows.filter(({ size }) => !sizes.has(size))).toEqual([]);
  });

  it.each([
    {
      path: `/subscriptions/${shop}/providers/Microsoft.Compute/skus?api-version=2021-07-01`,
      status: 400,
      code: 'BadRequest',
    },
    {
      path: `/subscriptions/${shop}/providers/Microsoft.Compute/skus`,
      status: 400,
      code: 'MissingApiVersionParameter',
    },
    { path: '/subscriptions?api-version=new', status: 400, code: 'InvalidApiVersionParameter' },
    {
      path: '/subscriptions/nobody/providers/Microsoft.Compute/skus?api-version=2021-07-01',
      status: 404,
      code: 'SubscriptionNotFound',
    },
    { path: '/providers/Microsoft.Nothing?api-version=2021-07-01', status: 404, code: 'NotFound' },
  ])('are refused: $path', async ({ path, status, code }) => {
    const reply = await (await clientOf(await startTestCloud())).get(path);
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
  });
});

describe('metrics of one resource', () => {
  const span = [fortnight.start, fortnight.end].map((time) => new Date(time * 1000).toISOString()).join('/');
  const search = `api-version=2023-10-01&metricnames=Percentage CPU,Network In Total&aggregation=average,count&interval=FULL&timespan=${span}`;

  async function setUp(application = 0) {
    const cloud = await startTestCloud();
    const [reader, client] = await Promise.all([clientOf(cloud), clientOf(cloud, application)]);
    const query = `resources | where type =~ 'microsoft.compute/virtualmachines' and subscriptionId == '${corp}' and location == 'eastus' and name startswith 'shop-web' | project id | order by id asc`;
    const { rows } = await allRows(reader, query);
    const id: string = rows[0].id;
    return { reader, client, id, path: `${id}/providers/microsoft.insights/metrics` };
  }

  it('are what a batch tells', async () => {
    const { reader, id, path } = await setUp();
    const { status, body } = await reader.get(`${path}?${search}`);
    expect(status).toBe(200);
    const metrics = ['Percentage CPU', 'Network In Total'];
    const batch = await reader.getBatch(corp, 'eastus', [id], { metrics, aggregation: 'average,count' });
    expect(body.value).toEqual(batch.body.values[0].value);
    expect(body).toMatchObject({
      interval: 'FULL',
      timespan: span.replaceAll('.000', ''),
      resourceregion: 'eastus',
      cost: expect.any(Number),
    });
  });

  it('are open to a principal with roles on resources only, unlike a batch', async () => {
    const { client, id, path } = await setUp(2);
    expect((await client.get(`${path}?${search}`)).status).toBe(200);
    const { status, body } = await client.getBatch(corp, 'eastus', [id], { metrics: ['Percentage CPU'] });
    expect([status, body.error.code]).toEqual([401, 'AuthorizationFailed']);
    const skus = `/subscriptions/${corp}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location eq 'eastus'`;
    expect((await client.get(skus)).status).toBe(403);
    const closed = await client.get(`${path.replace(corp, shop)}?${search}`);
    expect([closed.status, closed.body.error.code]).toEqual([403, 'AuthorizationFailed']);
  });

  it('are refused without an error around the words, but for a resource that is not there', async () => {
    const { reader, path } = await setUp();
    const bad = await reader.get(`${path}?${search.replace('FULL', 'PT3M')}`);
    expect(bad).toMatchObject({ status: 400, body: { code: 'BadRequest', message: expect.stringContaining('PT3M') } });
    const other = await reader.get(`${path}?${search}&metricnamespace=Microsoft.Compute/disks`);
    expect(other).toMatchObject({ status: 400, body: { code: 'BadRequest' } });
    const gone = await reader.get(`${path.replace('shop-web', 'shop-wab')}?${search}`);
    expect(gone).toMatchObject({ status: 404, body: { error: { code: 'ResourceNotFound' } } });
  });
});
