import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorker } from './fleetgauge.ts';
import { openSite, type Site } from './site.ts';
import { serversPerAccount } from './world.ts';

const jumpingClock = fileURLToPath(new URL('jumping-clock.mjs', import.meta.url));
const accounts = 5;

let site: Site;
beforeAll(async () => {
  site = await openSite({ accounts, latencyMs: 200 });
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

it('ends all runs as it should while the clock of a worker jumps hours ahead and back', async () => {
  const { place, startJob, ended, store } = site;
  const steady = await startWorker(place, 1);
  const jumping = await startWorker({ ...place, imports: [jumpingClock] }, 2);
  for (let account = 0; account < accounts; account++) {
    const { id } = await startJob(account);
    const job = await ended(id);
    const { tasks } = await store.jobs.get(id);
    expect(job, JSON.stringify(tasks)).toMatchObject({
      state: 'SUCCESS',
      counts: { servers: serversPerAccount, created: serversPerAccount },
    });
    expect(tasks.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  }
  const names = new Set(
    (await Promise.all((await store.jobs.list({ limit: 9 })).map(({ id }) => store.jobs.get(id)))).flatMap(
      ({ tasks }) => tasks.map(({ worker }) => worker),
    ),
  );
  expect(names.size).toBe(2);
  await Promise.all([steady.stop(), jumping.stop()]);
});
