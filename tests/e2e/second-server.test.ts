import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobs, servers } from './data-folder.ts';
import { type RunningCli, runCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
let first: RunningCli;
let url: string;

beforeAll(async () => {
  folder = await temporaryFolder('second-server');
  first = startCli(['--data', folder.path, 'up', '--port', '0'], { home: folder.path });
  [, url = ''] = await first.saw(/Console +(http:\S+)\s/);
});

afterAll(async () => {
  await first?.stop();
  await folder?.[Symbol.asyncDispose]();
});

it('says who has the data folder, where, and what to do', async () => {
  const second = await runCli(['--data', folder.path, 'up', '--port', '0'], { home: folder.path });
  expect(second).toMatchObject({ code: 1, stdout: '' });
  expect(second.stderr).toContain('another fleetgauge server');
  expect(second.stderr).toContain(`pid ${first.child.pid}`);
  expect(second.stderr).toContain(url);
  expect(second.stderr).toContain(join(folder.path, 'demo'));
  expect(second.stderr).not.toMatch(/^\s+at /m);
});

it('leaves the first one as it was', async () => {
  const { status } = await fetch(`${url}/api/status`);
  expect(status).toBe(200);
  expect(first.child.exitCode).toBeNull();
});

it('takes another data folder', async () => {
  const other = startCli(['--data', join(folder.path, 'other'), 'up', '--port', '0'], { home: folder.path });
  const [, otherUrl] = await other.saw(/Console +(http:\S+)\s/);
  expect(otherUrl).not.toBe(url);
  expect((await other.stop()).signal).toBeNull();
});

it('lets the command line read beside it, while it writes and after', async () => {
  const demo = join(folder.path, 'demo');
  await expect.poll(() => jobs(demo), { timeout: 120_000 }).toHaveLength(1);
  await first.saw(/Job 1: \w+/);
  const all = await servers(demo);
  expect(all.length).toBeGreaterThan(1200);
  expect(await jobs(demo)).toMatchObject([{ state: 'PARTIAL', counts: { servers: all.length } }]);
});

it('stops on SIGTERM, and gives the data folder free', async () => {
  const { code } = await first.stop();
  expect(code).not.toBeNull();
  first = startCli(['--data', folder.path, 'up', '--port', '0'], { home: folder.path });
  await first.saw(/Console +http:/);
});
