import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCloud, startDemoCloud } from './demo-cloud.ts';
import { runCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('settings');
});
afterAll(() => folder?.[Symbol.asyncDispose]());

describe('the configuration file', () => {
  let config: string;
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runCli(['--config', config, ...args], { home: folder.path, env });

  beforeAll(async () => {
    config = join(folder.path, 'fleetgauge.config.yaml');
    expect(await run(['init', '--provider', './none.mjs'])).toMatchObject({ code: 0 });
    expect(await run(['config', 'set', 'providers', ''])).toMatchObject({ code: 0 });
  });

  it('says of every setting what it does and what holds without it, and none of it holds yet', async () => {
    const text = await readFile(config, 'utf8');
    for (const name of ['providers', 'data', 'database', 'server', 'output', 'progress', 'profiles'])
      expect(text).toMatch(new RegExp(`^#.*\\n# Default: .*\\n(# )?${name}:`, 'm'));
    const { stdout } = await run(['config', 'list', '-o', 'csv', '--fields', 'name,from']);
    expect(stdout).toMatch(/^data,default\r?\n.*output,default/ms);
  });

  it('is changed without a loss of what is said in it', async () => {
    const before = (await readFile(config, 'utf8')).match(/^#.*$/gm) ?? [];
    expect(before.length).toBeGreaterThan(20);
    await run(['config', 'set', 'progress', 'plain']);
    await run(['config', 'set', 'data', './lab', '--profile', 'lab']);
    await run(['config', 'set', 'output', 'json', '--profile', 'lab']);
    const after = await readFile(config, 'utf8');
    for (const line of before) expect(after).toContain(line);
    expect(after).toMatch(/^progress: plain\nprofiles:\n {2}lab:\n {4}data: \.\/lab\n {4}output: json$/m);
  });

  it('is not written where nobody could read it then', async () => {
    const before = await readFile(config, 'utf8');
    const refused = await run(['config', 'set', 'output', 'pdf']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('output') });
    expect(await readFile(config, 'utf8')).toBe(before);
  });

  it('has profiles that hold where they are chosen, and are told from the rest', async () => {
    const { stdout } = await run(['--profile', 'lab', 'config', 'list', '-o', 'csv']);
    expect(stdout).toContain(`data,${join(folder.path, 'lab')},profile lab`);
    expect(stdout).toContain(`progress,plain,${config}`);
    const chosen = await run(['account', 'list'], { FLEETGAUGE_PROFILE: 'lab' });
    expect(JSON.parse(chosen.stdout)).toMatchObject({ data: [] });
    const own = await run(['account', 'list', '--profile', 'lab', '-o', 'csv']);
    expect(own.stdout).toMatch(/^NAME,/);
    const variable = await run(['--profile', 'lab', 'config', 'get', 'data'], { FLEETGAUGE_DATA: folder.path });
    expect(variable.stdout.trim()).toBe(folder.path);
  });

  it('knows no other profile', async () => {
    const { code, stderr } = await run(['job', 'list', '--profile', 'nope']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no profile 'nope'.*one of lab/s);
  });

  it("leaves a cloud's own --profile to it", async () => {
    const { stderr } = await run(['--profile', 'lab', 'account', 'add', 'aws', '--profile', 'theirs'], {
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    });
    expect(stderr).toContain('theirs');
    expect(stderr).not.toContain("no profile 'theirs'");
  });
});

it('is JSON where there is such a file already, and stays it', async () => {
  const home = join(folder.path, 'json');
  await mkdir(home);
  const file = join(home, 'fleetgauge.config.json');
  await writeFile(file, '{ "providers": [] }');
  const done = await runCli(['--config', file, 'config', 'set', 'output', 'csv'], { home });
  expect(done.code).toBe(0);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ providers: [], output: 'csv' });
});

describe('account rotate', () => {
  let cloud: DemoCloud;
  let data: string;
  const run = (args: readonly string[], secret?: string, account = 0) =>
    runCli(['--data', data, ...args], {
      home: folder.path,
      env: { AWS_ENDPOINT_URL: cloud.url, ...(secret === undefined ? cloud.accounts[account] : {}) },
      ...(secret === undefined ? {} : { stdin: `${secret}\n` }),
    });
  const key = (at: number) => cloud.accounts[at]?.AWS_ACCESS_KEY_ID ?? '';
  const secretOf = (at: number) => cloud.accounts[at]?.AWS_SECRET_ACCESS_KEY ?? '';
  const rotate = (secret: string, ...args: string[]) =>
    run(['account', 'rotate', 'pay', '--secret-stdin', ...args], secret);

  beforeAll(async () => {
    data = join(folder.path, 'rotate');
    cloud = await startDemoCloud(folder.path);
    const added = await run(['account', 'add', 'aws', '--name', 'pay', '--access-key-id', key(0)]);
    expect(added).toMatchObject({ code: 0 });
  });
  afterAll(() => cloud?.stop());

  it('keeps the old secret where the new one opens nothing', async () => {
    const wrong = 'aWrongSecretThatMustNeverBePrinted000000';
    const refused = await rotate(wrong);
    expect(refused.code).toBe(4);
    expect(refused.stderr).not.toContain(wrong);
    expect(await run(['account', 'test', 'pay'])).toMatchObject({ code: 0 });
  });

  it('keeps it where the new one is of another account', async () => {
    const refused = await rotate(secretOf(1), '--set', `accessKeyId=${key(1)}`);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('the old one stays') });
    expect(await run(['account', 'test', 'pay'])).toMatchObject({ code: 0 });
  });

  it('takes no secret by an argument, and no field that is none', async () => {
    const refused = await rotate(secretOf(0), '--set', 'secretAccessKey=x');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('accessKeyId=') });
  });

  it('puts it in place once it was tried, and says when that was', async () => {
    const done = await rotate(secretOf(0), '--set', `accessKeyId=${key(0)}`);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('Replaced the secret of pay') });
    expect(await run(['account', 'test', 'pay'])).toMatchObject({ code: 0 });
    const { stdout } = await run(['account', 'list', '-o', 'wide', '--fields', 'name,rotated']);
    expect(stdout).toMatch(/^pay\t20\d\d-/m);
    const log = await run(['audit', '--action', 'account.rotate', '--fields', 'target,outcome']);
    expect(log.stdout.trim().split('\n').slice(1)).toEqual(['pay\tok', 'pay\tfailed', 'pay\tfailed', 'pay\trefused']);
  });
});

it('up --demo-size has as many servers as it says', async () => {
  const data = join(folder.path, 'small');
  const { stderr } = await runCli(['--data', data, 'up', '--demo', '--once', '--demo-size', '60', '--port', '0'], {
    home: folder.path,
  });
  expect(stderr).toMatch(/Plan {3}60 servers/);
  const refused = await runCli(['--data', data, 'up', '--no-demo', '--demo-size', '60'], { home: folder.path });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--demo-size') });
});
