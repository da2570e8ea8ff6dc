import { chmod, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listening } from '../../src/cli/remote/listening.fixture.ts';
import { makeCertificates } from '../../src/providers/prometheus/testing-certificates.fixture.ts';
import { type DemoCloud, startDemoCloud } from './demo-cloud.ts';
import { type CliResult, type RunningCli, runCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** A server with an account of 160 servers in the region that is read, and whoever asks it from elsewhere. */
let there: TemporaryFolder;
let here: TemporaryFolder;
let cloud: DemoCloud;
let server: RunningCli;
let url: string;
let keys: Readonly<Record<'admin' | 'viewer', string>>;

const beside = (...args: string[]) =>
  runCli(['--data', join(there.path, 'data'), ...args], {
    home: there.path,
    env: { ...cloud.accounts[0], FLEETGAUGE_PASSWORD: 'correct horse battery' },
  });

/** Without a store of its own: the place for one would be a file. */
const ask = (args: readonly string[], env: Readonly<Record<string, string>> = { FLEETGAUGE_TOKEN: keys.admin }) =>
  runCli(['--server', url, ...args], { home: here.path, env: { XDG_DATA_HOME: '/dev/null', ...env } });

beforeAll(async () => {
  [there, here] = await Promise.all([temporaryFolder('there'), temporaryFolder('here')]);
  cloud = await startDemoCloud(there.path);
  await beside('account', 'add', 'aws', '--name', 'pay');
  await beside('user', 'add', 'ann@corp.example', '--role', 'admin');
  const keyOf = async (role: string) => {
    await beside('user', 'add', `ci-${role}`, '--service', '--role', role);
    return (await beside('user', 'api-key', 'create', `ci-${role}`, '--name', 'test')).stdout.trim();
  };
  keys = { admin: await keyOf('admin'), viewer: await keyOf('viewer') };
  const options = { home: there.path, env: cloud.accounts[0] ?? {} };
  server = startCli(['--data', join(there.path, 'data'), 'serve', '--port', '0'], options);
  [, url = ''] = await server.saw(/Console +(http:\S+)\s/);
}, 600_000);

afterAll(async () => {
  await server?.stop();
  await cloud?.stop();
  await Promise.all([there, here].map((folder) => folder?.[Symbol.asyncDispose]()));
});

describe('runs of a server elsewhere', () => {
  it('are planned there', async () => {
    const { code, stdout, stderr } = await ask([
      'estimate',
      '--regions',
      'us-west-2',
      '-o',
      'csv',
      '--fields',
      'region,servers',
    ]);
    expect(stdout.trim().split(/\r?\n/)).toEqual(['region,servers', 'us-west-2,160']);
    expect(stderr).toMatch(/Plan {3}160 servers × .*at most \$/s);
    expect(stderr).toContain('Budget');
    expect(code).toBe(0);
  });

  it('want an agreement, and the plan alone begins none', async () => {
    const refused = await ask(['collect', '--regions', 'us-west-2', '--no-input']);
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('nobody is here to agree') });
    expect(await ask(['collect', '--regions', 'us-west-2', '--dry-run'])).toMatchObject({ code: 0 });
    expect((await ask(['job', 'list', '-q', '--fields', 'id'])).stdout).toBe('#\n');
  });

  it('are begun, and followed to their end', async () => {
    const { code, stderr } = await ask(['collect', '--regions', 'us-west-2', '--yes']);
    expect(stderr).toMatch(/success +210000000001 us-west-2 +160/);
    expect(stderr).toMatch(/Job 1: success · 160 created/);
    expect(code).toBe(0);
  });

  it.each([
    ['job list', ['job', 'list', '-o', 'json']],
    ['job list, one of them', ['job', 'list', '--limit', '1', '-o', 'json']],
    ['job show', ['job', 'show', '1', '--json']],
    ['job watch', ['job', 'watch', '--compact', '--exit-status']],
    ['server list', ['server', 'list', '--sort', 'name', '--limit', '3']],
    ['server list by a metric', ['server', 'list', '--sort', '-cpu.max', '--limit', '3']],
    ['server list, wide in parts', ['server', 'list', '-o', 'wide', '--limit', '2', '--fields', 'id,cpu_p95,state']],
    ['server list as CSV', ['server', 'list', '-o', 'csv', '--sort', 'name', '--limit', '5']],
    [
      'server list with a query',
      ['server', 'list', '--filter', 'mem:none', '--limit', '0', '--fields', 'name,mem_avg'],
    ],
    ['server top', ['server', 'top', '--limit', '4']],
    ['server show', ['server', 'show', 'api-0745']],
    ['server history', ['server', 'history', 'api-0745', '-o', 'csv']],
    ['errors', ['errors']],
    ['source list', ['source', 'list', '-o', 'csv']],
    ['rightsizing list', ['rightsizing', 'list', '--class', 'idle', '--limit', '4']],
    ['rightsizing show', ['rightsizing', 'show', 'api-0745', '--json']],
    ['account list', ['account', 'list']],
    ['audit', ['audit', '--action', 'account.add']],
    ['audit, one of several', ['audit', '--action', 'user.add', '--limit', '1', '-o', 'json']],
    ['estimate of some servers', ['estimate', '--filter', 'region:us-west-2 name:api-0745,api-0753', '-o', 'csv']],
    ['export', ['export', '--format', 'csv', '--columns', 'name,cpu.utilization.p95']],
    ['export servers', ['export', 'servers', '--filter', 'name:~api']],
    ['export metrics', ['export', 'metrics', '--days', '3']],
    ['export rightsizing', ['export', 'rightsizing', '--class', 'idle', '--format', 'csv']],
  ])('%s says the same as beside the store', async (_name, args) => {
    await inOneQuarter(async () => {
      const [elsewhere, local] = await Promise.all([ask(args), beside(...args)]);
      expect(elsewhere.code).toBe(local.code);
      expect(withoutTimes(elsewhere.stdout)).toEqual(withoutTimes(local.stdout));
      expect(elsewhere.stdout).not.toBe('');
    });
  });

  it('are planned of the servers that a filter finds, as beside the store', async () => {
    const args = ['collect', '--filter', 'region:us-west-2 name:api-0745', '--days', '30', '--dry-run'];
    await inOneQuarter(async () => {
      const [elsewhere, local] = await Promise.all([ask(args), beside(...args)]);
      expect([elsewhere.code, elsewhere.stderr]).toEqual([0, local.stderr]);
      expect(elsewhere.stderr).toContain('Only what is selected: 1 server');
    });
  });

  it('are done again and ended by their number', async () => {
    const again = await ask(['job', 'cancel', '1']);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('has ended: success') });
    expect(await ask(['job', 'retry', '1'])).toMatchObject({ code: 1 });
    expect(await ask(['job', 'show', '77'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no such job') });
  });

  it('are in the audit log of the server by whose key it was', async () => {
    const { stdout } = await beside('audit', '--action', 'job.start', '--fields', 'actor,outcome');
    expect(stdout).toContain('ci-admin\tok');
  });
});

it('tells of the server itself', async () => {
  const { stdout, code } = await ask(['status', '--json']);
  const Status = z.object({ data: z.object({ url: z.string(), servers: z.number(), demo: z.boolean() }) });
  expect(Status.parse(JSON.parse(stdout)).data).toEqual({ url: `${url}/`, servers: 160, demo: false });
  expect(code).toBe(0);
});

describe('a token', () => {
  const noToken = {};

  it('is wanted, and the fix said', async () => {
    const { code, stderr } = await ask(['job', 'list'], noToken);
    expect(code).toBe(4);
    expect(stderr).toContain('the server wants a token');
    expect(stderr).toContain('fleetgauge login --server');
  });

  it('that is none is told from one that is not enough', async () => {
    const unknown = await ask(['job', 'list'], { FLEETGAUGE_TOKEN: 'fg_nonsense' });
    expect(unknown).toMatchObject({ code: 4, stderr: expect.stringContaining('does not know the token') });
    const viewer = { FLEETGAUGE_TOKEN: keys.viewer };
    expect(await ask(['job', 'list'], viewer)).toMatchObject({ code: 0 });
    const refused = await ask(['audit'], viewer);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('this takes the role admin') });
    expect(refused.stderr).not.toContain(keys.viewer);
  });

  it('is kept by login for this user alone, and forgotten by logout', async () => {
    const options = { home: here.path, env: noToken, stdin: `${keys.viewer}\n` };
    const made = await runCli(['login', '--server', url, '--token-stdin'], options);
    expect(made).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('as ci-viewer (viewer)') });
    expect(made.stderr).not.toContain(keys.viewer);
    const file = join(here.path, '.config', 'fleetgauge', 'credentials.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await ask(['job', 'list'], noToken)).toMatchObject({ code: 0 });
    await chmod(file, 0o644);
    expect(await ask(['job', 'list'], noToken)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('chmod 600'),
    });
    await chmod(file, 0o600);
    await runCli(['logout', '--server', url], { home: here.path });
    expect(await readFile(file, 'utf8')).not.toContain(keys.viewer);
    expect(await ask(['job', 'list'], noToken)).toMatchObject({ code: 4 });
  });

  it('that no header can have is refused, and printed nowhere', async () => {
    const refused = await ask(['-vv', 'job', 'list'], { FLEETGAUGE_TOKEN: 'fg_hunter2\u2028' });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('the token') });
    expect(refused.stderr).not.toContain('hunter2');
  });

  it('is not kept where the server does not know it', async () => {
    const options = { home: here.path, stdin: 'fg_nonsense\n' };
    const refused = await runCli(['login', '--server', url, '--token-stdin'], options);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('does not know') });
  });

  it('does not go in the clear to another machine unless somebody says so', async () => {
    const elsewhere = ['--server', 'http://fleetgauge.invalid', 'job', 'list'];
    const options = { home: here.path, env: { FLEETGAUGE_TOKEN: keys.viewer } };
    expect(await runCli(elsewhere, options)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--insecure-http'),
    });
    expect(await runCli(['--insecure-http', ...elsewhere], options)).toMatchObject({ code: 7 });
  });
});

it.each([
  { name: 'Ctrl-C', flags: [], code: 130 },
  { name: '--timeout', flags: ['--timeout', '2s'], code: 124 },
])('$name ends a list that is shown again and again, also while nobody answers', async ({ flags, code }) => {
  const asked = Promise.withResolvers<void>();
  const silent = await listening(() => asked.resolve());
  const list = startCli([...flags, '--server', silent, 'job', 'list', '-w', '1s'], { home: here.path });
  if (flags.length === 0) {
    await asked.promise;
    list.child.kill('SIGINT');
  }
  expect(await list.ended).toMatchObject({ code });
});

describe('a server that is not there', () => {
  const reach = (address: string, env: Readonly<Record<string, string>> = {}) =>
    runCli(['--server', address, 'status'], { home: here.path, env });

  it('is exit code 7, and an address that is none 2', async () => {
    const { port } = new URL(url);
    expect(await reach('http://127.0.0.1:9')).toMatchObject({ code: 7 });
    const odd = await reach('htps://u:hunter2@h.invalid', { FLEETGAUGE_TOKEN: keys.viewer });
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining('htps://h.invalid') });
    expect(odd.stderr).not.toContain('hunter2');
    const plain = await reach(`https://127.0.0.1:${port}`);
    expect(plain).toMatchObject({ code: 7, stderr: expect.stringContaining('does not speak TLS') });
  });

  it('says what is wrong with its certificate, and what helps does help', async () => {
    using made = makeCertificates();
    const { key, cert, certFile } = made.server;
    const secure = createServer({ key, cert }, (_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    try {
      const address = secure.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const refused = await reach(`https://127.0.0.1:${port}`);
      expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
      const trusted = await reach(`https://127.0.0.1:${port}`, { NODE_EXTRA_CA_CERTS: certFile });
      expect(trusted).toMatchObject({ code: 7, stderr: expect.stringContaining('is no Fleetgauge') });
    } finally {
      secure.close();
    }
  });
});

it.each([
  ['limit', 'list'],
  ['collector', 'list'],
  ['account', 'rm', 'pay'],
  ['collect', 'aws'],
  ['collect', '--resume'],
  ['export', '--to', 'postgres://db.invalid/x'],
  ['up'],
  ['doctor'],
])('%s %s is never done here in the place of there', async (...args) => {
  const { code, stderr } = await ask(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/fix +\S/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

it('keeps to the store that is named, and refuses two places', async () => {
  const data = join(there.path, 'data');
  const local = await runCli(['--data', data, 'account', 'list', '--fields', 'name'], {
    home: here.path,
    env: { FLEETGAUGE_SERVER: 'http://127.0.0.1:9' },
  });
  expect(local).toMatchObject({ code: 0, stdout: 'NAME\npay\n' });
  expect(await ask(['--data', data, 'account', 'list'])).toMatchObject({ code: 2 });
});

/** Some of it is told by quarters of an hour and days: where one turns between two answers, both are asked for once more. */
function inOneQuarter(compare: () => Promise<void>): Promise<void> {
  return compare().catch(compare);
}

/** Without what differs from one asking to the next, and what a server does not tell of runs. */
function withoutTimes(text: CliResult['stdout']): unknown {
  if (!text.startsWith('{')) return text.trim();
  return JSON.parse(text, (name, value: unknown) => (isOfItsOwn(name, value) ? undefined : value));
}

const told = [
  'took_ms',
  'options',
  'plan',
  'runsOn',
  'ownerPid',
  'heartbeatAt',
  'phases',
  'source',
  'maxUsd',
  'attempt',
  'worker',
];

function isOfItsOwn(name: string, value: unknown): boolean {
  return told.includes(name) || (name === 'job' && typeof value === 'number');
}
