import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  clientOf,
  iso,
  midnight,
  type Params,
  type Reply,
  readerToken,
  startTestCloud,
} from './cloud-client.fixture.ts';
import type { Faults } from './faults.ts';

const regions = '/compute/v1/projects/demo-shop-prod/regions';
const series = '/v3/projects/demo-shop-prod/timeSeries';
const cpu: Params = {
  filter: 'metric.type = "compute.googleapis.com/instance/cpu/utilization" AND resource.labels.zone = "none"',
  'interval.endTime': iso(midnight),
};

const Failure = z.object({
  error: z.looseObject({
    status: z.string(),
    details: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
  }),
});

/** `ok`, or the status that an error names and its reason. */
function outcome({ status, body }: Reply): string {
  if (status === 200) return 'ok';
  const { error } = Failure.parse(body);
  const reason = error.details?.at(-1)?.reason;
  return [status, error.status, ...(reason === undefined ? [] : [reason])].join(' ');
}

/** A cloud whose wall clock stands still, so that no quota refills; its faults begin once there is a token. */
async function setUp(faults: Partial<Faults> = {}) {
  const wallMs = Date.now();
  const cloud = await startTestCloud({ wallClock: () => wallMs });
  const get = clientOf(cloud, await readerToken(cloud));
  cloud.faults.set(faults);
  cloud.stats.reset();
  const outcomes = async (count: number, path: string, params: Params = {}) => {
    const found: string[] = [];
    for (let i = 0; i < count; i++) found.push(outcome(await get(path, params)));
    return found;
  };
  return { cloud, get, outcomes };
}

describe('quotas', () => {
  it.each([
    { name: 'Monitoring', path: series, params: cpu, calls: 60, refusal: '429 RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED' },
    {
      name: 'Compute Engine',
      path: regions,
      params: {},
      calls: 15,
      refusal: '403 PERMISSION_DENIED RATE_LIMIT_EXCEEDED',
    },
  ])('of a project end with $refusal', async ({ path, params, calls, refusal }) => {
    const { cloud, outcomes } = await setUp({ quotaMultiplier: 0.01 });
    const found = await outcomes(calls + 2, path, params);
    expect(found).toEqual([...Array.from({ length: calls }, () => 'ok'), refusal, refusal]);
    expect(await outcomes(1, path.replace('shop-prod', 'data'), params)).toEqual(['ok']);
    expect(cloud.stats.rows()).toContainEqual(
      expect.objectContaining({ project: 'demo-shop-prod', calls: calls + 2, throttled: 2, failed: 0 }),
    );
  });
});

describe('a project', () => {
  it('can be closed to its callers, API by API, in the words of each', async () => {
    const { get } = await setUp({ denied: ['*/demo-shop-prod'] });
    expect(await get(regions)).toMatchObject({
      status: 403,
      body: {
        error: {
          message: "Required 'compute.regions.list' permission for 'projects/demo-shop-prod'",
          errors: [{ reason: 'forbidden' }],
        },
      },
    });
    expect(await get(series, cpu)).toMatchObject({
      status: 403,
      body: { error: { message: 'Permission monitoring.timeSeries.list denied (or the resource may not exist).' } },
    });
    expect(await get('/v3/projects:search')).toMatchObject({
      status: 200,
      body: { projects: [{ projectId: 'demo-data' }, { projectId: 'demo-sandbox' }] },
    });
  });

  it('may not have an API switched on', async () => {
    const { outcomes } = await setUp({ disabled: ['compute/demo-data'] });
    expect(await outcomes(1, regions.replace('shop-prod', 'data'))).toEqual(['403 PERMISSION_DENIED SERVICE_DISABLED']);
    expect(await outcomes(1, regions)).toEqual(['ok']);
    expect(await outcomes(1, series.replace('shop-prod', 'sandbox'), cpu)).toEqual([
      '403 PERMISSION_DENIED SERVICE_DISABLED',
    ]);
  });

  it('may not exist', async () => {
    const { outcomes } = await setUp();
    expect(await outcomes(1, regions.replace('demo-shop-prod', 'nowhere'))).toEqual(['404 NOT_FOUND']);
    expect(await outcomes(1, series.replace('demo-shop-prod', 'nowhere'), cpu)).toEqual(['403 PERMISSION_DENIED']);
  });
});

describe('faults', () => {
  it('change while the cloud runs', async () => {
    const { cloud, outcomes } = await setUp({ denied: ['compute/*'] });
    expect(await outcomes(1, regions)).toEqual(['403 PERMISSION_DENIED']);
    cloud.faults.clear();
    expect(await outcomes(1, regions)).toEqual(['ok']);
  });

  it('strike the same calls in every run of a seed', async () => {
    const run = async () => (await setUp({ serverErrorRate: 0.4 })).outcomes(20, regions);
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first)).toEqual(new Set(['ok', '500 INTERNAL', '503 UNAVAILABLE']));
  });

  it('storm: refuse the first of every few calls', async () => {
    const { outcomes } = await setUp({ throttleStorm: { every: 4, lasts: 3 } });
    const refusal = '429 RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED';
    expect(await outcomes(8, series, cpu)).toEqual([refusal, refusal, refusal, 'ok', refusal, refusal, refusal, 'ok']);
  });

  it('let a query over too many series run out of time, and a narrower one not', async () => {
    const { outcomes } = await setUp({ mostSeries: 200 });
    const filter = 'metric.type = "compute.googleapis.com/instance/cpu/utilization"';
    const window = { 'interval.startTime': iso(midnight - 60), 'interval.endTime': iso(midnight) };
    expect(await outcomes(1, series, { filter, ...window })).toEqual(['504 DEADLINE_EXCEEDED']);
    const narrow = `${filter} AND resource.labels.zone = "us-central1-b"`;
    expect(await outcomes(1, series, { filter: narrow, ...window })).toEqual(['ok']);
  });

  it('reset connections', async () => {
    const { get } = await setUp({ resetRate: 1 });
    await expect(get(regions)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) },
    });
  });

  it('hang in one project only', async () => {
    const { cloud, outcomes } = await setUp({ hanging: ['compute/demo-data'] });
    const silent = fetch(`${cloud.url}${regions.replace('shop-prod', 'data')}`, { signal: AbortSignal.timeout(150) });
    await expect(silent).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await outcomes(1, regions)).toEqual(['ok']);
  });

  it('break answers off', async () => {
    const { get } = await setUp({ malformed: ['monitoring/*'] });
    await expect(get(series, cpu)).rejects.toThrow(SyntaxError);
  });

  it('delay answers', async () => {
    const { get } = await setUp({ latencyMs: 80, latencyJitterMs: 20 });
    const before = performance.now();
    await get(regions);
    expect(performance.now() - before).toBeGreaterThanOrEqual(79);
  });

  it('apart, a method that the simulation lacks is not found', async () => {
    const { outcomes } = await setUp();
    expect(await outcomes(1, '/compute/v1/projects/demo-shop-prod/global/firewalls')).toEqual(['404 NOT_FOUND']);
  });
});
