import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectorDefinition, type ResourceInfo } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import { serve } from '#wire/server.ts';
import { implement, type Service } from '#wire/service.ts';
import { awsSecret, awsServers, cloudServiceId, connect, failure, hourMs, lastDay, testNow } from '../calls.fixture.ts';
import type { TokensV2 } from '../identity/tokens.ts';
import type { Platform } from '../platform.ts';
import { startPlatformV2 } from '../platform-v2.ts';
import { broken, collected, directCollector, metricCollector, streamOf } from './collected.fixture.ts';

const all = [0, 1, 2] as const;

let now: number;
let platform: Platform<TokensV2>;
beforeEach(async () => {
  now = testNow;
  platform = await startPlatformV2({ servers: awsServers(3), secrets: [awsSecret], clock: () => now });
});
afterEach(() => platform.close());

const row = (index: number) => platform.inventory.get(cloudServiceId(index));

describe('a resource that fits one row', () => {
  it('replaces first-level keys of data and leaves the others', async () => {
    const before = row(0);
    const report = await platform.store(metricCollector, [streamOf(...all.map((index) => collected(index)))]);
    expect(report).toEqual({
      status: 'SUCCESS',
      total: 3,
      created: 0,
      updated: 3,
      failure: 0,
      disconnected: 0,
      deleted: 0,
      errors: [],
    });
    const monitoring = { memory: { usage: { avg: 1 } } };
    await platform.store(metricCollector, [streamOf(collected(0, { resource: { data: { monitoring } } }))]);
    expect(row(0)?.data).toEqual({ ...Object(before?.data), monitoring });
  });

  it('is updated whatever `update_mode` it asks for', async () => {
    const merge = collected(0, { options: { update_mode: 'MERGE' }, resource: { data: { compute: {} } } });
    expect(await platform.store(metricCollector, [streamOf(merge)])).toMatchObject({ updated: 1 });
    expect(row(0)?.data).toMatchObject({ compute: {} });
    expect(Object(row(0)?.data).compute.instance_state).toBeUndefined();
  });

  it('keeps what the resource does not say, its provider in any case', async () => {
    await platform.store(metricCollector, [streamOf(collected(0, { resource: { provider: 'azure', name: 'new' } }))]);
    expect(row(0)).toMatchObject({
      provider: 'aws',
      name: 'new',
      state: 'ACTIVE',
      created_at: new Date(testNow).toISOString(),
    });
  });
});

describe('match rules', () => {
  it('leave out what the resource has not got, so that nothing fits all', async () => {
    const nothing = collected(0, { matchRules: { '1': ['reference.resource_id'] }, resource: { reference: {} } });
    expect(await platform.store(metricCollector, [streamOf(nothing)])).toMatchObject({
      status: 'FAILURE',
      failure: 1,
      errors: [{ code: 'ERROR_TOO_MANY_MATCH' }],
    });
  });

  it('are tried in order of their numbers', async () => {
    const rules = { '10': ['account'], '2': ['reference.resource_id', 'account'] };
    expect(await platform.store(metricCollector, [streamOf(collected(1, { matchRules: rules }))])).toMatchObject({
      updated: 1,
    });
    const twice = { '1': ['account'], '2': ['reference.resource_id'] };
    expect(await platform.store(metricCollector, [streamOf(collected(1, { matchRules: twice }))])).toMatchObject({
      failure: 1,
    });
  });

  it('have to be there', async () => {
    const report = await platform.store(metricCollector, [streamOf(collected(0, { matchRules: {} }))]);
    expect(report).toMatchObject({
      status: 'FAILURE',
      errors: [{ code: 'ERROR_MATCH_RULE', message: 'Match rule is not defined.' }],
    });
  });
});

describe('a task', () => {
  it('counts types, regions and metrics not at all, and unknown types as failures', async () => {
    const types = ['inventory.CloudServiceType', 'inventory.Region', 'inventory.Metric', 'inventory.Namespace'];
    const report = await platform.store(metricCollector, [streamOf(...types.map((type) => collected(0, { type })))]);
    expect(report).toMatchObject({ status: 'SUCCESS', total: 0 });
    const server = collected(0, { type: 'inventory.Server' });
    expect(await platform.store(metricCollector, [streamOf(server)])).toMatchObject({
      status: 'FAILURE',
      total: 1,
      errors: [{ code: 'ERROR_UNKNOWN', message: expect.stringContaining('inventory.Server') }],
    });
  });

  it('fails with what a collector says it could not collect', async () => {
    const error = collected(0, { type: 'inventory.ErrorResource', state: 5, message: 'throttled' });
    const report = await platform.store(metricCollector, [streamOf(collected(1), error)]);
    expect(report).toMatchObject({
      status: 'FAILURE',
      updated: 1,
      failure: 1,
      errors: [{ code: 'ERROR_PLUGIN', message: 'throttled' }],
    });
  });

  it('keeps what came before its stream broke, but does not count it', async () => {
    const report = await platform.store(metricCollector, [broken(collected(0)), streamOf(collected(1))]);
    expect(report).toMatchObject({
      status: 'FAILURE',
      total: 1,
      updated: 1,
      failure: 1,
      errors: [{ code: 'ERROR_COLLECTOR_PLUGIN' }],
    });
    expect(row(0)?.data).toHaveProperty('monitoring');
  });

  it('takes data and metadata as JSON texts too', async () => {
    const resource = { json_data: '{"monitoring":{"cpu":1}}', json_metadata: '{"view":{}}' };
    await platform.store(metricCollector, [streamOf(collected(0, { resource }))]);
    expect(row(0)).toMatchObject({ data: { monitoring: { cpu: 1 } }, metadata: { spaceone: { view: {} } } });
  });
});

describe('hazards', () => {
  it('H1: what is left out of three successful runs is deleted, for everybody', async () => {
    await platform.store(metricCollector, [streamOf(...all.map((index) => collected(index)))]);
    const reports = [];
    for (let run = 0; run < 3; run++) {
      now += 2 * hourMs;
      reports.push(await platform.store(metricCollector, [streamOf(collected(0), collected(1))]));
    }
    expect(reports.map(({ disconnected, deleted }) => [disconnected, deleted])).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(all.map((index) => row(index)?.state)).toEqual(['ACTIVE', 'ACTIVE', 'DELETED']);
    const again = await platform.store(metricCollector, [streamOf(collected(2))]);
    expect([again.created, platform.inventory.rows().length]).toEqual([1, 4]);
  });

  it('H1: a run that fails takes nothing for gone; nor does one within the hour', async () => {
    await platform.store(metricCollector, [streamOf(...all.map((index) => collected(index)))]);
    for (let run = 0; run < 4; run++) {
      now += 2 * hourMs;
      const error = collected(2, { type: 'inventory.ErrorResource', state: 5 });
      await platform.store(metricCollector, [streamOf(collected(0), collected(1), error)]);
    }
    expect(row(2)?.state).toBe('ACTIVE');
    await platform.store(metricCollector, [streamOf(collected(2))]);
    for (let run = 0; run < 4; run++) await platform.store(metricCollector, [streamOf(collected(0))]);
    expect(row(2)?.state).toBe('ACTIVE');
  });

  it('H2: its own secret becomes the server’s, and monitoring then finds none for the data source', async () => {
    await platform.store(metricCollector, [streamOf(collected(0))]);
    expect(row(0)?.collection_info).toEqual({
      collector_id: 'collector-metrics',
      secret_id: 'secret-platform',
      service_account_id: 'sa-spaceone',
      last_collected_at: new Date(testNow).toISOString(),
    });
    using client = connect(platform, platform.tokens.app);
    const metric_query = { [cloudServiceId(0)]: {}, [cloudServiceId(1)]: {} };
    const ask = () =>
      client.call(MetricDefinition, 'get_data', { data_source_id: 'ds-aws', metric_query, metric: 'x', ...lastDay });
    expect(await failure(ask())).toMatchObject({ platform: 'ERROR_RESOURCE_SECRETS_NOT_EXISTS' });
    await platform.store(directCollector, [streamOf(collected(0))]);
    await ask();
  });

  it('H3: its layout stands beside the cloud collector’s, or in its place if the secret is the cloud’s', async () => {
    const metadata = { view: { sub_data: { layouts: [{ name: 'Performance' }] } } };
    const cloud = row(0)?.metadata;
    await platform.store(metricCollector, [streamOf(collected(0, { resource: { metadata } }))]);
    expect(row(0)?.metadata).toEqual({ ...Object(cloud), spaceone: metadata });
    await platform.store(directCollector, [streamOf(collected(0, { resource: { metadata } }))]);
    expect(row(0)?.metadata).toEqual({ aws: metadata, spaceone: metadata });
    const { serviceAccountId: _, ...secret } = metricCollector.secret;
    await platform.store({ ...metricCollector, secret }, [streamOf(collected(1, { resource: { metadata } }))]);
    expect(row(1)?.metadata).toHaveProperty('custom', metadata);
  });

  it('H4: the secret’s project takes the server', async () => {
    const secret = { ...metricCollector.secret, projectId: 'project-metrics' };
    await platform.store({ ...metricCollector, secret }, [streamOf(collected(0))]);
    expect(row(0)?.project_id).toBe('project-metrics');
  });

  it('H5: the secret of another workspace, or of all, fits nothing and makes its own rows', async () => {
    for (const workspaceId of ['workspace-other', '*']) {
      const secret = { ...metricCollector.secret, workspaceId };
      expect(await platform.store({ ...metricCollector, secret }, [streamOf(collected(0))])).toMatchObject({
        created: 1,
      });
    }
    expect(
      platform.inventory
        .rows()
        .slice(3)
        .map(({ workspace_id }) => workspace_id),
    ).toEqual(['workspace-other', '*']);
  });

  it('H6: a server that is not there is made from what little is said of it', async () => {
    expect(await platform.store(metricCollector, [streamOf(collected(7))])).toMatchObject({ created: 1 });
    expect(platform.inventory.rows()[3]).toMatchObject({ state: 'ACTIVE', data: { monitoring: expect.anything() } });
    expect(platform.inventory.rows()[3]).not.toHaveProperty('name');
    const { provider: _, ...resource } = Object(collected(8).resource);
    const nameless = { ...collected(8), resource };
    expect(await platform.store(metricCollector, [streamOf(nameless)])).toMatchObject({
      errors: [{ code: 'ERROR_REQUIRED_PARAMETER', message: 'Required parameter. (key = provider)' }],
    });
  });

  it('H7: an update keeps alive what its own collector has not seen for two days', async () => {
    now += 40 * hourMs;
    await platform.store(metricCollector, [streamOf(collected(0))]);
    now += 10 * hourMs;
    expect(platform.deleteStale(48)).toBe(2);
    expect(all.map((index) => row(index)?.state)).toEqual(['ACTIVE', 'DELETED', 'DELETED']);
  });

  it('H8: the group and type that it names become the server’s', async () => {
    const resource = { cloud_service_group: 'ComputeEngine', cloud_service_type: 'VM' };
    await platform.store(metricCollector, [streamOf(collected(0, { resource }))]);
    expect(row(0)).toMatchObject(resource);
  });
});

describe('a plugin', () => {
  let stop: AbortController;
  beforeEach(() => {
    stop = new AbortController();
    return () => stop.abort();
  });

  async function listen(services: Service[]): Promise<string> {
    const server = { generation: 'v2', services, version: '1', host: '127.0.0.1', port: 0, graceMs: 0 } as const;
    return `grpc://127.0.0.1:${(await serve({ ...server, signal: stop.signal })).port}`;
  }

  const collects = (requests: object[]) =>
    implement(CollectorDefinition, {
      init: () => ({ metadata: {} }),
      verify: () => ({}),
      async *collect(request) {
        requests.push(request);
        const index = Number(request.task_options?.index ?? 0);
        const { match_rules, resource, ...rest } = collected(index);
        yield {
          ...rest,
          state: 4,
          match_rules: { ...match_rules },
          resource: { ...resource },
        } satisfies Partial<ResourceInfo>;
      },
    });

  it('is run once for each of its tasks, as one run', async () => {
    const requests: object[] = [];
    const tasks = implement(JobDefinition, {
      get_tasks: () => ({ tasks: all.map((index) => ({ task_options: { index } })) }),
    });
    const report = await platform.collectFrom(await listen([collects(requests), tasks]), metricCollector, {
      color: 'blue',
    });
    expect(report).toMatchObject({ status: 'SUCCESS', updated: 3 });
    const common = { options: { color: 'blue' }, secret_data: {}, filter: {} };
    expect(requests).toEqual(all.map((index) => ({ ...common, task_options: { index } })));
  });

  it('without tasks, or with a Job that fails, is run once', async () => {
    const requests: object[] = [];
    const report = await platform.collectFrom(await listen([collects(requests)]), metricCollector);
    expect([report.updated, requests.length]).toEqual([1, 1]);
  });
});
