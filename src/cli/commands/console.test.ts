import { Command } from 'commander';
import { beforeEach, expect, it } from 'vitest';
import { homeDomain } from '#platform/identity/domain.ts';
import { addUser } from '#platform/identity/users.ts';
import { startServer } from '#server/start.ts';
import { lockServer } from '#store/lock.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { type Data, openData } from '../open-data.ts';
import { addStatusCommand } from './console.ts';

const heard = captureOutput();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function status(...flags: string[]): Promise<void> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addStatusCommand(program);
  heard.out = '';
  await program.parseAsync(['--data', folder, 'status', ...flags], { from: 'user' });
}

/** A console of this folder. */
async function served(data: Data): Promise<AsyncDisposable> {
  const lock = await lockServer(folder, { url: 'starting' });
  const options = { store: data.store, port: 0, demo: false, version: '1.2.3', types: [], consoleFolder: folder };
  const server = await startServer({ ...options, now: Date.now });
  await lock.announce(server.url);
  return {
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await lock.release();
    },
  };
}

it('tells what a console says of itself', async () => {
  await using data = await openData({ folder });
  await using _ = await served(data);
  await status('--json');
  expect(JSON.parse(heard.out).data).toMatchObject({ answers: true, version: '1.2.3', servers: 0, demo: false });
});

it('makes up nothing of a console that wants a sign-in', async () => {
  await using data = await openData({ folder });
  const { id: domain } = await homeDomain(data.store, Date.now());
  await addUser(data.store, { domain, kind: 'PERSON', name: 'ann@corp.example', role: 'admin' }, Date.now());
  await using _ = await served(data);
  await status('--json');
  const told = JSON.parse(heard.out).data;
  expect(told).toMatchObject({ answers: true, asks_for_sign_in: true, pid: process.pid });
  for (const field of ['version', 'servers', 'demo']) expect(told).not.toHaveProperty(field);
  await status();
  expect(heard.out).toMatch(/asks for a sign-in/);
  expect(process.exitCode).toBeUndefined();
});
