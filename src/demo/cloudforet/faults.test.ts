import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '#wire/client.ts';
import { EndpointDefinition } from '#wire/gen/v2/spaceone/api/identity/v2/endpoint.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { connect, failure, lastDay, testNow } from './calls.fixture.ts';
import { makeFleet } from './inventory/make-fleet.ts';
import type { Platform } from './platform.ts';
import { startPlatformV2 } from './platform-v2.ts';

const size = 60;
const fleet = makeFleet({ servers: size, regionsPerAccount: 1, accountsPerProvider: 1, stoppedRate: 0 });

let platform: Platform<{ readonly app: string }>;
let client: Client;
beforeAll(async () => {
  platform = await startPlatformV2({ ...fleet, clock: () => testNow });
  client = connect(platform, platform.tokens.app);
});
afterEach(() => platform.faults.clear());
afterAll(async () => {
  client.close();
  await platform.close();
});

/** One metric of all Azure's servers, by which each is asked with its own key. */
async function ask(over: object = {}, deadlineMs = 5000) {
  const rows = platform.inventory.rows().filter(({ provider }) => provider === 'azure');
  const metric_query = Object.fromEntries(
    rows.map(({ cloud_service_id, data }) => [String(cloud_service_id), Object(data).azure_monitor]),
  );
  const request = {
    data_source_id: 'ds-azure',
    metric_query,
    metric: 'Percentage CPU',
    ...lastDay,
    period: 3600,
    ...over,
  };
  const { labels, values } = await client.call(MetricDefinition, 'get_data', request, { deadlineMs });
  const series = Object.values(values ?? {}).filter((each) => Array.isArray(each));
  return { labels: labels ?? [], values: (values ?? {}) as JsonObject, series, asked: rows.length };
}

describe('calls', () => {
  it.each([
    { answer: { status: 'UNAVAILABLE', details: 'Connection reset by peer' }, code: 'unavailable' },
    {
      answer: { status: 'UNAVAILABLE', details: 'ERROR_GRPC_CONNECTION: Server is unavailable.' },
      code: 'unavailable',
    },
    { answer: { status: 'DEADLINE_EXCEEDED', details: 'ERROR_REQUEST_TIMEOUT: Request timeout!' }, code: 'timeout' },
    { answer: { status: 'INTERNAL', details: 'ERROR_UNKNOWN: broken' }, code: 'internal' },
    {
      answer: { status: 'PERMISSION_DENIED', details: 'ERROR_PERMISSION_DENIED: Permission denied.' },
      code: 'access_denied',
    },
  ] as const)('fail with $answer.status: $answer.details', async ({ answer, code }) => {
    platform.faults.set({ failures: [{ method: 'Metric.get_data', answer }] });
    expect(await failure(ask())).toMatchObject({ code });
  });

  it('fail as often as a failure lasts, and only those that it names', async () => {
    const answer = { status: 'UNAVAILABLE', details: 'gone' } as const;
    platform.faults.set({ failures: [{ method: 'Metric.get_data', metric: 'Percentage CPU', times: 2, answer }] });
    const before = platform.stats()['Metric.get_data'] ?? { calls: 0, failed: 0 };
    expect((await ask({ metric: 'Network In' })).series.length).toBe(size / 3);
    expect((await ask()).series.length).toBe(size / 3);
    const after = platform.stats()['Metric.get_data'];
    expect([(after?.calls ?? 0) - before.calls, (after?.failed ?? 0) - before.failed]).toEqual([4, 2]);
  });

  it('hang until their caller’s patience ends', async () => {
    platform.faults.set({ failures: [{ method: 'Metric.get_data', dataSourceId: 'ds-azure', answer: 'hang' }] });
    expect(await failure(ask({}, 100))).toMatchObject({ code: 'timeout' });
    await expect.poll(() => platform.stats()['Metric.get_data']?.inFlight).toBe(0);
  });

  it('are delayed, and counted while they are', async () => {
    platform.faults.set({ latencyMs: 100 });
    const began = performance.now();
    await Promise.all([ask(), ask(), ask()]);
    expect(performance.now() - began).toBeGreaterThan(95);
    expect(platform.stats()['Metric.get_data']?.maxInFlight).toBeGreaterThanOrEqual(3);
  });

  it('to Endpoint.list can be denied', async () => {
    const answer = { status: 'PERMISSION_DENIED', details: 'ERROR_PERMISSION_DENIED: Permission denied.' } as const;
    platform.faults.set({ failures: [{ method: 'Endpoint.list', answer }] });
    expect(await failure(client.call(EndpointDefinition, 'list', {}))).toMatchObject({ code: 'access_denied' });
  });
});

describe('series', () => {
  it('are whole where nothing is wrong', async () => {
    const { labels, series, asked } = await ask();
    expect([labels.length, series.length, asked]).toEqual([24, 20, 20]);
    for (const each of series) expect(each.length).toBe(24);
  });

  it('lack points, and are then shorter than the labels; Azure’s have a 0', async () => {
    platform.faults.set({ gapRate: 0.2 });
    const azure = await ask();
    expect(azure.series.every((each) => each.length === 24)).toBe(true);
    expect(azure.series.some((each) => each.includes(0))).toBe(true);
    const google = await askGoogle('compute.googleapis.com/instance/cpu/utilization');
    expect(google.some((each) => each.length < 24)).toBe(true);
    expect(google.flat().every((point) => typeof point === 'number' && point !== 0)).toBe(true);
  });

  it('are left out, the same ones each time', async () => {
    platform.faults.set({ droppedRate: 0.3 });
    const { values } = await ask();
    expect(Object.keys(values).length).toBeLessThan(20);
    expect(Object.keys(values).length).toBeGreaterThan(5);
    expect(Object.keys((await ask()).values)).toEqual(Object.keys(values));
  });

  it('have whole numbers as texts', async () => {
    platform.faults.set({ int64Strings: true });
    const { series } = await ask({ metric: 'Network In' });
    expect(series.flat().every((point) => /^\d+$/.test(String(point)) && typeof point === 'string')).toBe(true);
  });

  it('are none of an unknown metric and of a refused secret', async () => {
    platform.faults.set({ unknownMetrics: ['Percentage CPU'] });
    expect(await ask()).toMatchObject({ labels: [], values: {} });
    expect((await ask({ metric: 'Network In' })).series.length).toBe(20);
    platform.faults.set({ rejectedSecrets: ['secret-azure-0001'] });
    expect(await ask({ metric: 'Network In' })).toMatchObject({ labels: [], values: {} });
  });

  it('are refused as a whole where the secret is gone', async () => {
    platform.faults.set({ missingSecrets: ['secret-azure-0001'] });
    expect(await failure(ask())).toMatchObject({ platform: 'ERROR_RESOURCE_SECRETS_NOT_EXISTS' });
  });
});

async function askGoogle(metric: string): Promise<unknown[][]> {
  const rows = platform.inventory.rows().filter(({ provider }) => provider === 'google_cloud');
  const metric_query = Object.fromEntries(
    rows.map(({ cloud_service_id, data }) => {
      const { name, resource_id, filters } = Object(data).google_cloud_monitoring;
      return [
        String(cloud_service_id),
        { name, resource_id, filter: { metric_type: metric, labels: filters[0].labels } },
      ];
    }),
  );
  const request = { data_source_id: 'ds-google_cloud', metric_query, metric, ...lastDay, period: 3600 };
  const { values } = await client.call(MetricDefinition, 'get_data', request);
  return Object.values(values ?? {}).filter((each) => Array.isArray(each));
}
