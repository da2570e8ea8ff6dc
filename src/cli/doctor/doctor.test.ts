import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { addAccount } from '#platform/secret/accounts.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { addDoctorCommand } from '../commands/doctor.ts';
import { openData } from '../open-data.ts';
import { checkClock } from './cloud-checks.ts';
import { checkNode, checkPort } from './local-checks.ts';

const secret = 'aSecretThatMustNeverBeShownToAnybody';

let folder: string;
const heard = captureOutput();
beforeEach(async () => {
  folder = await temporaryFolder();
});

interface Found {
  readonly problems: number;
  readonly warnings: number;
  readonly checks: readonly {
    readonly name: string;
    readonly state: string;
    readonly message: string;
    readonly fix?: string;
  }[];
}

async function doctor(...flags: string[]): Promise<Found> {
  const program = new Command()
    .option('--data <folder>')
    .option('--database <url>')
    .option('--config <file>')
    .exitOverride();
  addDoctorCommand(program);
  heard.out = '';
  await program.parseAsync(['--data', folder, 'doctor', '-o', 'json', ...flags], { from: 'user' });
  return JSON.parse(heard.out).data;
}

function of({ checks }: Found, name: string) {
  return checks.find((check) => check.name === name);
}

async function withAccount(url: string): Promise<void> {
  await using data = await openData({ folder });
  const draft = { provider: 'prometheus', account: url, name: 'metrics', regions: [] };
  await addAccount(data.store, data.key, draft, { url, auth: { kind: 'bearer', token: secret } }, Date.now());
}

it('finds nothing wrong with what is well, and makes nothing where nothing is', async () => {
  const empty = join(folder, 'not-there');
  folder = empty;
  expect(await doctor('--no-network')).toMatchObject({ problems: 0 });
  await expect(stat(empty)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(process.exitCode).toBeUndefined();
});

it('tells of a key that others can read, mends it, and then opens the store', async () => {
  await masterKey({ folder, env: {} });
  await (await openStore({ folder })).close();
  const key = join(folder, 'master.key');
  await chmod(key, 0o644);
  const before = await doctor();
  expect(of(before, 'key')).toMatchObject({ state: 'problem', fix: `chmod 600 ${key}` });
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
  expect(of(await doctor('--fix', '--no-network'), 'key')).toMatchObject({ state: 'fixed' });
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  expect(of(await doctor('--no-network'), 'key')).toMatchObject({ state: 'ok' });
  expect(process.exitCode).toBeUndefined();
});

it('tells of what a killed server left behind, and takes it away', async () => {
  await writeFile(join(folder, 'server.json'), JSON.stringify({ pid: 999_999, url: 'http://127.0.0.1:1', since: 1 }));
  const before = await doctor('--no-network');
  expect(of(before, 'server')).toMatchObject({ state: 'warning' });
  expect(process.exitCode).toBeUndefined();
  expect(of(await doctor('--fix', '--no-network'), 'server')).toMatchObject({ state: 'fixed' });
  await expect(stat(join(folder, 'server.json'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('tells of a store that cannot be opened', async () => {
  await masterKey({ folder, env: {} });
  await writeFile(join(folder, 'fleetgauge.db'), 'this is no database, and long enough to be read as one'.repeat(100));
  expect(of(await doctor(), 'store')).toMatchObject({ state: 'problem' });
  expect(process.exitCode).toBe(1);
});

it('tells of an account that does not answer, without a word of its secret', async () => {
  await withAccount('http://127.0.0.1:9');
  const found = await doctor();
  expect(of(found, 'account metrics')).toMatchObject({ state: 'problem' });
  expect(of(found, 'clock')).toMatchObject({ state: 'unknown' });
  expect(heard.out + heard.err).not.toContain(secret);
});

it('is broken off by Ctrl-C, which says nothing about an account', async () => {
  const cloud = createServer((_request, reply) => {
    process.emit('SIGINT');
    reply.destroy();
  });
  await new Promise<void>((resolve) => void cloud.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void cloud.close());
  const address = cloud.address();
  await withAccount(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  await expect(doctor()).rejects.toMatchObject({ code: 'cancelled' });
  await using data = await openData({ folder });
  expect((await data.store.accounts.get('metrics')).status).toEqual({ state: 'UNKNOWN' });
});

/** A Prometheus that answers whoever asks, by a token that ends so far from now. */
async function withTokenUntil(leftMs: number): Promise<void> {
  const server = createServer((request, reply) => {
    const isTime = new URL(request.url ?? '/', 'http://localhost').pathname.endsWith('/query');
    const data = isTime ? { resultType: 'scalar', result: [Date.now() / 1000, `${Date.now() / 1000}`] } : [];
    reply.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', data }));
  });
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const exp = Math.round((Date.now() + leftMs) / 1000);
  const token = `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.signature`;
  await using data = await openData({ folder });
  const draft = { provider: 'prometheus', account: new URL(url).host, name: 'metrics', regions: [] };
  await addAccount(data.store, data.key, draft, { url, auth: { kind: 'bearer', token } }, Date.now());
}

const hourMs = 3_600_000;

it.each([
  { name: 'soon', leftMs: 100 * hourMs, state: 'warning', says: /its token expires in 4 days/ },
  { name: 'long from now', leftMs: 1000 * hourMs, state: 'ok', says: /its token expires in 41 days/ },
  { name: 'an hour ago', leftMs: -hourMs, state: 'problem', says: /its token expired 1 hour ago/ },
])('tells of a secret that ends $name', async ({ leftMs, state, says }) => {
  await withTokenUntil(leftMs);
  const found = of(await doctor(), 'account metrics');
  expect(found).toMatchObject({ state, message: expect.stringMatching(says) });
  expect(found?.fix).toBe(state === 'ok' ? undefined : 'fleetgauge account rotate metrics');
  process.exitCode = undefined;
});

it('begins with the configuration, and knows the clouds that it names', async () => {
  const config = join(folder, 'fleetgauge.config.json');
  const signIn = '{ flags: [], secretFrom: async () => ({}) }';
  const code = `export default () => ({ id: 'nimbus', signIn: ${signIn}, load: async () => { throw new Error('no') } });`;
  await writeFile(join(folder, 'nimbus.mjs'), code);
  await writeFile(config, '{ "providers": ["./nimbus.mjs", "./gone.mjs"] }');
  await using data = await openData({ folder });
  const draft = { provider: 'nimbus', account: 'n', name: 'theirs', regions: [] };
  await addAccount(data.store, data.key, draft, {}, Date.now());
  const before = await data.store.accounts.get('theirs');
  const found = await doctor('--config', config);
  expect(found.checks[0]).toMatchObject({ name: 'configuration', state: 'problem' });
  expect(found.checks[0]?.message).toContain('gone.mjs');
  expect(of(found, 'account theirs')?.message).not.toContain('no provider');
  expect((await data.store.accounts.get('theirs')).status).toEqual(before.status);
});

it('tells of a configuration that cannot be read', async () => {
  const config = join(folder, 'broken.json');
  await writeFile(config, '{');
  expect((await doctor('--no-network', '--config', config)).checks[0]).toMatchObject({
    name: 'configuration',
    state: 'problem',
    message: expect.stringContaining(config),
    fix: expect.any(String),
  });
});

it('says nothing of an account whose cloud is not known here', async () => {
  await using data = await openData({ folder });
  const draft = { provider: 'unheard_of', account: 'u', name: 'lost', regions: [] };
  await addAccount(data.store, data.key, draft, {}, Date.now());
  const { status } = await data.store.accounts.get('lost');
  expect(of(await doctor(), 'account lost')).toMatchObject({ state: 'problem' });
  expect((await data.store.accounts.get('lost')).status).toEqual(status);
});

it('writes a bundle of what there is where nothing is kept, and makes no store for it', async () => {
  const file = join(folder, 'bundle.json');
  const data = join(folder, 'not-there');
  folder = data;
  await doctor('--no-network', '--bundle', file);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ checks: expect.any(Array), folder: data });
  expect(heard.err).toMatch(/checks +\d+ entries, /);
  await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('makes no key where there is none to the store', async () => {
  await (await openStore({ folder })).close();
  expect(of(await doctor(), 'key')).toMatchObject({ state: 'warning' });
  expect(await readdir(folder)).not.toContain('master.key');
});

it('writes a bundle that says what is in it, once, and has no secret', async () => {
  await withAccount('http://127.0.0.1:9');
  await using data = await openData({ folder });
  const [account] = await data.store.accounts.list();
  const error = { code: 'internal', message: `a careless server said ${secret}` } as const;
  await data.store.accounts.updateStatus(account?.id ?? 0, { state: 'FAILED', at: 1, error });
  const file = join(folder, 'bundle.json');
  await doctor('--no-network', '--bundle', file);
  expect(heard.err.indexOf('accounts')).toBeLessThan(heard.err.indexOf('Wrote'));
  const bundle = await readFile(file, 'utf8');
  expect(JSON.parse(bundle)).toMatchObject({ accounts: [{ name: 'metrics', status: { state: 'FAILED' } }], jobs: [] });
  expect(bundle).toContain('a careless server said [secret]');
  expect(bundle + heard.err).not.toContain(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(doctor('--no-network', '--bundle', file)).rejects.toMatchObject({ code: 'conflict' });
});

it.each([
  { name: 'right', offMs: 0, state: 'ok' },
  { name: 'a minute off', offMs: 60_000, state: 'warning' },
  { name: 'an hour off', offMs: -3_600_000, state: 'problem' },
])('measures a clock that is $name', async ({ offMs, state }) => {
  const cloud = createServer((_request, reply) => {
    reply
      .setHeader('date', new Date(Date.now() + offMs).toUTCString())
      .writeHead(403)
      .end();
  });
  await new Promise<void>((resolve) => void cloud.listen(0, '127.0.0.1', resolve));
  const address = cloud.address();
  await withAccount(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  await using data = await openData({ folder });
  const check = await checkClock(data, await data.store.accounts.list(), new AbortController().signal);
  expect(check.state).toBe(state);
  cloud.closeAllConnections();
  await new Promise((resolve) => cloud.close(resolve));
});

it.each([
  { node: '22.17.9', state: 'problem' },
  { node: '22.18.0', state: 'ok' },
  { node: '24.1.0', state: 'ok' },
])('Node $node: $state', ({ node, state }) => {
  expect(checkNode(node).state).toBe(state);
});

it('knows a port that is taken from one that is ours', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await checkPort(undefined, port)).toMatchObject({ state: 'warning' });
  expect(await checkPort('http://127.0.0.1:1', port)).toMatchObject({ state: 'warning' });
  expect(await checkPort(`http://127.0.0.1:${port}`, port)).toMatchObject({ state: 'ok' });
  await new Promise((resolve) => other.close(resolve));
});
