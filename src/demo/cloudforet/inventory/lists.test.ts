import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '#wire/client.ts';
import { connect, failure, testNow } from '../calls.fixture.ts';
import { type Cloudforet, startCloudforet } from '../cloudforet.ts';
import { CloudServiceList } from './cloud-service-v2.ts';
import { makeFleet } from './make-fleet.ts';
import { ServerList } from './server-v1.ts';

const size = 1234;
const fleet = makeFleet({
  servers: size,
  withoutAccountRate: 0.1,
  withoutDataRate: 0.05,
  stoppedRate: 0.2,
  workspaceIds: ['workspace-demo', 'workspace-other'],
});

let cloudforet: Cloudforet;
let v1: Client;
let v2: Client;
beforeAll(async () => {
  cloudforet = await startCloudforet({ ...fleet, clock: () => testNow });
  v1 = connect(cloudforet.v1, cloudforet.tokens.v1.apiKey);
  v2 = connect(cloudforet.v2, cloudforet.tokens.v2.app);
});
afterAll(async () => {
  v1.close();
  v2.close();
  await cloudforet.close();
});

const sort = [{ key: 'cloud_service_id' }];
const ids = (results: readonly { cloud_service_id: string }[]) =>
  results.map(({ cloud_service_id }) => cloud_service_id);

describe('Server.list of the old generation', () => {
  it('answers all at once, whatever there is', async () => {
    const { results, total_count } = await v1.call(ServerList, 'list', {});
    expect([results.length, total_count]).toEqual([size, size]);
    expect(new Set(results.map(({ server_id }) => server_id)).size).toBe(size);
  });

  it('sorts by name unless told otherwise', async () => {
    const named = await v1.call(ServerList, 'list', { query: { page: { limit: 3 } } });
    const sorted = fleet.servers.map(({ name }) => name).sort();
    expect(named.results.map(({ name }) => name)).toEqual(sorted.slice(0, 3));
    const query = { sort: { key: 'server_id', desc: true }, page: { start: 2, limit: 2 } };
    const { results, total_count } = await v1.call(ServerList, 'list', { query });
    expect(results.map(({ server_id }) => server_id)).toEqual(['server-00001232', 'server-00001231']);
    expect(total_count).toBe(size);
  });

  it('knows the account only where the cloud’s collector has written it', async () => {
    const query = { only: ['data.compute.account', 'reference.resource_id', 'provider'] };
    const { results } = await v1.call(ServerList, 'list', { query });
    const without = results.filter(({ data }) => data?.compute === undefined || !('account' in Object(data.compute)));
    const lacking = fleet.servers.filter(({ lacks }) => lacks !== undefined).length;
    expect([without.length, results.filter(({ account }) => account !== '').length]).toEqual([lacking, 0]);
    expect(lacking).toBeGreaterThan(100);
    const azure = results.find(({ provider, data }) => provider === 'azure' && data?.compute !== undefined);
    expect(azure?.data).toEqual({ compute: { account: expect.stringMatching(/^demo-/) } });
  });

  it('takes shortcuts, filters, tags and keywords together', async () => {
    const [first] = fleet.servers;
    const filter = [{ k: 'tags.cost.center', v: 'pay', o: 'eq' }];
    const request = { provider: 'aws', query: { filter, keyword: `nobody ${first?.name}`, count_only: true } };
    expect(await v1.call(ServerList, 'list', request)).toEqual({ results: [], total_count: 1 });
  });

  it('hides the deleted unless they are asked for', async () => {
    const row = cloudforet.v1.inventory.get('server-00000007');
    cloudforet.v1.inventory.put({ ...row, state: 'DELETED' });
    expect((await v1.call(ServerList, 'list', { query: { count_only: true } })).total_count).toBe(size - 1);
    const filter = [{ key: 'state', value: 'DELETED', operator: 'eq' }];
    expect((await v1.call(ServerList, 'list', { query: { filter } })).total_count).toBe(1);
    cloudforet.v1.inventory.put({ ...row, state: 'ACTIVE' });
  });
});

describe('CloudService.list of today’s generation', () => {
  it.each([0, 5000])('answers a thousand rows at most, asked for %i', async (limit) => {
    const { results, total_count } = await v2.call(CloudServiceList, 'list', { query: { page: { limit } } });
    expect([results.length, total_count]).toEqual([1000, size]);
  });

  it('loses rows between pages that are not sorted', async () => {
    const pages = [1, 1001].map((start) =>
      v2.call(CloudServiceList, 'list', { query: { page: { start, limit: 1000 } } }),
    );
    const found = new Set((await Promise.all(pages)).flatMap(({ results }) => ids(results)));
    expect(found.size).toBeLessThan(size);
  });

  it('pages through all rows once, in any page size, if sorted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 150, max: 1000 }), async (limit) => {
        const found: string[] = [];
        for (let start = 1; start <= size; start += limit) {
          const query = {
            sort: [{ key: 'region_code', desc: true }],
            page: { start, limit },
            only: ['cloud_service_id'],
          };
          found.push(...ids((await v2.call(CloudServiceList, 'list', { query })).results));
        }
        expect(found.length).toBe(size);
        expect(new Set(found).size).toBe(size);
      }),
      { numRuns: 4, seed: 1 },
    );
  });

  it('answers only what is asked for, and what it is sorted by', async () => {
    const query = { sort, page: { limit: 1 }, only: ['account', 'data.compute.instance_state', 'tags.aws.Name'] };
    const { results } = await v2.call(CloudServiceList, 'list', { query });
    expect(results[0]).toMatchObject({
      cloud_service_id: 'cloud-svc-00000000',
      account: fleet.servers[0]?.account,
      data: { compute: { instance_state: expect.any(String) } },
      tags: { aws: { Name: fleet.servers[0]?.name } },
      name: '',
      region_code: '',
    });
  });

  it('shows a workspace’s owner that workspace', async () => {
    using owner = connect(cloudforet.v2, cloudforet.tokens.v2.workspaceApp);
    const { results, total_count } = await owner.call(CloudServiceList, 'list', { workspace_id: 'workspace-other' });
    const own = fleet.servers.filter(({ workspaceId }) => workspaceId === 'workspace-demo').length;
    expect(total_count).toBe(own);
    expect(new Set(results.map(({ workspace_id }) => workspace_id))).toEqual(new Set(['workspace-demo']));
  });

  it('refuses what it does not do', async () => {
    const query = { unwind: { path: 'data.disks' }, only: ['data.disks'] };
    expect(await failure(v2.call(CloudServiceList, 'list', { query }))).toMatchObject({
      platform: 'ERROR_NOT_IMPLEMENTED',
    });
    const filter = [{ k: 'account', v: '1', o: 'in' }];
    expect(await failure(v2.call(CloudServiceList, 'list', { query: { filter } }))).toMatchObject({
      code: 'invalid_input',
      platform: 'ERROR_OPERATOR_LIST_VALUE_TYPE',
    });
  });
});

it('both hold the same servers, each under its generation’s keys', () => {
  const [old, today] = [cloudforet.v1.inventory.rows(), cloudforet.v2.inventory.rows()];
  const index = fleet.servers.findIndex(({ provider, lacks }) => provider === 'google_cloud' && lacks === undefined);
  const { instanceId, resourceId, account } = fleet.servers[index] ?? {};
  const labels = [{ key: 'resource.labels.instance_id', value: instanceId }];
  expect(old[index]?.data).toMatchObject({ stackdriver: { filters: labels } });
  expect(today[index]).toMatchObject({
    account,
    reference: { resource_id: resourceId },
    data: { google_cloud_monitoring: { resource_id: resourceId, filters: [{ labels }] } },
  });
});
