import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CollectError, reportOf } from '#model/errors.ts';
import type { GoogleCloud } from '../../demo/google/server.ts';
import { parseSecret } from './secret.ts';
import { signIn } from './sign-in.ts';
import { connectTo, fleetOf, projects, startCloud } from './testing-fleet.fixture.ts';

let cloud: GoogleCloud;
let folder: string;

beforeAll(async () => {
  cloud = await startCloud();
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-google-'));
});
afterAll(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  cloud.faults.clear();
});

/** No way in but the one under test. */
function clearEnvironment(more: Readonly<Record<string, string>> = {}): void {
  for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CONFIG'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', join(folder, 'nothing-here'));
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  for (const [name, value] of Object.entries(more)) vi.stubEnv(name, value);
}

async function fileOf(content: object): Promise<string> {
  const file = join(folder, 'credentials.json');
  await writeFile(file, JSON.stringify(content));
  return file;
}

/** Who is let in by a secret, having seen to it that metrics can be read. */
async function principalBy(secret: object): Promise<string> {
  const { connection } = await connectTo(cloud, { secret });
  const agents = await fleetOf(connection).survey('global', new AbortController().signal);
  expect(agents).toMatchObject({ error: undefined });
  return connection.principal;
}

const reader = `fleet-reader@${projects[0].id}.iam.gserviceaccount.com`;
const auditor = `fleet-auditor@${projects[0].id}.iam.gserviceaccount.com`;
const relay = `fleet-relay@${projects[0].id}.iam.gserviceaccount.com`;

describe('Google Cloud is entered', () => {
  it('by a service-account key', async () => {
    expect(await principalBy({ from: { kind: 'service_account', key: cloud.credentials.serviceAccount } })).toBe(
      reader,
    );
  });

  it('by the token address of the key file, which the library ignores', async () => {
    const from = { kind: 'service_account', key: cloud.credentials.serviceAccount };
    const { url } = cloud;
    const endpoints = { compute: url, monitoring: url, resourceManager: url };
    expect(await principalBy({ from, endpoint: undefined, endpoints })).toBe(reader);
  });

  it('by workload identity federation', async () => {
    const federated = { kind: 'external_account', config: cloud.credentials.federated };
    expect(await principalBy({ from: federated })).toContain('workloadIdentityPools/demo-pool');
    const acting = { kind: 'external_account', config: cloud.credentials.externalAccount };
    expect(await principalBy({ from: acting })).toBe(reader);
  });

  it('by acting as another account', async () => {
    const from = { kind: 'service_account', key: cloud.credentials.powerless };
    expect(await principalBy({ from, impersonate: { account: reader } })).toBe(reader);
    expect(await principalBy({ from, impersonate: { account: auditor, delegates: [relay] } })).toBe(auditor);
  });

  it('by application default credentials: a key file', async () => {
    const file = await fileOf(cloud.credentials.serviceAccount);
    clearEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: file });
    expect(await principalBy({ from: { kind: 'default' } })).toBe(reader);
  });

  it('by application default credentials: a federation file', async () => {
    const file = await fileOf(cloud.credentials.externalAccount);
    clearEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: file, GOOGLE_CLOUD_PROJECT: projects[0].id });
    expect(await principalBy({ from: { kind: 'default' } })).toBe(reader);
  });

  it('by application default credentials: the account of the machine', async () => {
    const metadata = { GCE_METADATA_HOST: new URL(cloud.url).host, METADATA_SERVER_DETECTION: 'assume-present' };
    clearEnvironment({ ...metadata, GOOGLE_CLOUD_PROJECT: projects[0].id });
    expect(await principalBy({ from: { kind: 'default' } })).toBe(reader);
  });
});

describe('is not entered', () => {
  const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const secretLine = strangersKey.split('\n')[3] ?? 'none';

  it.each([
    { name: 'by the key of someone else', key: { private_key: strangersKey }, code: 'secret_rejected' },
    {
      name: 'by an unknown account',
      key: { client_email: 'nobody@contract-one.iam.gserviceaccount.com' },
      code: 'secret_rejected',
    },
    {
      name: 'by a key that cannot be read',
      key: { private_key: `-----BEGIN PRIVATE KEY-----\n${secretLine}\n-----END PRIVATE KEY-----\n` },
      code: 'secret_rejected',
    },
  ])('$name, and the error shows nothing of it', async ({ key, code }) => {
    const from = { kind: 'service_account', key: { ...cloud.credentials.serviceAccount, ...key } };
    const refused = await connectTo(cloud, { secret: { from } }).catch(CollectError.from);
    if (!(refused instanceof CollectError)) throw new Error('was let in');
    expect(refused).toMatchObject({ code, fix: expect.any(String) });
    const shown = JSON.stringify([reportOf(refused), String(refused.stack), String(refused.cause)]);
    for (const secret of [secretLine, cloud.credentials.serviceAccount.private_key.split('\n')[3] ?? 'none', 'eyJ'])
      expect(shown).not.toContain(secret);
  });

  it('as an account that it may not act as', async () => {
    const from = { kind: 'service_account', key: cloud.credentials.powerless };
    await expect(connectTo(cloud, { secret: { from, impersonate: { account: auditor } } })).rejects.toMatchObject({
      code: 'access_denied',
      where: auditor,
      fix: expect.stringContaining('roles/iam.serviceAccountTokenCreator'),
    });
  });

  it.each([
    { name: 'answers nonsense', faults: { malformed: ['oauth2/*'] }, code: 'malformed_reply' },
    { name: 'is out of order', faults: { serverErrorRate: 1 }, code: 'unavailable' },
    { name: 'hangs up', faults: { resetRate: 1 }, code: 'unavailable' },
  ])('where the token endpoint $name', async ({ faults, code }) => {
    cloud.faults.set(faults);
    await expect(connectTo(cloud)).rejects.toMatchObject({ code, message: expect.stringContaining('oauth2:token') });
  });

  it('where there are no default credentials, and the error says how to get some', async () => {
    clearEnvironment();
    await expect(connectTo(cloud, { secret: { from: { kind: 'default' } } })).rejects.toMatchObject({
      code: 'secret_rejected',
      fix: expect.stringContaining('gcloud auth application-default login'),
    });
  });
});

describe('the projects', () => {
  const accountsBy = async (secret: object) =>
    (await connectTo(cloud, { secret })).connection.fleets.map(({ account }) => account);

  it('are all that can be found', async () => {
    expect(await accountsBy({})).toEqual(projects.map(({ id }) => id).toSorted());
  });
  it('or those that are named', async () => {
    expect(await accountsBy({ projects: ['contract-two', 'contract-two'] })).toEqual(['contract-two']);
  });
  it('or that of the key, where the search is refused', async () => {
    cloud.faults.set({ denied: ['cloudresourcemanager/*'] });
    const from = { kind: 'service_account', key: cloud.credentials.powerless };
    expect(await accountsBy({ from })).toEqual([projects[0].id]);
  });
  it('or one that shows the metrics of all', async () => {
    expect(await accountsBy({ scopingProject: projects[0].id })).toEqual([projects[0].id]);
  });
});

describe('a secret', () => {
  const federated = (more: object) => ({
    from: { kind: 'external_account', config: { ...cloud.credentials.federated, ...more } },
  });
  it.each([
    { name: 'an unknown way in', input: () => ({ from: { kind: 'magic' } }), says: 'from.kind' },
    {
      name: 'a key without a key',
      input: () => ({ from: { kind: 'service_account', key: { type: 'service_account' } } }),
      says: 'from.key.project_id',
    },
    { name: 'a field that is not ours', input: () => ({ password: 'hunter2-hunter2' }), says: 'Unrecognized key' },
    {
      name: 'a project that is none',
      input: () => ({ projects: ['My Project'] }),
      says: 'projects.0: is not a project id',
    },
    { name: 'plain http to elsewhere', input: () => ({ endpoint: 'http://example.com' }), says: 'must be https' },
    {
      name: 'tokens handed to a stranger',
      input: () => federated({ token_url: 'https://example.com/v1/token' }),
      says: 'from.config.token_url: must be',
    },
    {
      name: 'tokens fetched over plain http',
      input: () => federated({ credential_source: { url: 'http://example.com/token' } }),
      says: 'must be https, or the metadata service',
    },
  ])('with $name is refused by field, without its value', ({ input, says }) => {
    expect(() => parseSecret(input())).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
    expect(() => parseSecret(input())).not.toThrow(
      expect.objectContaining({ message: expect.stringContaining('hunter2-hunter2') }),
    );
  });

  it('may learn who it is from the machine that it runs on', () => {
    const url = 'http://169.254.169.254/metadata/identity/oauth2/token';
    expect(() => parseSecret(federated({ credential_source: { url } }))).not.toThrow();
  });
});

describe('the command line', () => {
  const never = () => Promise.reject(new Error('nothing is to be asked'));

  it('takes default credentials where nothing is given', async () => {
    const secret = await signIn.secretFrom({}, never);
    expect(parseSecret(secret)).toMatchObject({ from: { kind: 'default' }, projects: [] });
  });

  it('takes a credentials file, and what to look at', async () => {
    const file = await fileOf(cloud.credentials.powerless);
    const given = {
      'credentials-file': file,
      impersonate: auditor,
      delegate: [relay],
      project: ['contract-one'],
      'scoping-project': 'contract-one',
      'google-endpoint': cloud.url,
    };
    const secret = await signIn.secretFrom(given, never);
    const { connection } = await connectTo(cloud, { secret: { ...parseSecret(secret) } });
    expect(connection.principal).toBe(auditor);
    expect(connection.fleets.map(({ account }) => account)).toEqual(['contract-one']);
  });

  it('takes credentials from the environment, standard input or a prompt', async () => {
    const asked: string[] = [];
    const secret = await signIn.secretFrom({ credentials: true }, async (what, variable) => {
      asked.push(what, variable);
      return JSON.stringify(cloud.credentials.federated);
    });
    expect(asked).toEqual(['credentials (JSON)', 'GOOGLE_CREDENTIALS']);
    expect(parseSecret(secret).from.kind).toBe('external_account');
  });

  it.each([
    { given: { delegate: ['a@b.c'] }, says: '--delegate needs the --impersonate' },
    { given: { 'credentials-file': 'x', credentials: true as const }, says: 'not both' },
    { given: { 'credentials-file': '/nowhere/at/all.json' }, says: '--credentials-file cannot be read' },
    { given: { credentials: true as const }, says: '--credentials is no service-account key' },
  ])('refuses $given', async ({ given, says }) => {
    await expect(signIn.secretFrom(given, async () => 'hunter2')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(says),
    });
  });
});
