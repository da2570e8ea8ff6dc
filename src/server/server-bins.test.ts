import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, type TestServer } from './auth-server.fixture.ts';
import { sampleNow, sampleRecord } from './sample-fleet.fixture.ts';
import { ServerBins } from './server-bins-api.ts';

const fleet = [
  { id: 'i-bin1', name: 'binned-1', cpu: 5 },
  { id: 'i-bin2', name: 'binned-2', cpu: 5 },
  { id: 'i-bin3', name: 'binned-3', cpu: 95 },
  { id: 'i-bin4', name: 'binned-4', state: 'STOPPED' },
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

describe('bins', () => {
  it('count the servers of the query, and say how many have no value', async () => {
    const { status, data } = await opened.ask('GET', '/api/servers/bins?q=name:~binned');
    expect(status).toBe(200);
    const { bins, servers, measured, x, y, corners } = ServerBins.parse(data);
    expect({ x, y, servers, measured }).toEqual({ x: 'cpu.avg', y: 'cpu.max', servers: 4, measured: 3 });
    expect(bins.map(([, , count]) => count).toSorted()).toEqual([1, 2]);
    expect(corners.map(({ name }) => name)).toEqual(['idle', 'spiky', 'hot']);
  });

  it('have a corner for spikes only where an average stands beside its own peaks', async () => {
    const { data } = await opened.ask('GET', '/api/servers/bins?x=mem.avg&y=cpu.max');
    expect(ServerBins.parse(data).corners.map(({ name }) => name)).toEqual(['idle', 'hot']);
  });

  it.each(['x=cpu.p42', 'q=colour:red', 'colour=red'])('refuse %s', async (query) => {
    const { status, error } = await opened.ask('GET', `/api/servers/bins?${query}`);
    expect([status, error?.code]).toEqual([400, 'invalid_query']);
  });
});
