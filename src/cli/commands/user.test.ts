import { readdir } from 'node:fs/promises';
import { Command } from 'commander';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { startServer } from '#server/start.ts';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { addSecretCommand } from './secret.ts';
import { addUserCommand } from './user.ts';

let folder: string;
const heard = captureOutput();

beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('FLEETGAUGE_PASSWORD', 'correct horse battery');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a command prints on stdout. */
async function run(line: string): Promise<string> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addUserCommand(program);
  addSecretCommand(program);
  heard.out = '';
  await program.parseAsync(['--data', folder, ...line.split(' ')], { from: 'user' });
  return heard.out.trim();
}

it('makes the first admin, and keys that open the HTTP API', async () => {
  await expect(run('user add ben@corp.example --role viewer')).rejects.toMatchObject({ code: 'conflict' });
  await run('user add ann@corp.example --role admin');
  await run('user add ci --service');
  const users = JSON.parse(await run('user list -o json'));
  expect(users.data).toMatchObject([{ name: 'ann@corp.example', role: 'admin', hasPassword: true }, { name: 'ci' }]);
  expect(JSON.stringify(users)).not.toContain('argon2');

  const key = await run('user api-key create ci --name laptop --days 1');
  const platformKey = await run('user api-key create ci --name plugin --generation v1');
  expect(decodeJwt(platformKey)).toMatchObject({ cat: 'API_KEY' });
  const token = await run('user token ann@corp.example --generation v2 --hours 0.5');
  expect(decodeJwt(token)).toMatchObject({ typ: 'ACCESS_TOKEN', ver: '2.0' });

  const store = await openStore({ folder });
  const options = { store, port: 0, demo: false, version: '0', consoleFolder: folder, now: Date.now };
  const server = await startServer(options);
  const status = async (bearer: string) =>
    (await fetch(`${server.url}/api/status`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  expect(await Promise.all(['x', key, platformKey, token].map(status))).toEqual([401, 200, 200, 200]);
  const listed = JSON.parse(await run('user api-key list ci -o json'));
  const { id } = listed.data.find(({ name }: { name: string }) => name === 'laptop');
  await run(`user api-key revoke ${id}`);
  await run('user disable ci');
  expect(await Promise.all([key, platformKey, token].map(status))).toEqual([401, 401, 200]);
  await run('user enable ci');
  await run('secret rotate-signing --compromised');
  expect(await Promise.all([platformKey, token].map(status))).toEqual([401, 401]);
  await server.close();
  await store.close();
});

it('changes roles and passwords, and keeps an admin', async () => {
  await run('user add ann@corp.example --role admin');
  await expect(run('user role ann@corp.example viewer')).rejects.toMatchObject({ code: 'conflict' });
  await expect(run('user role ann@corp.example root')).rejects.toMatchObject({ exitCode: 1 });
  await run('user add ben@corp.example --no-password');
  await run('user role ben@corp.example operator');
  await run('user password ben@corp.example');
  expect(JSON.parse(await run('user list -o json')).data[1]).toMatchObject({ role: 'operator', hasPassword: true });
  await expect(run('user password nobody@corp.example')).rejects.toMatchObject({ code: 'not_found' });
  vi.stubEnv('FLEETGAUGE_PASSWORD', '');
  await expect(run('user password ben@corp.example')).rejects.toMatchObject({ code: 'invalid_input' });
});

it('rotates the master key, and removes the old one', async () => {
  await run('user add ann@corp.example --role admin');
  await run('user token ann@corp.example');
  const [before] = JSON.parse(await run('secret keys -o json')).data;
  expect(before).toMatchObject({ secrets: 1, newest: true });
  await agree();
  await run('secret rotate');
  expect(JSON.parse(await run('secret keys -o json')).data).toMatchObject([{ secrets: 1, newest: true }]);
  await run(`secret forget ${before.id}`);
  expect((await readdir(folder)).filter((name) => name.endsWith('.key'))).toEqual(['master-2.key']);
  await agree();
  expect(decodeJwt(await run('user token ann@corp.example'))).toMatchObject({ typ: 'ACCESS_TOKEN' });
});

/** What each process does when it starts. */
async function agree(): Promise<void> {
  const store = await openStore({ folder });
  await agreeOnKey(store, await masterKey({ folder, env: {} }));
  await store.close();
}
