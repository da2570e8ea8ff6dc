import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { server } from '#store/testing/servers.ts';
import { openServer, type TestServer } from './auth-server.fixture.ts';
import { sampleNow } from './sample-fleet.fixture.ts';
import { ServerGroups } from './server-groups-api.ts';

const sized = (id: string, account: string, core: number | undefined, cpu: number | undefined, type = `type-${core}`) =>
  server(id, {
    name: `tiled-${id}`,
    account,
    instance_type: type,
    data: {
      ...(core === undefined ? {} : { hardware: { core } }),
      ...(cpu === undefined ? {} : { monitoring: { cpu: { utilization: { avg: cpu } } } }),
    },
  });

const small = [
  sized('t1', 'pay', 2, 10),
  sized('t2', 'pay', 2, undefined),
  sized('t3', 'core', 8, 0),
  sized('t4', 'core', undefined, 40, 'odd'),
  sized('t5', 'core', 4, 20, 'odd'),
];

let opened: TestServer;
beforeAll(async () => {
  opened = await openServer();
  const many = Array.from({ length: 5011 }, (_, at) => ({
    record: server(`m-${at}`, {
      name: `many-${at}`,
      account: at < 5001 ? 'large' : 'rest',
      instance_type: at % 3 === 0 ? 'third' : 'rest',
      data: at < 10 ? { hardware: { core: 2 }, monitoring: { cpu: { utilization: { avg: at } } } } : {},
    }),
  }));
  await opened.store.inventory.put([...small.map((record) => ({ record })), ...many], sampleNow);
});
afterAll(() => opened.close());

async function groups(query: string) {
  const { status, data } = await opened.ask('GET', `/api/servers/groups?${query}`);
  expect(status).toBe(200);
  return ServerGroups.parse(data);
}

describe('groups', () => {
  it('are single servers while there are few, with the size of their type and no value where there is none', async () => {
    const { level, servers, measured, groups: found } = await groups('q=name:~tiled');
    expect({ level, servers, measured }).toEqual({ level: 'server', servers: 5, measured: 4 });
    expect(found.map(({ account }) => account)).toEqual(['core', 'pay']);
    const [core, pay] = found;
    expect(pay?.tiles).toMatchObject([
      { name: 'tiled-t1', value: 10, vcpus: 2, unsized: 0 },
      { name: 'tiled-t2', value: null, measured: 0, vcpus: 2 },
    ]);
    expect(core?.tiles).toMatchObject([
      { name: 'tiled-t3', value: 0, vcpus: 8 },
      // Two records of that type disagree.
      { name: 'tiled-t4', vcpus: 0, unsized: 1 },
      { name: 'tiled-t5', vcpus: 0, unsized: 1 },
    ]);
  });

  it('are accounts and regions where there are many, and types of one', async () => {
    const all = await groups('q=name:~many');
    expect(all.level).toBe('region');
    expect(all.groups.map(({ tiles }) => tiles[0]?.servers)).toEqual([5001, 10]);
    expect(all.groups[0]?.tiles[0]).toMatchObject({ id: null, name: 'eu-west-1', measured: 10, value: 4.5 });
    const one = await groups('q=name:~many+account:large');
    expect(one.level).toBe('type');
    expect(one.groups[0]?.tiles).toMatchObject([
      { name: 'rest', servers: 3334 },
      { name: 'third', servers: 1667 },
    ]);
    expect((await groups('q=name:~many+account:rest')).level).toBe('server');
  });

  it.each(['key=cpu.p42', 'q=colour:red'])('refuse %s', async (query) => {
    const { status, error } = await opened.ask('GET', `/api/servers/groups?${query}`);
    expect([status, error?.code]).toEqual([400, 'invalid_query']);
  });
});
