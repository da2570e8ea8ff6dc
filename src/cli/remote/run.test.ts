import { expect, it, onTestFinished } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { noCounts } from '#store/jobs.ts';
import { openServer } from '../../server/auth-server.fixture.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { connectTo } from './client.ts';
import { remoteFleet } from './fleet.ts';
import { inFrontOf } from './listening.fixture.ts';
import { followRemote } from './run.ts';

const heard = captureOutput();
const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: process.pid, tasks: [] };
const end = { state: 'SUCCESS', counts: noCounts, spent: noCost } as const;

/** A run that goes on elsewhere, as it was begun. */
async function begun() {
  const { store, server, close } = await openServer();
  onTestFinished(close);
  await store.jobs.create(draft, Date.now());
  const { rows } = await remoteFleet(connectTo(server.url, undefined)).jobs({});
  const [job] = rows;
  if (job === undefined) throw new Error('there is no run');
  return { store, url: server.url, job };
}

it('follows a run over a server that is away when it is asked first', async () => {
  const { store, url, job } = await begun();
  await store.jobs.finish(job.id, end, Date.now());
  let asked = 0;
  const front = await inFrontOf(url, (_, response) => {
    asked++;
    if (asked === 1) response.writeHead(503).end('no server is available');
    return asked === 1;
  });
  await followRemote(remoteFleet(connectTo(front, undefined)), job);
  expect(heard.err).toContain(`Job ${job.id}: success`);
  expect([asked, process.exitCode]).toEqual([2, 0]);
});

it('waits for no answer once Ctrl-C is pressed', async () => {
  const { url, job } = await begun();
  const front = await inFrontOf(url, () => process.emit('SIGINT'));
  await followRemote(remoteFleet(connectTo(front, undefined)), job);
  expect(heard.err).toContain(`Job ${job.id} goes on.`);
  expect(process.exitCode).toBe(130);
});
