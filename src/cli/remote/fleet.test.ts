import { describe, expect, it, onTestFinished } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { measured } from '#store/testing/servers.ts';
import { openServer } from '../../server/auth-server.fixture.ts';
import { newestRows } from '../newest-rows.ts';
import { connectTo, type Server } from './client.ts';
import { remoteFleet } from './fleet.ts';

const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: process.pid, tasks: [] };

it.each([{ limit: 1 }, { limit: 0 }, {}])('looks at as many runs as beside the store: %j', async (flags) => {
  const { store, server, close } = await openServer();
  onTestFinished(close);
  for (let at = 0; at < 250; at++) await store.jobs.create(draft, Date.now() + at);
  const remote = remoteFleet(connectTo(server.url, undefined));
  const { rows, meta } = await remote.jobs(flags);
  const local = await newestRows(flags, (page) => store.jobs.list(page));
  expect(rows.map(({ id }) => id)).toEqual(local.rows.map(({ id }) => id));
  expect(meta.warnings).toEqual(local.warnings);
  expect(await remote.newestJob()).toBe(rows[0]?.id);
});

describe('servers in the order of what was measured', () => {
  const [sort, moved] = ['-cpu.p95', 40];

  /** More than one request takes; before each of them some go from the end to the beginning, and time passes. */
  async function openMoving(pauseMs: number) {
    const { store, server, clock, close } = await openServer();
    onTestFinished(close);
    const p95 = (id: string, value: number) => {
      const record = measured(id, value);
      return { ...record, data: { ...record.data, monitoring: { cpu: { utilization: { p95: value } } } } };
    };
    const records = Array.from({ length: 2_200 }, (_, at) => ({ record: p95(`m-${at}`, at) }));
    const ids = await store.inventory.put(records, clock.now);
    const connected = connectTo(server.url, undefined);
    let changed = 0;
    const get: Server['get'] = async (path, data, query, signal) => {
      clock.now += pauseMs;
      const next = ids.slice(changed, changed + moved);
      await store.inventory.put(
        next.map((id, at) => ({ id, record: p95(`m-${changed + at}`, 10_000 + changed + at) })),
        clock.now,
      );
      changed += moved;
      return connected.get(path, data, query, signal);
    };
    return { remote: remoteFleet({ ...connected, get }), total: await store.inventory.count() };
  }

  it('are all there, each once, though a run stores others meanwhile', async () => {
    const { remote, total } = await openMoving(9_000);
    const { rows, meta } = await remote.servers({ sort }, 0);
    expect(new Set(rows.map(({ reference }) => reference.resource_id)).size).toBe(total);
    expect(rows).toHaveLength(total);
    expect(meta).toEqual({ demo: false, total, warnings: [] });
  });

  it('are told of that were not met, and none of the others comes twice', async () => {
    const { remote, total } = await openMoving(600_000);
    const { rows, meta } = await remote.servers({ sort }, 0);
    expect(new Set(rows.map(({ reference }) => reference.resource_id)).size).toBe(rows.length);
    expect(rows).toHaveLength(total - 2 * moved);
    expect(meta).toEqual({
      demo: false,
      total,
      warnings: [
        `${2 * moved} of ${total} are missing: the order changed while it was read; try again, or --sort id, which does not change`,
      ],
    });
    expect((await remote.servers({ sort }, 1_500)).meta.warnings).toEqual([]);
  });
});
