import { Command } from 'commander';
import { expect, it, onTestFinished } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { noCounts } from '#store/jobs.ts';
import { openStore } from '#store/open.ts';
import type { Store } from '#store/store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { openServer } from '../../server/auth-server.fixture.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { inFrontOf } from '../remote/listening.fixture.ts';
import { addJobCommand } from './job.ts';

const heard = captureOutput();
const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: process.pid, tasks: [] };
const end = { state: 'SUCCESS', counts: noCounts, spent: noCost } as const;

async function run(...words: string[]): Promise<void> {
  const program = new Command()
    .option('--data <folder>')
    .option('--database <url>')
    .option('--server <url>')
    .exitOverride();
  addJobCommand(program);
  await program.parseAsync(words, { from: 'user' });
}

const begin = async ({ jobs }: Store) => (await jobs.create(draft, Date.now())).job.id;

it('ends at Ctrl-C while the run goes on, and says so', async () => {
  const folder = await temporaryFolder();
  const store = await openStore({ folder });
  onTestFinished(() => store.close());
  const id = await begin(store);
  const watched = run('--data', folder, 'job', 'watch', '--exit-status');
  await expect.poll(() => heard.out).toContain(`Job ${id}: running`);
  process.emit('SIGINT');
  await watched;
  expect(process.exitCode).toBe(130);
  expect(heard.err).toContain(`Job ${id} goes on.  fleetgauge job watch ${id}`);
  expect((await store.jobs.get(id)).job.state).toBe('RUNNING');
});

/** A server elsewhere, with a run that goes on there. */
async function elsewhere() {
  const { store, server, close } = await openServer();
  onTestFinished(close);
  return { store, url: server.url, id: await begin(store) };
}

it('goes on over a server that does not answer for once, and asks for no other run', async () => {
  const { store, url, id } = await elsewhere();
  const asked: (string | undefined)[] = [];
  const front = await inFrontOf(url, (request, response) => {
    asked.push(request.url);
    if (asked.length !== 2) return false;
    void store.jobs.finish(id, end, Date.now()).then(() => response.writeHead(502).end('Bad Gateway'));
    return true;
  });
  await run('--server', front, 'job', 'watch', String(id), '--exit-status');
  expect(heard.out).toMatch(/running.*success/s);
  expect(heard.err).toContain('(status 502); trying again');
  expect(asked).toEqual(Array(3).fill(`/api/jobs/${id}`));
  expect(process.exitCode).toBe(0);
});

it('tells how long the run takes yet, at its pace', async () => {
  const { store, url } = await elsewhere();
  const began = Date.now() - 60_000;
  const { job } = await store.jobs.create({ ...draft, planned: { ...noCost, calls: 40 } }, began);
  await store.jobs.heartbeat(job.id, began + 60_000, { counts: noCounts, spent: { ...noCost, calls: 10 } });
  const front = await inFrontOf(url, () => {
    const isTold = heard.out.includes('left');
    if (isTold) process.emit('SIGINT');
    return isTold;
  });
  await run('--server', front, 'job', 'watch', String(job.id));
  expect(heard.out).toMatch(/running .*10\/40 calls · \$0 · about 3 min 0 s left\n/);
});

it('tells at once where nobody has answered yet', async () => {
  await expect(run('--server', 'http://127.0.0.1:9', 'job', 'watch', '1')).rejects.toMatchObject({
    exit: 'unreachable',
  });
  expect(heard.err).toBe('');
});

it('breaks off what it asks at Ctrl-C', async () => {
  const { url, id } = await elsewhere();
  let asked = 0;
  const front = await inFrontOf(url, () => {
    asked++;
    if (asked > 1) process.emit('SIGINT');
    return asked > 1;
  });
  await run('--server', front, 'job', 'watch', String(id));
  expect(process.exitCode).toBe(130);
  expect(heard.err).toContain(`Job ${id} goes on.`);
});
