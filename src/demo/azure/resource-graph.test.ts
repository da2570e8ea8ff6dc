import { describe, expect, it } from 'vitest';
import { allRows, clientOf, corp, shop, startTestCloud, tenant, testNow } from './azure-clients.fixture.ts';
import { existenceOf } from './resource.ts';
import { candidatesOf, resolve, type World } from './world.ts';

const noQuota = { quotaMultiplier: Number.POSITIVE_INFINITY };
const machines = "resources | where type =~ 'Microsoft.Compute/virtualMachines'";

/** How many resources of a type exist at a time. */
function living(world: World, type: string, at: number, lagSeconds = 0): number {
  const found = world.cells.flatMap((cell) => [...candidatesOf(cell)].map(resolve));
  return found.filter((resource) => {
    if (resource?.type !== type) return false;
    const { createdAt, deletedAt } = existenceOf(resource);
    return createdAt <= at && at < deletedAt + lagSeconds;
  }).length;
}

describe('a listing', () => {
  it('is complete over its pages, in order, each row once', async () => {
    const cloud = await startTestCloud({ faults: noQuota });
    const { rows, pages } = await allRows(await clientOf(cloud), `${machines} | project id | order by id asc`, 97);
    const ids = rows.map(({ id }) => id);
    const count = living(cloud.world, 'microsoft.compute/virtualmachines', testNow, 900);
    expect(ids).toHaveLength(count);
    expect(pages).toBe(Math.ceil(count / 97));
    expect(new Set(ids).size).toBe(count);
    expect(ids).toEqual(ids.toSorted());
  });

  it('loses and doubles rows over its pages when nothing orders it', async () => {
    const { rows } = await allRows(
      await clientOf(await startTestCloud({ faults: noQuota })),
      `${machines} | project id`,
      97,
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBeLessThan(rows.length);
  });

  it('has a token on every page but the last, and is not truncated for all that', async () => {
    const { graph } = await clientOf(await startTestCloud());
    const { body } = await graph(`${machines} | project id, name | order by id asc`, { $top: 10, $skip: 5 });
    expect(body).toMatchObject({ count: 10, resultTruncated: 'false', facets: [] });
    expect(body.totalRecords).toBeGreaterThan(700);
    expect(body.$skipToken).toBeTypeOf('string');
    const last = await graph(`${machines} | project id, name | order by id asc`, { $skip: body.totalRecords - 3 });
    expect(last.body).toMatchObject({ count: 3, resultTruncated: 'false' });
    expect(last.body).not.toHaveProperty('$skipToken');
  });

  it.each([
    { name: 'all of its columns are dynamic', query: `${machines} | order by id asc | project properties`, count: 10 },
    { name: 'it takes rows', query: `${machines} | order by id asc | take 20`, count: 10 },
  ])('is truncated without a token where $name', async ({ query, count }) => {
    const { graph } = await clientOf(await startTestCloud());
    const { body } = await graph(query, { $top: 10 });
    expect(body).toMatchObject({ count, resultTruncated: 'true' });
    expect(body).not.toHaveProperty('$skipToken');
  });

  it('goes on showing what was deleted for a while, as if it ran', async () => {
    const names = async (graphLagSeconds: number) => {
      const client = await clientOf(await startTestCloud({ graphLagSeconds }));
      const query = `${machines} and name startswith 'ci-agent' | extend state = tostring(properties.extended.instanceView.powerState.code) | project id, state | order by id asc`;
      return (await allRows(client, query)).rows;
    };
    const [prompt, slow] = await Promise.all([names(0), names(3600)]);
    expect(prompt).toEqual([]);
    expect(slow.length).toBeGreaterThan(5);
    expect(new Set(slow.map(({ state }) => state))).toEqual(new Set(['PowerState/running']));
  });

  it('tells machines, what belongs to them, and power states', async () => {
    const client = await clientOf(await startTestCloud());
    const { rows } = await allRows(client, `${machines} | order by id asc`);
    const states = new Set(rows.map(({ properties }) => properties.extended.instanceView.powerState.code));
    expect(states).toEqual(new Set(['PowerState/running', 'PowerState/deallocated', 'PowerState/stopped']));
    const [first] = rows;
    expect(first).toMatchObject({ type: 'microsoft.compute/virtualmachines', tenantId: tenant.id, plan: null });
    expect(first.properties).toMatchObject({ hardwareProfile: { vmSize: expect.stringMatching(/^Standard_/) } });
    const { rows: parts } = await allRows(
      client,
      "resources | where type in~ ('microsoft.network/networkInterfaces', 'microsoft.compute/disks') | project id, type, name, owner = coalesce(managedBy, properties.virtualMachine.id) | order by id asc",
    );
    const loose = parts.filter(({ owner }) => owner === null);
    expect(loose.length).toBeGreaterThan(20);
    expect(loose.every(({ type, name }) => type === 'microsoft.compute/disks' && name.endsWith('-disk2'))).toBe(true);
    const small = (ids: readonly string[]) => new Set(ids.map((id) => id.toLowerCase()));
    const owned = (type: string) =>
      parts.filter((part) => part.type === type && !loose.includes(part)).map(({ id }) => id);
    const interfaces = rows.flatMap(({ properties }) =>
      properties.networkProfile.networkInterfaces.map(({ id }: { id: string }) => id),
    );
    const disks = rows.flatMap(({ properties: { storageProfile } }) =>
      [storageProfile.osDisk, ...storageProfile.dataDisks].map(({ managedDisk }) => managedDisk.id),
    );
    expect(small(owned('microsoft.network/networkinterfaces'))).toEqual(small(interfaces));
    expect(small(owned('microsoft.compute/disks'))).toEqual(small(disks));
    expect(small(parts.flatMap(({ owner }) => owner ?? []))).toEqual(small(rows.map(({ id }) => id)));
    expect(interfaces.length).toBeGreaterThan(rows.length);
    expect(
      interfaces.filter((id) => !owned('microsoft.network/networkinterfaces').includes(id)).length,
    ).toBeGreaterThan(50);
  });

  it('counts every type by place', async () => {
    const cloud = await startTestCloud();
    const { graph } = await clientOf(cloud);
    const { body } = await graph('resources | summarize count() by type | order by type asc');
    const want = [...new Set(cloud.world.cells.flatMap((cell) => [...candidatesOf(cell)].map(({ type }) => type)))];
    expect(body.data).toEqual(
      want.toSorted().map((type) => ({ type, count_: living(cloud.world, type, testNow, 900) })),
    );
  });
});

describe('Resource Graph', () => {
  it('tells of the subscriptions that are asked for and open to the principal', async () => {
    const cloud = await startTestCloud();
    const places = async (application: number, subscriptions?: readonly string[]) => {
      const { graph } = await clientOf(cloud, application);
      const { status, body } = await graph(`${machines} | summarize count() by subscriptionId`, {}, subscriptions);
      return status === 200
        ? body.data.map(({ subscriptionId }: { subscriptionId: string }) => subscriptionId).sort()
        : body.error.details[0].code;
    };
    expect(await places(0)).toEqual([shop, corp]);
    expect(await places(0, [corp.toUpperCase()])).toEqual([corp]);
    expect(await places(2)).toEqual([corp]);
    expect(await places(2, [shop])).toBe('NoValidSubscriptionsInQueryRequest');
  });

  it.each([
    { name: 'a bad query', query: 'resources | where', options: {}, code: 'ParserFailure' },
    { name: 'a join', query: 'resources | join x', options: {}, code: 'InvalidQueryLanguage' },
    { name: 'too large a page', query: 'resources', options: { $top: 1001 }, code: undefined },
    { name: 'a foreign token', query: 'resources', options: { $skipToken: 'x~y' }, code: undefined },
    { name: 'the table format', query: 'resources', options: { resultFormat: 'table' }, code: undefined },
  ])('refuses $name', async ({ query, options, code }) => {
    const { graph } = await clientOf(await startTestCloud());
    const { status, body } = await graph(query, options);
    expect([status, body.error.code, body.error.details?.[1]?.code]).toEqual([400, 'BadRequest', code]);
  });

  it('lets 15 queries through in five seconds and says so', async () => {
    let wallNow = Date.now();
    const { graph } = await clientOf(await startTestCloud({ wallClock: () => wallNow }));
    const ask = async () => {
      const { status, headers, body } = await graph('resources | take 1');
      return [
        status,
        headers.get('x-ms-user-quota-remaining'),
        headers.get('x-ms-user-quota-resets-after'),
        body.error?.code,
      ];
    };
    expect(await ask()).toEqual([200, '14', '00:00:05', undefined]);
    for (let i = 0; i < 14; i++) await ask();
    wallNow += 2500;
    expect(await ask()).toEqual([429, '0', '00:00:03', 'RateLimiting']);
    wallNow += 2500;
    expect(await ask()).toEqual([200, '14', '00:00:05', undefined]);
  });
});
