import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacks, motoPython } from '../../e2e/parts.ts';
import { runCli } from '../../e2e/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { untilDayHasTime } from '../../e2e/turn-of-day.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { realSeries } from './real-series.ts';
import { Listing } from './record.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { type Keys, Seed } from './seed.ts';
import { truthOfLevel, windowOf } from './truth.ts';

const keys = { accessKeyId: 'AKIAINTEROPINTEROP01', secretAccessKey: 'interopSecretThatMotoDoesNotCheck0000001' };
/** The account that moto takes every long-lived key for. */
const ownAccount = '123456789012';
const otherAccount = '222222222222';
const roleArn = `arn:aws:iam::${otherAccount}:role/FleetgaugeReader`;
const region = 'eu-west-1';
// What is stored and what is read of it are to be of the same days.
await untilDayHasTime();
const now = Date.now();

let folder: TemporaryFolder;
let moto: MotoServer;
let recorder: Recorder;
let otherServer: string;

describe.skipIf(lacks(motoPython))('ways into an account of moto', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('ways-in');
    moto = await startMoto(folder.path);
    recorder = await startRecorder(moto.url);
    using own = new Seed(moto.url, region, keys);
    await own.launch('own', 't3.medium');
    using other = new Seed(moto.url, region, await assume());
    otherServer = (await other.launch('other', 't3.medium')).id;
    await other.put('AWS/EC2', 'CPUUtilization', { InstanceId: otherServer }, realSeries('lowCpu', 1, now));
  });

  afterAll(async () => {
    await recorder?.stop();
    await moto?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it('assumes a role in another account, and says the external id', async () => {
    recorder.clear();
    const flags = ['--role-arn', roleArn, '--external-id', 'a-shared-word'];
    const { code, stdout } = await scan(flags, { AWS_ACCESS_KEY_ID: keys.accessKeyId, ...secretVariable });
    expect(code).toBe(0);
    const { data } = Listing.parse(JSON.parse(stdout));
    expect(data.map(({ account, name }) => `${account} ${name}`)).toEqual([`${otherAccount} other`]);
    expect(data[0]?.data.monitoring.cpu?.utilization?.avg).toBeCloseTo(
      truthOfLevel(realSeries('lowCpu', 1, now), windowOf(14, now))?.avg ?? Number.NaN,
      8,
    );
    const asked = recorder.requests.filter(({ action }) => action === 'AssumeRole').map(({ body }) => parse(body));
    expect(asked.length).toBeGreaterThan(0);
    for (const request of asked) expect(request).toMatchObject({ RoleArn: roleArn, ExternalId: 'a-shared-word' });
    // All but AssumeRole itself was asked with the role's keys, not with ours.
    expect(
      recorder.requests.filter(
        ({ action, accessKeyId }) => action !== 'AssumeRole' && accessKeyId === keys.accessKeyId,
      ),
    ).toEqual([]);
  });

  it('signs in by a profile, and by a profile that assumes a role', async () => {
    const config = join(folder.path, 'config');
    const credentials = join(folder.path, 'credentials');
    await writeFile(
      config,
      `[profile plain]\nregion = ${region}\n\n[profile through-role]\nrole_arn = ${roleArn}\nsource_profile = plain\nregion = ${region}\n`,
    );
    await writeFile(
      credentials,
      `[plain]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
    );
    const files = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
    const plain = await scan(['--profile', 'plain'], files);
    expect(plain.code).toBe(0);
    expect(Listing.parse(JSON.parse(plain.stdout)).data.map(({ account }) => account)).toEqual([ownAccount]);
    const throughRole = await scan(['--profile', 'through-role'], files);
    expect(throughRole.code).toBe(0);
    expect(Listing.parse(JSON.parse(throughRole.stdout)).data.map(({ account }) => account)).toEqual([otherAccount]);
  });

  it('takes a secret from standard input, saves the account sealed, and collects by its name', async () => {
    const data = join(folder.path, 'data');
    const env = { AWS_ENDPOINT_URL: recorder.url };
    const added = await runCli(
      ['--data', data, 'account', 'add', 'aws', '--name', 'own', '--access-key-id', keys.accessKeyId, '--secret-stdin'],
      { home: folder.path, env, stdin: `${keys.secretAccessKey}\n` },
    );
    expect(added.code).toBe(0);
    expect(added.stdout + added.stderr).not.toContain(keys.secretAccessKey);
    const collected = await runCli(['--data', data, 'collect', '--account', 'own', '--yes', '--regions', region], {
      home: folder.path,
      env,
    });
    expect(collected.stderr).toContain('1 created');
    expect(collected.code).toBe(0);
  });

  it.each([
    { name: 'no such profile', args: ['--profile', 'nobody'], code: 4, says: /nobody/ },
    { name: 'two ways in', args: ['--profile', 'a', '--access-key-id', keys.accessKeyId], code: 2, says: /one way in/ },
    { name: 'an external id for no role', args: ['--external-id', 'x1'], code: 2, says: /--external-id needs/ },
    {
      name: 'a token file for no role',
      args: ['--web-identity-token-file', '/x'],
      code: 2,
      says: /needs a --role-arn/,
    },
  ])('refuses $name', async ({ args, code, says }) => {
    const result = await scan(args, { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' });
    expect(result).toMatchObject({ code, stderr: expect.stringMatching(says) });
  });

  it('refuses a provider that it does not know', async () => {
    const result = await runCli(['scan', 'azzure', '--yes'], { home: folder.path });
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("unknown command 'azzure'") });
  });
});

const secretVariable = { AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };

function scan(flags: readonly string[], env: Readonly<Record<string, string>>) {
  return runCli(['scan', 'aws', '--yes', '-o', 'json', '--regions', region, ...flags], {
    home: folder.path,
    env: { AWS_ENDPOINT_URL: recorder.url, ...env },
  });
}

async function assume(): Promise<Keys> {
  const sts = new STSClient({ endpoint: moto.url, region, credentials: keys });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'seed' }));
  sts.destroy();
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

function parse(body: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}
