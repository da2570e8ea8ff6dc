import { connect, type Socket } from 'node:net';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createPlatformKey } from '#platform/identity/api-keys.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { issueAccessToken, signToken } from '#platform/identity/tokens.ts';
import { addUser, changeUser } from '#platform/identity/users.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { Client } from '#wire/client.ts';
import { EndpointDefinition as EndpointV1 } from '#wire/gen/v1/spaceone/api/identity/v1/endpoint.ts';
import { ServerDefinition } from '#wire/gen/v1/spaceone/api/inventory/v1/server.ts';
import { DomainDefinition } from '#wire/gen/v2/spaceone/api/identity/v2/domain.ts';
import { EndpointDefinition as EndpointV2 } from '#wire/gen/v2/spaceone/api/identity/v2/endpoint.ts';
import { TokenDefinition } from '#wire/gen/v2/spaceone/api/identity/v2/token.ts';
import { CloudServiceDefinition } from '#wire/gen/v2/spaceone/api/inventory/v1/cloud_service.ts';
import { DataSourceDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/data_source.ts';
import { admin, openWithUsers } from './auth-server.fixture.ts';
import { sampleServers } from './sample-fleet.fixture.ts';

const masterKey = await keyOf(1);
const Servers = { ...ServerDefinition, methods: { list: ServerDefinition.methods.list } } as const;
const CloudServices = {
  ...CloudServiceDefinition,
  methods: {
    list: CloudServiceDefinition.methods.list,
    create: CloudServiceDefinition.methods.create,
    update: CloudServiceDefinition.methods.update,
    get: CloudServiceDefinition.methods.get,
  },
} as const;
const DataSources = {
  ...DataSourceDefinition,
  methods: { list: DataSourceDefinition.methods.list, disable: DataSourceDefinition.methods.disable },
} as const;
const Domains = { ...DomainDefinition, methods: { get_public_key: DomainDefinition.methods.get_public_key } } as const;

const after: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of after.splice(0).reverse()) await undo();
});

async function open(patience = { headersMs: 5_000, requestMs: 5_000, checkMs: 1_000 }) {
  const site = await openWithUsers({ masterKey, legacyPort: 0, patience });
  after.push(() => site.close());
  const { store, server, clock } = site;
  const { id: domain } = await homeDomain(store, clock.now);
  const serviceOf = (role: 'viewer' | 'operator') =>
    addUser(store, { domain, kind: 'SERVICE', name: `plugin-${role}`, role }, clock.now);
  const [viewer, operator] = [await serviceOf('viewer'), await serviceOf('operator')];
  const keyFor = async (user: typeof viewer, generation: 'V1' | 'V2') =>
    (await createPlatformKey(store, masterKey, user, { name: generation, generation }, clock.now)).secret;
  const at = { v1: `127.0.0.1:${server.legacyPort}`, v2: new URL(server.url).host };
  const client = (generation: 'v1' | 'v2', token?: string) => {
    const made = new Client({ address: at[generation], tls: false }, token === undefined ? {} : { token, retryOn: [] });
    after.push(() => made.close());
    return made;
  };
  const keys = { v1: await keyFor(viewer, 'V1'), v2: await keyFor(viewer, 'V2') };
  return { ...site, domain, viewer, operator, keyFor, keys, at, client };
}

describe('one port', () => {
  it('answers HTTP and gRPC, at the same time', async () => {
    const { client, keys, ask, at } = await open();
    const v2 = client('v2', keys.v2);
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { status } = await ask('GET', '/healthz');
        const { total_count } = await v2.call(CloudServices, 'list', {});
        return [status, total_count];
      }),
    );
    expect(new Set(answers.map(String))).toEqual(new Set([`200,${sampleServers.length}`]));
    const { results } = await client('v2').call(EndpointV2, 'list', { service: 'inventory' });
    expect(results).toMatchObject([{ endpoint: `grpc://${at.v2}`, internal_endpoint: '' }]);
  });

  it('knows HTTP/2 by bytes that come one by one, and HTTP/1.1 that begins alike', async () => {
    const { at } = await open();
    const first = async (bytes: readonly string[]) => {
      const socket = dial(at.v2);
      for (const each of bytes) await new Promise((written) => socket.write(each, written));
      const [data] = await new Promise<Buffer[]>((seen) => socket.once('data', (chunk) => seen([chunk])));
      return data;
    };
    // The server's SETTINGS frame: its type is the fourth byte.
    expect((await first([...'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0\0\0\x04\0\0\0\0\0']))?.[3]).toBe(4);
    const put = await first(['P', 'UT /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n']);
    expect(put?.toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('cuts who says nothing', async () => {
    const { at } = await open({ headersMs: 50, requestMs: 100, checkMs: 20 });
    const socket = dial(at.v2);
    await new Promise((closed) => socket.once('close', closed));
    expect(socket.destroyed).toBe(true);
  });

  it('closes though somebody is connected, and somebody else says nothing', async () => {
    const { server, client, keys, at } = await open({ headersMs: 60_000, requestMs: 60_000, checkMs: 1_000 });
    const silent = dial(at.v2);
    await new Promise<void>((connected) => silent.once('connect', connected));
    const v2 = client('v2', keys.v2);
    await v2.call(CloudServices, 'list', {});
    await server.close();
    await expect(v2.call(CloudServices, 'list', {})).rejects.toMatchObject({ code: 'unavailable' });
  });

  function dial(address: string): Socket {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => {});
    after.push(() => socket.destroy());
    return socket;
  }
});

describe('a token over gRPC', () => {
  it('opens what its role may, in the services of either generation', async () => {
    const { client, keys, keyFor, operator, domain } = await open();
    expect((await client('v1', keys.v1).call(Servers, 'list', { domain_id: domain })).total_count).toBe(4);
    expect((await client('v1', keys.v1).call(EndpointV1, 'list', {})).results).not.toEqual([]);
    const report = {
      ...{ provider: 'aws', cloud_service_group: 'EC2', cloud_service_type: 'Instance', account: '111111111111' },
      ...{ region_code: 'eu-west-1', name: 'new', reference: { resource_id: 'i-9' }, data: { compute: {} } },
    };
    const weak = client('v2', keys.v2);
    await expect(weak.call(CloudServices, 'create', report)).rejects.toMatchObject({ code: 'access_denied' });
    const strong = client('v2', await keyFor(operator, 'V2'));
    expect(await strong.call(CloudServices, 'create', report)).toMatchObject({ name: 'new', domain_id: domain });
    const disable = strong.call(DataSources, 'disable', { data_source_id: 'ds-fleetgauge-aws' });
    await expect(disable).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('is refused where it is not good: forged, unsigned, of another domain, over, revoked, or none', async () => {
    const { client, store, clock, domain, viewer, keys } = await open();
    const good = await issueAccessToken(store, masterKey, viewer, { generation: 'V2', lifeMs: 3_600_000 }, clock.now);
    const [, payload = ''] = good.split('.');
    const claims = decodeJwt(good);
    const { kid = '' } = decodeProtectedHeader(good);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const stranger = await generateKeyPair('RS256');
    const bad: Record<string, string | undefined> = {
      none: undefined,
      empty: '',
      'alg none': `${part({ alg: 'none', kid })}.${payload}.`,
      forged: await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(stranger.privateKey),
      'of another domain': await signToken(
        store,
        masterKey,
        domain,
        { ...claims, did: 'domain-ffffffffffff' },
        clock.now,
      ),
      'a refresh token': await signToken(store, masterKey, domain, { ...claims, typ: 'REFRESH_TOKEN' }, clock.now),
      'what v2 platforms send to plugins': 'NO_TOKEN',
    };
    const refused = async (token: string | undefined) => {
      const rejected = { code: 'secret_rejected', message: expect.stringMatching(/^Authenticate failure\./) };
      await expect(client('v2', token).call(CloudServices, 'list', {})).rejects.toMatchObject(rejected);
      await expect(client('v1', token).call(Servers, 'list', {})).rejects.toMatchObject(rejected);
    };
    expect((await client('v2', good).call(CloudServices, 'list', {})).total_count).toBe(4);
    for (const token of Object.values(bad)) await refused(token);
    const other = client('v1', keys.v1).call(Servers, 'list', { domain_id: 'domain-ffffffffffff' });
    await expect(other).rejects.toMatchObject({ code: 'access_denied' });
    clock.now += 3_600_000;
    await refused(good);
    await changeUser(store, viewer.id, { state: 'DISABLED' });
    await refused(keys.v2);
  });

  it('is issued to a person with a password, who then is an admin', async () => {
    const { client, domain, store } = await open();
    const Token = { ...TokenDefinition, methods: { issue: TokenDefinition.methods.issue } } as const;
    const issue = (password: string, domain_id = domain) => {
      const credentials = { user_id: admin.email, password };
      return client('v2').call(Token, 'issue', { credentials, auth_type: 1, domain_id });
    };
    await expect(issue('wrong')).rejects.toMatchObject({ code: 'secret_rejected' });
    await expect(issue(admin.password, 'domain-ffffffffffff')).rejects.toMatchObject({ code: 'not_found' });
    const { access_token } = await issue(admin.password);
    const issued = { action: 'token.issue', from: '127.0.0.1' };
    expect(await store.audit.list({ limit: 9 })).toMatchObject([
      { ...issued, actor: admin.email, outcome: 'ok' },
      { ...issued, actor: admin.email, outcome: 'refused' },
    ]);
    const own = client('v2', access_token);
    expect((await own.call(DataSources, 'disable', { data_source_id: 'ds-fleetgauge-aws' })).state).toBe(2);
    const { public_key } = await client('v2').call(Domains, 'get_public_key', { domain_id: domain });
    expect(JSON.parse(public_key)).toMatchObject({ kty: 'RSA', kid: decodeProtectedHeader(access_token).kid });
    expect(JSON.parse(public_key)).not.toHaveProperty('d');
  });
});
