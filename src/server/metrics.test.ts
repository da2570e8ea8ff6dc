import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { openServer, openWithUsers, type TestServer } from './auth-server.fixture.ts';
import { sampleNow, sampleRecord } from './sample-fleet.fixture.ts';

let opened: TestServer;
beforeAll(async () => {
  opened = await openServer();
  const { store } = opened;
  const odd = { id: 'i-"quoted"', name: 'back\\slash\nline', account: 'a"b', cpu: 0 };
  await store.inventory.put([{ record: sampleRecord(odd) }], sampleNow);
  const [job] = await store.jobs.list({ limit: 1 });
  const line = { account: '1', api: 'cloudwatch:GetMetricData', calls: 5, retried: 2, throttled: 1, failed: 1 };
  await store.jobs.addToLedger(job?.id ?? 0, [
    { ...line, region: 'eu-west-1', usd: 0.25, usdAtMost: 0.5 },
    { ...line, region: 'us-east-1', usd: 0.5, usdAtMost: 0.5 },
  ]);
});
afterAll(() => opened.close());

async function scrape(path = '/metrics'): Promise<string[]> {
  const { status, headers, text } = await opened.ask('GET', path);
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('version=0.0.4');
  return text.split('\n');
}

/** Of Debian's package prometheus. */
const promtool = 'promtool';

const starting = (lines: readonly string[], start: string) => lines.filter((line) => line.startsWith(start));

describe('/metrics', () => {
  it('tells of jobs, calls and the queue', async () => {
    const lines = await scrape();
    expect(starting(lines, 'fleetgauge_jobs{')).toEqual(['fleetgauge_jobs{state="RUNNING"} 1']);
    expect(starting(lines, 'fleetgauge_queue_depth')).toEqual(['fleetgauge_queue_depth 2']);
    expect(starting(lines, 'fleetgauge_cloud_')).toEqual([
      'fleetgauge_cloud_calls_total{api="cloudwatch:GetMetricData"} 10',
      'fleetgauge_cloud_retries_total{api="cloudwatch:GetMetricData"} 4',
      'fleetgauge_cloud_throttles_total{api="cloudwatch:GetMetricData"} 2',
      'fleetgauge_cloud_failures_total{api="cloudwatch:GetMetricData"} 2',
      'fleetgauge_cloud_cost_dollars_total{api="cloudwatch:GetMetricData"} 0.75',
    ]);
  });

  it('counts the same calls once, however often it is asked', async () => {
    const [first, second] = [await scrape(), await scrape()];
    expect(starting(second, 'fleetgauge_cloud_')).toEqual(starting(first, 'fleetgauge_cloud_'));
  });

  it('times requests by route, and what has no route together', async () => {
    for (const path of ['/api/servers/1', '/api/servers/2', '/api/no/such', '/api/neither'])
      await opened.ask('GET', path);
    const counts = starting(await scrape(), 'fleetgauge_http_request_duration_seconds_count');
    expect(counts).toContain(
      'fleetgauge_http_request_duration_seconds_count{method="GET",route="/api/servers/:id",status="200"} 2',
    );
    expect(counts).toContain(
      'fleetgauge_http_request_duration_seconds_count{method="GET",route="none",status="404"} 2',
    );
  });

  it('tells of this process', async () => {
    const lines = await scrape();
    for (const name of [
      'fleetgauge_event_loop_delay_seconds{percentile="99"}',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
    ]) {
      expect(Number(starting(lines, name)[0]?.split(' ').at(-1)), name).toBeGreaterThan(0);
    }
  });

  it('tells how used the fleet is, and nothing where nothing is known', async () => {
    const lines = await scrape();
    const place = 'provider="aws",account="111111111111"';
    expect(starting(lines, `fleetgauge_servers{${place}`)).toEqual([
      `fleetgauge_servers{${place},region="eu-west-1"} 2`,
      `fleetgauge_servers{${place},region="us-east-1"} 1`,
    ]);
    expect(starting(lines, `fleetgauge_cpu_utilization_ratio{${place}`)).toEqual([
      `fleetgauge_cpu_utilization_ratio{${place},region="eu-west-1",statistic="avg"} 0.102`,
      `fleetgauge_cpu_utilization_ratio{${place},region="eu-west-1",statistic="max"} 0.17`,
    ]);
    expect(starting(lines, 'fleetgauge_cpu_utilization_ratio{provider="aws",account="a\\"b"')[0]).toMatch(/ 0$/);
    expect(starting(lines, 'fleetgauge_server_')).toEqual([]);
  });

  it('tells of each server where that is asked for', async () => {
    const lines = starting(await scrape('/metrics?detail=servers'), 'fleetgauge_server_');
    expect(lines.filter((line) => line.includes('statistic="avg"'))).toHaveLength(5);
    expect(lines).toContain(
      'fleetgauge_server_cpu_utilization_ratio{provider="aws",account="a\\"b",region="eu-west-1",id="i-\\"quoted\\"",name="back\\\\slash\\nline",statistic="avg"} 0',
    );
    expect((await opened.ask('GET', '/metrics?detail=all')).status).toBe(400);
  });

  it.each(['/metrics', '/metrics?detail=servers'])('%s is as promtool wants it', async (path) => {
    const input = (await scrape(path)).join('\n');
    const checked = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
    if (checked.error !== undefined) console.warn(`promtool did not read it: ${checked.error.message}`);
    else expect([checked.status, checked.stderr]).toEqual([0, '']);
  });

  it('is for those who may see the fleet', async () => {
    const guarded = await openWithUsers();
    expect((await guarded.ask('GET', '/metrics')).status).toBe(401);
    expect((await guarded.ask('GET', '/metrics', { bearer: guarded.keys.viewer })).status).toBe(200);
    expect((await guarded.ask('GET', '/readyz')).status).toBe(200);
    await guarded.close();
  });
});

describe('health', () => {
  const failing = async (schema: Store['schema']) => openServer({ store: { ...(await openTestStore()), schema } });

  it('is well', async () => {
    expect((await opened.ask('GET', '/healthz')).body).toEqual({ ok: true });
    const { status, body } = await opened.ask('GET', '/readyz');
    expect({ status, body }).toEqual({
      status: 200,
      body: { ok: true, checks: { server: { ok: true }, database: { ok: true }, migrations: { ok: true } } },
    });
  });

  it('is alive and not ready while the database does not answer, and says no more of it', async () => {
    const down = await failing(async () => {
      throw new CollectError('store_failed', 'connect ECONNREFUSED 10.1.2.3:5432', { where: 'db.corp' });
    });
    expect((await down.ask('GET', '/healthz')).status).toBe(200);
    const { status, body, text } = await down.ask('GET', '/readyz');
    expect({ status, body }).toMatchObject({ status: 503, body: { ok: false, checks: { database: { ok: false } } } });
    expect(text).not.toMatch(/corp|10\.1/);
    expect(down.reported).toMatchObject([{ code: 'store_failed' }]);
    await down.close();
  });

  it('is ready under the schema of a newer fleetgauge, and not under one that is too old for it', async () => {
    const old = await failing(async () => ({ stored: 9, known: 8 }));
    expect((await old.ask('GET', '/readyz')).status).toBe(200);
    await old.close();
    const early = await failing(async () => ({ stored: 8, known: 9 }));
    const { status, body } = await early.ask('GET', '/readyz');
    const migrations = { ok: false, reason: 'the schema is 8, this fleetgauge knows 9' };
    expect({ status, body }).toMatchObject({ status: 503, body: { checks: { database: { ok: true }, migrations } } });
    await early.close();
  });
});
