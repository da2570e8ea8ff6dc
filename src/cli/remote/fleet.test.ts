import { expect, it, onTestFinished } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { openServer } from '../../server/auth-server.fixture.ts';
import { newestRows } from '../newest-rows.ts';
import { connectTo } from './client.ts';
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
