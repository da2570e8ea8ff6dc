import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openStore } from '../../src/store/open.ts';
import { type CliResult, type RunningCli, root, startProcess } from '../e2e/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../e2e/temporary-folder.ts';
import { mostWaitedMs, untilDayHasTime } from '../e2e/turn-of-day.ts';
import { type Cluster, startCluster } from '../postgres/cluster.ts';
import { patienceMs } from './patience.ts';
import { type SimulatedCloud, startSimulatedCloud } from './simulated-cloud.ts';
import { accountOf, regions, serversPerAccount } from './world.ts';

const main = join(root, 'src/cli/main.ts');
const key = randomBytes(32).toString('base64');
const account = accountOf(0);

let folder: TemporaryFolder;
let cluster: Cluster;
let cloud: SimulatedCloud;

beforeAll(async () => {
  // What was read before the move, the run after it is not to ask for again.
  await untilDayHasTime();
  folder = await temporaryFolder('move');
  cluster = await startCluster();
  cloud = await startSimulatedCloud({ accounts: 1, latencyMs: 50 });
}, mostWaitedMs + patienceMs);
afterAll(async () => {
  cloud?.stop();
  await cluster?.stop();
  await folder?.[Symbol.asyncDispose]();
});

/** The command line on an embedded store, or on the database. */
function start(where: string, ...args: string[]): RunningCli {
  const place = where.startsWith('postgres:') ? ['--database', where] : ['--data', join(folder.path, where)];
  const { accessKeyId, secretAccessKey } = account;
  return startProcess(process.execPath, [main, ...place, ...args], {
    home: folder.path,
    env: {
      AWS_ENDPOINT_URL: cloud.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      FLEETGAUGE_MASTER_KEY: key,
    },
  });
}

async function run(where: string, ...args: string[]): Promise<CliResult> {
  const result = await start(where, ...args).ended;
  expect(result.code, `${args.join(' ')}\n${result.stderr}`).toBe(0);
  return result;
}

const Listed = z.object({ data: z.array(z.looseObject({ id: z.number().optional(), state: z.string().optional() })) });

async function list(where: string, what: string) {
  const { stdout } = await run(where, what, 'list', '-o', 'json', ...(what === 'server' ? ['--limit', '0'] : []));
  return Listed.parse(JSON.parse(stdout)).data;
}

const queries = async () => (await cloud.asked('GetMetricData')).reduce((sum, row) => sum + row.queries, 0);
const runFlags = ['--days', '3', '--yes'];

it('begins on one machine, and moves to many without loss', async () => {
  await run('one', 'account', 'add', 'aws', '--access-key-id', account.accessKeyId, '--name', account.name);
  const read = await run('one', 'job', 'start', '--regions', regions.join(), ...runFlags);
  expect(read.stderr).toMatch(new RegExp(`success · ${serversPerAccount} created`));
  const servers = await list('one', 'server');
  const file = join(folder.path, 'backup.db');
  await run('one', 'backup', file);
  await run('again', 'restore', file);
  expect(await list('again', 'server')).toEqual(servers);

  await run('one', 'export', '--to', cluster.url);
  expect(await list(cluster.url, 'server')).toEqual(servers);
  const refused = await start('one', 'export', '--to', cluster.url).ended;
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('the target is not empty') });

  const before = await queries();
  const worker = start(cluster.url, 'worker');
  await worker.saw(/is ready/);
  const again = await run(cluster.url, 'job', 'start', '--regions', regions.join(), '--wait', ...runFlags);
  expect(again.stderr).toMatch(new RegExp(`success · 0 created, 0 updated, ${serversPerAccount} unchanged`));
  expect(await queries()).toBe(before);

  const wrong = startProcess(process.execPath, [main, '--database', cluster.url, 'worker'], {
    home: folder.path,
    env: { FLEETGAUGE_MASTER_KEY: randomBytes(32).toString('base64') },
  });
  expect(await wrong.ended).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('sealed with another master key'),
  });
  await worker.stop();
});

it('runs what is scheduled on one machine, and does again what failed', async () => {
  await run('two', 'account', 'add', 'aws', '--access-key-id', account.accessKeyId, '--name', account.name);
  const serving = start('two', 'serve', '--port', '0');
  const [, url = ''] = await serving.saw(/Console +(\S+)/);
  // The full hour that has just been does not come again before tomorrow.
  const times = ['--hours', String(new Date().getUTCHours()), '--zone', 'UTC'];
  await run('two', 'schedule', 'add', 'daily', ...times, '--regions', regions.join(), ...runFlags);
  await makeOverdue('two', 'daily');
  const [job] = await untilSome(async () => (await list('two', 'job')).filter(({ state }) => state !== 'RUNNING'));
  expect(job).toMatchObject({ state: 'SUCCESS', runsOn: 'workers', counts: { servers: serversPerAccount } });
  expect((await list('two', 'schedule'))[0]).toMatchObject({ name: 'daily', lastJob: job?.id, error: null });
  await run('two', 'schedule', 'rm', 'daily');
  const retried = await start('two', 'job', 'retry', String(job?.id ?? 0)).ended;
  expect(retried).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing of this job is left') });
  expect((await run('two', 'job', 'cancel', String(job?.id ?? 0))).stderr).toContain('has ended: success');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await serving.stop()).code).toBe(0);
});

/** As if the schedule had been made two hours ago, and no server had run since. */
async function makeOverdue(where: string, name: string): Promise<void> {
  const store = await openStore({ folder: join(folder.path, where) });
  const schedule = (await store.schedules.list()).find((each) => each.name === name);
  if (schedule === undefined) throw new Error(`there is no schedule ${name}`);
  await store.transaction(async (tx) => {
    await tx.schedules.remove(name);
    await tx.schedules.add(schedule, Date.now() - 7_200_000);
  });
  await store.close();
}

async function untilSome<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await delay(200)) {
    const found = await ask();
    if (found.length > 0) return found;
  }
  throw new Error('nothing came');
}
