import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { checkEnvironment, parseSecret } from './secret.ts';
import { account, connectTo, keys, startCloud } from './testing-fleet.fixture.ts';

let cloud: AwsCloud;
let folder: string;
let metadata: Server;
let metadataUrl: string;

beforeAll(async () => {
  cloud = await startCloud();
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-ways-in-'));
  ({ server: metadata, url: metadataUrl } = await startMetadataService());
});
afterAll(async () => {
  await cloud.stop();
  await new Promise((resolve) => metadata.close(resolve));
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** No way in but the one under test. */
function clearEnvironment(more: Readonly<Record<string, string>> = {}): void {
  const nowhere = join(folder, 'nothing-here');
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', nowhere);
  vi.stubEnv('AWS_CONFIG_FILE', nowhere);
  for (const [name, value] of Object.entries(more)) vi.stubEnv(name, value);
}

async function accountBy(secret: object): Promise<string> {
  const { fleet, close } = await connectTo(cloud.url, {}, secret);
  try {
    await fleet.regions(new AbortController().signal);
    return fleet.account;
  } finally {
    close();
  }
}

describe('an account is entered', () => {
  it('by the environment', async () => {
    clearEnvironment({ AWS_ACCESS_KEY_ID: account.accessKeyId, AWS_SECRET_ACCESS_KEY: account.secretAccessKey });
    expect(await accountBy({})).toBe(account.id);
  });

  it('by a profile', async () => {
    const file = join(folder, 'credentials');
    await writeFile(
      file,
      `[work]\naws_access_key_id = ${account.accessKeyId}\naws_secret_access_key = ${account.secretAccessKey}\n`,
    );
    clearEnvironment({ AWS_SHARED_CREDENTIALS_FILE: file });
    expect(await accountBy({ from: { kind: 'profile', profile: 'work' } })).toBe(account.id);
    await expect(accountBy({ from: { kind: 'profile', profile: 'play' } })).rejects.toMatchObject({
      code: 'secret_rejected',
    });
  });

  it('by a role that a profile assumes', async () => {
    const file = join(folder, 'config');
    const role = `arn:aws:iam::${account.id}:role/Reader`;
    await writeFile(
      file,
      `[profile base]\naws_access_key_id = ${account.accessKeyId}\naws_secret_access_key = ${account.secretAccessKey}\n[profile reader]\nsource_profile = base\nrole_arn = ${role}\nexternal_id = shared-secret-id\n`,
    );
    clearEnvironment({ AWS_CONFIG_FILE: file, AWS_ENDPOINT_URL: cloud.url });
    expect(await accountBy({ from: { kind: 'profile', profile: 'reader' } })).toBe(account.id);
  });

  it('by a web identity', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'a-web-identity-token');
    clearEnvironment();
    const from = { kind: 'web_identity', roleArn: `arn:aws:iam::${account.id}:role/Web`, tokenFile };
    expect(await accountBy({ from })).toBe(account.id);
  });

  it('by the role of the instance', async () => {
    clearEnvironment({ AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl });
    expect(await accountBy({ from: { kind: 'instance' } })).toBe(account.id);
  });

  it('by the role of the container', async () => {
    clearEnvironment({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${metadataUrl}/container` });
    expect(await accountBy({ from: { kind: 'instance' } })).toBe(account.id);
  });

  it('not where there is no way in, and the error says what to check', async () => {
    clearEnvironment({ AWS_EC2_METADATA_DISABLED: 'true' });
    await expect(accountBy({})).rejects.toMatchObject({
      code: 'secret_rejected',
      fix: expect.stringContaining('credentials'),
    });
  });
});

describe('a secret', () => {
  it.each([
    {
      name: 'a role that is none',
      input: { assume: [{ roleArn: 'reader' }] },
      says: 'assume.0.roleArn: is not a role ARN',
    },
    { name: 'an unknown way in', input: { from: { kind: 'magic' } }, says: 'from.kind' },
    {
      name: 'a field that is not ours',
      input: { from: { kind: 'default' }, password: 'hunter2-hunter2' },
      says: 'Unrecognized key',
    },
    { name: 'plain http to elsewhere', input: { endpoint: 'http://example.com' }, says: 'must be https' },
    { name: 'a home region that is none', input: { homeRegion: 'mars' }, says: 'homeRegion: is not a region' },
  ])('with $name is refused by field, without its value', ({ input, says }) => {
    expect(() => parseSecret(input)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
    expect(() => parseSecret(input)).not.toThrow(
      expect.objectContaining({ message: expect.stringContaining('hunter2-hunter2') }),
    );
  });

  it('goes over plain http to this machine alone, also by the environment', () => {
    expect(() => checkEnvironment({ AWS_ENDPOINT_URL_EC2: 'http://10.0.0.1:80' })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
    expect(() =>
      checkEnvironment({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4681', AWS_ENDPOINT_URL_STS: 'https://sts.example.com' }),
    ).not.toThrow();
    expect(parseSecret({ from: keys }).homeRegion).toBe('us-east-1');
  });
});

/** EC2's and ECS's own credential services, as their documentation describes them. */
async function startMetadataService(): Promise<{ server: Server; url: string }> {
  const sts = new STSClient({ region: 'us-east-1', endpoint: cloud.url, credentials: { ...keys } });
  const role = {
    RoleArn: `arn:aws:iam::${account.id}:role/Reader`,
    RoleSessionName: 'instance',
    ExternalId: 'shared-secret-id',
  };
  const { Credentials: session } = await sts.send(new AssumeRoleCommand(role));
  sts.destroy();
  const credentials = JSON.stringify({
    Code: 'Success',
    AccessKeyId: session?.AccessKeyId,
    SecretAccessKey: session?.SecretAccessKey,
    Token: session?.SessionToken,
    Expiration: session?.Expiration,
  });
  const answers: Readonly<Record<string, string>> = {
    'PUT /latest/api/token': 'a-token',
    'GET /latest/meta-data/iam/security-credentials/': 'reader',
    'GET /latest/meta-data/iam/security-credentials/reader': credentials,
    'GET /container': credentials,
  };
  const server = createServer((request, response) => {
    const answer = answers[`${request.method} ${request.url}`];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}
