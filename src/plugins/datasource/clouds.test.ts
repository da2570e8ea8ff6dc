import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Clock, systemClock } from '#collect/clock.ts';
import * as azure from '#providers/azure/testing-fleet.fixture.ts';
import * as google from '#providers/google_cloud/testing-fleet.fixture.ts';
import { Client } from '#wire/client.ts';
import { DataSourceDefinition as DataSourceV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { DataSourceDefinition as DataSourceV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as MetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { monitoringKeyV1, monitoringKeyV2 } from '../../demo/cloudforet/inventory/monitoring-keys.ts';
import type { CloudServer } from '../../demo/cloudforet/inventory/server.ts';
import { listedInventory } from '../equivalence/listed-inventory.fixture.ts';
import { dataSourceServices } from './service.ts';

/** A simulated cloud, a running server of it as a platform knows it, and one of its metrics. */
interface Setting {
  readonly server: CloudServer;
  readonly secret: JsonObject;
  readonly wrongSecret: JsonObject;
  readonly metric: string;
  readonly unit: string;
  stop(): Promise<void>;
}

const clouds = { google_cloud: startGoogle, azure: startAzure } as const;
const worldNow = google.worldNow;
const clock: Clock = { ...systemClock, now: () => worldNow, sleep: (_, signal) => systemClock.sleep(1, signal) };
const isoOf = (ms: number) => new Date(ms).toISOString();
const times = { start: isoOf(worldNow - 7 * 3_600_000), end: isoOf(worldNow - 3_600_000) };

async function startGoogle(): Promise<Setting> {
  const cloud = await google.startCloud();
  const { connection } = await google.connectTo(cloud);
  const servers = await listedInventory(
    google.fleetOf(connection),
    (server) => ({
      provider: 'google_cloud',
      state: server.state,
      instanceId: google.isGoogles(server) ? (server.series[0]?.id ?? '') : '',
    }),
    'secret',
  );
  const project_id = google.projects[0].id;
  const secret = { ...cloud.credentials.serviceAccount, project_id, endpoint_url: cloud.url };
  return {
    server: runningOf(servers),
    secret,
    wrongSecret: { ...cloud.credentials.powerless, project_id, endpoint_url: cloud.url },
    metric: 'compute.googleapis.com/instance/cpu/utilization',
    unit: '%',
    stop: () => cloud.close(),
  };
}

async function startAzure(): Promise<Setting> {
  const cloud = await azure.startCloud({ graphLagSeconds: 0 });
  const { connection } = await azure.connectTo(cloud.url);
  const servers = await listedInventory(
    azure.fleetOf(connection),
    ({ state }) => ({ provider: 'azure', state }),
    'secret',
  );
  connection.close();
  const secret = {
    tenant_id: azure.tenant.id,
    client_id: azure.application.clientId,
    client_secret: azure.clientSecret,
    subscription_id: azure.subscription,
    endpoint_url: cloud.url,
  };
  return {
    server: runningOf(servers),
    secret,
    wrongSecret: { ...secret, client_secret: 'wrong' },
    metric: 'Percentage CPU',
    unit: 'Percent',
    stop: () => cloud.stop(),
  };
}

function runningOf(servers: readonly CloudServer[]): CloudServer {
  const running = servers.find(({ state }) => state === 'RUNNING');
  if (running === undefined) throw new Error('no server runs');
  return running;
}

const stop = new AbortController();
afterAll(() => stop.abort());

async function connect(generation: Generation): Promise<Client> {
  const { services } = dataSourceServices(generation, { clock });
  const common = { generation, services, version: '0', host: '127.0.0.1', port: 0, graceMs: 0 };
  const { port } = await serve({ ...common, signal: stop.signal });
  return new Client({ address: `127.0.0.1:${port}`, tls: false });
}

const Entries = z.array(
  z.object({
    key: z.string(),
    unit: z.object({ y: z.string() }),
    metric_query: z.record(z.string(), z.unknown()).optional(),
  }),
);

describe.each(['google_cloud', 'azure'] as const)('the data source of %s', (provider) => {
  let setting: Setting;
  let v1: Client;
  let v2: Client;
  beforeAll(async () => {
    setting = await clouds[provider]();
    [v1, v2] = [await connect('v1'), await connect('v2')];
  });
  afterAll(async () => {
    v1.close();
    v2.close();
    await setting.stop();
  });

  const common = () => ({ options: {}, secret_data: { ...setting.secret } });
  const queryOf = (record: JsonObject) => z.record(z.string(), z.record(z.string(), z.unknown())).parse(record);

  it('says what it can', async () => {
    const { metadata } = await v2.call(DataSourceV2, 'init', { options: { provider } });
    expect(metadata).toEqual({
      supported_stat: ['MEAN', 'MAX', 'MIN', 'SUM'],
      supported_providers: [provider],
      required_keys: Object.keys(monitoringKeyV2(setting.server)).map((key) => `data.${key}`),
    });
    const { metadata: old } = await v1.call(DataSourceV1, 'init', { options: { provider } });
    expect(old?.required_keys).toEqual(Object.keys(monitoringKeyV1(setting.server)).map((key) => `data.${key}`));
  });

  it('verifies a secret, and refuses a wrong one', async () => {
    await expect(v2.call(DataSourceV2, 'verify', common())).resolves.toEqual({});
    const wrong = v2.call(DataSourceV2, 'verify', { options: {}, secret_data: { ...setting.wrongSecret } });
    await expect(wrong).rejects.toMatchObject({ code: expect.stringMatching(/^(secret_rejected|access_denied)$/) });
  });

  it('lists metrics of 2.x that lead to their values', async () => {
    const [query] = Object.values(queryOf(monitoringKeyV2(setting.server)));
    const { metrics } = await v2.call(MetricV2, 'list', { ...common(), query: { ...query } });
    const listed = Entries.parse(metrics);
    expect(listed.length).toBeGreaterThan(8);
    const entry = listed.find(({ key }) => key === setting.metric);
    expect(entry?.unit.y).toBe(setting.unit);
    const asked = { ...common(), ...times, metric: setting.metric, period: 3600, stat: 'MEAN' };
    const metric_query = { a: { ...entry?.metric_query, region_name: setting.server.region } };
    const { labels, values } = await v2.call(MetricV2, 'get_data', { ...asked, metric_query });
    expect(labels).toHaveLength(6);
    expect(values?.a).toEqual(Array.from({ length: 6 }, () => expect.any(Number)));
  });

  it('lists metrics of 1.x that its get_data finds by their keys, with the same values', async () => {
    const record = monitoringKeyV1(setting.server);
    const { metrics } = await v1.call(MetricV1, 'list', {
      ...common(),
      resource: { server_id: 'a', data: { ...record } },
    });
    expect(Entries.parse(metrics).map(({ key }) => key)).toContain(setting.metric);
    const asked = { ...common(), ...times, metric: setting.metric, period: 3600, stat: 'MAX' };
    const [own] = Object.values(queryOf(record));
    const [query] = Object.values(queryOf(monitoringKeyV2(setting.server)));
    const resources = [{ ...own, [provider === 'azure' ? 'sp_resource_id' : 'resource_id']: 'a' }];
    const { resource_values } = await v1.call(MetricV1, 'get_data', { ...asked, resource: { resources } });
    const { values } = await v2.call(MetricV2, 'get_data', { ...asked, metric_query: { a: { ...query } } });
    expect(resource_values).toEqual(values);
    expect(values?.a).toHaveLength(6);
  });

  it('refuses a statistic in the words of AWS', async () => {
    const [query] = Object.values(queryOf(monitoringKeyV2(setting.server)));
    const asked = { ...common(), ...times, metric: setting.metric, metric_query: { a: { ...query } } };
    await expect(v2.call(MetricV2, 'get_data', { ...asked, stat: 'AVERAGE' })).rejects.toMatchObject({
      message: expect.stringContaining('supported_stat = MEAN | MAX | MIN | SUM'),
    });
  });
});
