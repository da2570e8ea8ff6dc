import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServerRow } from './api.ts';
import { openServer, type TestServer } from './auth-server.fixture.ts';
import { ServerFacets } from './facets-api.ts';
import { sampleNow, sampleRecord } from './sample-fleet.fixture.ts';

/** What `openServer` brings is of no account of ours. */
const fleet = [
  { id: 'i-f1', name: 'f-1', account: 'pay', region: 'eu-west-1', cpu: 5 },
  { id: 'i-f2', name: 'f-2', account: 'pay', region: 'us-east-1', cpu: 50 },
  { id: 'i-f3', name: 'f-3', account: 'core', region: 'eu-west-1', cpu: 95 },
  { id: 'i-f4', name: 'f-4', account: 'core', region: 'eu-west-1', state: 'STOPPED' },
];

let opened: TestServer;
beforeAll(async () => {
  opened = await openServer();
  await opened.store.inventory.put(
    fleet.map((server) => ({ record: sampleRecord(server) })),
    sampleNow,
  );
});
afterAll(() => opened.close());

async function facets(q: string, more = '') {
  const { status, data } = await opened.ask('GET', `/api/servers/facets?q=${encodeURIComponent(q)}${more}`);
  expect(status).toBe(200);
  return ServerFacets.parse(data);
}

const pairs = ({ values }: { values: readonly { value: string; servers: number }[] }) =>
  values.map(({ value, servers }) => `${value} ${servers}`);

describe('facets', () => {
  it('count what the query lets through', async () => {
    const { account, region, state, provider, type } = await facets('name:~f-');
    expect([pairs(account), pairs(region), pairs(state)]).toEqual([
      ['core 2', 'pay 2'],
      ['eu-west-1 3', 'us-east-1 1'],
      ['RUNNING 3', 'STOPPED 1'],
    ]);
    expect([pairs(provider), pairs(type), type.all]).toEqual([['aws 4'], ['m7i.large 4'], 1]);
  });

  it('leave out what is said of themselves, and of nothing else', async () => {
    const { account, region } = await facets('name:~f- account:pay -region:us-east-1');
    expect(pairs(account)).toEqual(['core 2', 'pay 1']);
    expect(pairs(region)).toEqual(['eu-west-1 1', 'us-east-1 1']);
  });

  it('say how used the servers of the query are; blank is not zero', async () => {
    expect((await facets('name:~f-')).cpu).toEqual({ statistic: 'avg', measured: 3, p50: 50, p90: 50 });
    expect((await facets('name:~f-4', '&stat=max')).cpu).toEqual({
      statistic: 'max',
      measured: 0,
      p50: null,
      p90: null,
    });
  });

  it('refuse a query that is none, as the list does', async () => {
    const { status, error } = await opened.ask('GET', '/api/servers/facets?q=colour:red');
    expect(status).toBe(400);
    expect(error).toMatchObject({ code: 'invalid_query', where: 'colour:red' });
  });
});

describe('a window of the list', () => {
  const names = async (query: string) => {
    const { status, data, meta } = await opened.ask('GET', `/api/servers?q=name:~f-&${query}`);
    expect(status).toBe(200);
    const rows = z.array(ServerRow).parse(data);
    return { names: rows.map(({ name }) => name), total: meta?.total, next: meta?.next };
  };

  it.each([
    { query: 'sort=-cpu.avg&from=0&limit=2', want: ['f-3', 'f-2'] },
    { query: 'sort=-cpu.avg&from=2&limit=2', want: ['f-1', 'f-4'] },
    { query: 'sort=cpuAvg&from=1&limit=100', want: ['f-2', 'f-3', 'f-4'] },
    { query: 'sort=state&from=3', want: ['f-4'] },
    { query: 'from=4', want: [] },
    { query: 'from=99999999', want: [] },
  ])('$query', async ({ query, want }) => {
    expect(await names(query)).toEqual({ names: want, total: 4, next: undefined });
  });

  it('keeps its order while somebody scrolls, and makes it anew some seconds later', async () => {
    const query = 'sort=name&from=0&limit=1';
    await names(query);
    const record = sampleRecord({ id: 'i-f0', name: 'f-0' });
    await opened.store.inventory.put([{ record }], sampleNow);
    expect(await names(query)).toMatchObject({ names: ['f-1'], total: 4 });
    opened.clock.now += 11_000;
    expect(await names(query)).toMatchObject({ names: ['f-0'], total: 5 });
  });

  it.each([
    { query: 'from=-1', where: 'from' },
    { query: 'from=1&cursor=x', where: 'from' },
    { query: 'from=0&sort=colour', where: 'sort' },
    { query: 'sort=cpu.p95', where: 'sort' },
    { query: 'from=0&limit=1001', where: 'limit' },
  ])('$query is refused', async ({ query, where }) => {
    const { status, error } = await opened.ask('GET', `/api/servers?${query}`);
    expect({ status, code: error?.code, where: error?.where }).toEqual({
      status: 400,
      code: 'invalid_query',
      where,
    });
  });
});
