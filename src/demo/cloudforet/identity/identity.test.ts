import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EndpointDefinition as EndpointV1 } from '#wire/gen/v1/spaceone/api/identity/v1/endpoint.ts';
import {
  EndpointSearchQuery_EndpointType,
  EndpointDefinition as EndpointV2,
} from '#wire/gen/v2/spaceone/api/identity/v2/endpoint.ts';
import { connect, failure, testNow } from '../calls.fixture.ts';
import { type Cloudforet, startCloudforet } from '../cloudforet.ts';
import { CloudServiceList } from '../inventory/cloud-service-v2.ts';
import { ServerList } from '../inventory/server-v1.ts';
import { DataSourceList } from '../monitoring/data-source-v2.ts';

let cloudforet: Cloudforet;
beforeAll(async () => {
  cloudforet = await startCloudforet({ clock: () => testNow });
});
afterAll(() => cloudforet.close());

const { PUBLIC, INTERNAL } = EndpointSearchQuery_EndpointType;
const unauthenticated = { code: 'secret_rejected', platform: 'ERROR_AUTHENTICATE_FAILURE' };
const denied = { code: 'access_denied', platform: 'ERROR_PERMISSION_DENIED' };
const invalid = 'Authenticate failure. (message = Token is invalid or expired.)';

describe('tokens of the old generation', () => {
  it.each(['apiKey', 'accessToken'] as const)('%s is let in', async (name) => {
    using client = connect(cloudforet.v1, cloudforet.tokens.v1[name]);
    expect(await client.call(ServerList, 'list', {})).toEqual({ results: [], total_count: 0 });
  });

  it.each(['expired', 'forged', 'algNone', 'otherDomain'] as const)('%s is refused', async (name) => {
    using client = connect(cloudforet.v1, cloudforet.tokens.v1[name]);
    expect(await failure(client.call(ServerList, 'list', {}))).toEqual({ ...unauthenticated, message: invalid });
  });

  it.each([
    { token: undefined, reason: 'Empty token provided.' },
    { token: 'NO_TOKEN', reason: 'Cannot decode token.' },
    { token: 'a.e30.b', reason: 'Empty domain_id provided.' },
  ])('$token is refused: $reason', async ({ token, reason }) => {
    using client = connect(cloudforet.v1, token);
    const message = `Authenticate failure. (message = ${reason})`;
    expect(await failure(client.call(ServerList, 'list', {}))).toEqual({ ...unauthenticated, message });
  });

  it('cannot be used without a role, nor for another domain', async () => {
    using nobody = connect(cloudforet.v1, cloudforet.tokens.v1.noRole);
    expect(await failure(nobody.call(EndpointV1, 'list', {}))).toMatchObject(denied);
    using client = connect(cloudforet.v1, cloudforet.tokens.v1.apiKey);
    expect(await failure(client.call(ServerList, 'list', { domain_id: 'domain-other' }))).toMatchObject(denied);
    expect(await client.call(ServerList, 'list', { domain_id: 'domain-demo' })).toMatchObject({ total_count: 0 });
  });
});

describe('tokens of today’s generation', () => {
  it.each(['app', 'workspaceApp', 'inventoryOnly', 'accessToken'] as const)('%s is let in', async (name) => {
    using client = connect(cloudforet.v2, cloudforet.tokens.v2[name]);
    expect(await client.call(CloudServiceList, 'list', {})).toEqual({ results: [], total_count: 0 });
  });

  it.each(['expired', 'forged', 'algNone', 'otherDomain'] as const)('%s is refused', async (name) => {
    using client = connect(cloudforet.v2, cloudforet.tokens.v2[name]);
    expect(await failure(client.call(CloudServiceList, 'list', {}))).toEqual({ ...unauthenticated, message: invalid });
  });

  it.each(['noRole', 'disabledApp'] as const)('%s is denied', async (name) => {
    using client = connect(cloudforet.v2, cloudforet.tokens.v2[name]);
    expect(await failure(client.call(CloudServiceList, 'list', {}))).toMatchObject(denied);
  });

  it('of an app are good for the app’s permissions only', async () => {
    using client = connect(cloudforet.v2, cloudforet.tokens.v2.inventoryOnly);
    expect(await failure(client.call(DataSourceList, 'list', {}))).toMatchObject(denied);
  });

  it('of the platform itself act in the domain that the metadata names, and need it', async () => {
    using client = connect(cloudforet.v2, cloudforet.tokens.v2.system);
    expect(await failure(client.call(CloudServiceList, 'list', {}))).toMatchObject({
      platform: 'ERROR_REQUIRED_PARAMETER',
      message: 'Required parameter. (key = domain_id)',
    });
  });

  it('of the old generation are of no use', async () => {
    using client = connect(cloudforet.v2, cloudforet.tokens.v1.apiKey);
    const message = 'Authenticate failure. (message = invalid token version.)';
    expect(await failure(client.call(CloudServiceList, 'list', {}))).toEqual({ ...unauthenticated, message });
  });
});

describe('Endpoint.list', () => {
  let fresh: Cloudforet;
  beforeEach(async () => {
    fresh = await startCloudforet({ clock: () => testNow });
    return () => fresh.close();
  });

  it('of the old generation takes any type, tells all services, and wants a token', async () => {
    using client = connect(fresh.v1, fresh.tokens.v1.apiKey);
    for (const endpoint_type of ['public', 'internal', 'whatever']) {
      const { results } = await client.call(EndpointV1, 'list', { service: 'inventory', endpoint_type });
      expect(results.map(({ service }) => service)).toContain('cost_analysis');
      expect(results.find(({ service }) => service === 'monitoring')?.endpoint).toBe(fresh.v1.endpoint);
    }
    using stranger = connect(fresh.v1);
    expect(await failure(stranger.call(EndpointV1, 'list', {}))).toMatchObject(unauthenticated);
  });

  it('of today’s wants none, and blanks its own list: after a call of each type both URLs are gone', async () => {
    using client = connect(fresh.v2);
    const list = async (endpoint_type: 0 | 1 | 2, service: string) => {
      const { results } = await client.call(EndpointV2, 'list', { endpoint_type, service });
      return results.map(({ endpoint, internal_endpoint }) => [endpoint, internal_endpoint]);
    };
    const { endpoint } = fresh.v2;
    expect(await list(INTERNAL, 'inventory')).toEqual([['', endpoint]]);
    expect(await list(PUBLIC, 'monitoring')).toEqual([[endpoint, '']]);
    expect(await list(PUBLIC, 'inventory')).toEqual([['', '']]);
    expect((await list(0, '')).length).toBe(4);
    expect(await list(INTERNAL, 'monitoring')).toEqual([['', '']]);
  });

  it('tells no URL where a fault says so', async () => {
    fresh.setFaults({ emptyEndpoints: true });
    using v1 = connect(fresh.v1, fresh.tokens.v1.apiKey);
    expect((await v1.call(EndpointV1, 'list', {})).results.map(({ endpoint }) => endpoint)).toEqual(['', '', '', '']);
    using v2 = connect(fresh.v2);
    const { results } = await v2.call(EndpointV2, 'list', { endpoint_type: PUBLIC });
    expect(results.map(({ endpoint }) => endpoint)).toEqual(['', '', '', '']);
  });
});

it('each platform lists its own generation’s services in reflection', async () => {
  using v1 = connect(cloudforet.v1, cloudforet.tokens.v1.apiKey);
  using v2 = connect(cloudforet.v2);
  const wanted = ['identity.v1.Endpoint', 'identity.v2.Endpoint', 'inventory.v1.Server', 'inventory.v1.CloudService'];
  const listed = (client: typeof v1) => Promise.all(wanted.map((name) => client.supports(`spaceone.api.${name}`)));
  expect(await listed(v1)).toEqual([true, false, true, false]);
  expect(await listed(v2)).toEqual([false, true, false, true]);
});
