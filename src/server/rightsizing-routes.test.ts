import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { doesNothing, halfUsed, measure } from '#platform/rightsizing/fortnight.fixture.ts';
import { openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import {
  PolicyChoices,
  PolicyReply,
  RightsizingDetail,
  RightsizingRow,
  RightsizingSummary,
} from './rightsizing-api.ts';
import { sampleNow } from './sample-fleet.fixture.ts';

let server: TestServer & Users;
let idle: number;
let big: number;

beforeAll(async () => {
  server = await openWithUsers();
  const { rows } = await server.store.inventory.list({ limit: 10 });
  const [first, second] = rows;
  if (first === undefined || second === undefined) throw new Error('the sample fleet has servers');
  big = first.id;
  idle = second.id;
  const resized = { ...first.record, region_code: 'us-east-1', instance_type: 'm7i.2xlarge' };
  await server.store.inventory.put([{ id: big, record: resized }], sampleNow);
  await measure(server.store, big, halfUsed, sampleNow);
  await measure(server.store, idle, doesNothing, sampleNow);
});
afterAll(() => server.close());

const get = (path: string) => server.ask('GET', `/api${path}`, { bearer: server.keys.viewer });
const rowsIn = (data: unknown) => z.array(RightsizingRow).parse(data);
const send = (method: string, path: string, body: unknown) =>
  server.ask(method, `/api${path}`, { bearer: server.keys.operator, body });

describe('verdicts', () => {
  it('are listed with what is suggested, and what it saves', async () => {
    const { status, data } = await get('/rightsizing?class=oversized');
    expect(status).toBe(200);
    expect(data).toMatchObject([
      {
        id: big,
        class: 'oversized',
        reason: 'fits_smaller',
        cpu: { peak: 38, peak_is: 'max', coverage: 1 },
        suggestion: { action: 'resize', instance_type: 'm7i.xlarge', cpu: 76, memory: 68, clipped: null },
        savings: { hours: 336 },
        state: 'open',
        decision: null,
      },
    ]);
    expect(rowsIn(data)[0]?.savings?.usd).toBeCloseTo(336 * 0.2016, 6);
  });

  it.each(['', '&class=idle', '&state=open', '&q=provider:aws'])('come once each, page by page: %s', async (filter) => {
    const whole = rowsIn((await get(`/rightsizing?limit=1000${filter}`)).data).map(({ id }) => id);
    const paged: number[] = [];
    for (let cursor = ''; ; ) {
      const { data, meta } = await get(`/rightsizing?limit=1${filter}${cursor}`);
      paged.push(...rowsIn(data).map(({ id }) => id));
      if (meta?.next === undefined) break;
      cursor = `&cursor=${encodeURIComponent(meta.next)}`;
    }
    expect(paged).toEqual(whole);
    expect(whole.length).toBeGreaterThan(0);
  });

  it('are summed up', async () => {
    const { data } = await get('/rightsizing/summary');
    expect(data).toMatchObject({
      servers: 4,
      classes: { idle: { servers: 1, unpriced: 1 }, oversized: { servers: 1 }, not_enough_data: { servers: 2 } },
      states: { open: 2 },
      policy: { name: 'standard' },
    });
    const { cpu_peaks: peaks, prices } = RightsizingSummary.parse(data);
    // One does nothing, one peaks at 38 %; what was not measured has no peak.
    expect(peaks.filter((bin) => bin.servers > 0)).toEqual([
      { from: expect.any(Number), to: expect.any(Number), servers: 1, idle: 1 },
      { from: 35, to: 40, servers: 1, idle: 0 },
    ]);
    expect(prices).toContainEqual(expect.objectContaining({ provider: 'aws', read_on: '2026-07-20' }));
  });

  it('come with all that they were made of', async () => {
    const { data } = await get(`/servers/${big}/rightsizing`);
    expect(data).toMatchObject({
      why: 'its load fits a smaller size, and the headroom stays free',
      window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
      size: { instance_type: 'm7i.2xlarge', vcpus: 8, gib: 32, baseline: null },
      prices: { read_on: '2026-07-20' },
    });
    const { series } = RightsizingDetail.parse(data);
    expect(series.days).toHaveLength(14);
    expect(series.metrics['cpu.utilization']?.[0]).toEqual({ avg: 14, max: 38, seconds: 86_400 });
    expect((await get('/servers/999/rightsizing')).status).toBe(404);
  });
});

describe('decisions', () => {
  it('are made by those who may, and kept with their names', async () => {
    const body = { state: 'accepted', ids: [big], note: 'next release' };
    expect((await server.ask('POST', '/api/rightsizing/decisions', { bearer: server.keys.viewer, body })).status).toBe(
      403,
    );
    const { status, data } = await send('POST', '/rightsizing/decisions', body);
    expect(status).toBe(200);
    expect(data).toMatchObject([
      {
        id: big,
        state: 'accepted',
        decision: { by: 'ci-operator', at: '2026-11-22T10:00:00.000Z', note: 'next release' },
      },
    ]);
    expect((await get('/rightsizing?state=accepted')).data).toMatchObject([{ id: big }]);
    await send('POST', '/rightsizing/decisions', { state: 'open', ids: [big] });
  });

  it.each([
    { name: 'nobody', body: { state: 'accepted', ids: [] }, status: 400 },
    { name: 'what there is nothing to decide on', body: { state: 'accepted', ids: [3] }, status: 409 },
    { name: 'a server that is gone', body: { state: 'accepted', ids: [999] }, status: 404 },
    { name: 'without a reason', body: { state: 'dismissed', ids: [2], note: '' }, status: 400 },
    { name: 'until the past', body: { state: 'snoozed', ids: [2], until: '2020-01-01T00:00:00Z' }, status: 400 },
  ])('are refused for $name', async ({ body, status }) => {
    expect((await send('POST', '/rightsizing/decisions', body)).status).toBe(status);
    expect((await get('/rightsizing?state=open')).data).toHaveLength(2);
  });
});

describe('the policy', () => {
  it('is chosen by name or part by part, and holds at once', async () => {
    expect((await send('PUT', '/rightsizing/policy', { name: 'careful' })).data).toMatchObject({
      name: 'careful',
    });
    // Fourteen of thirty days are too few.
    const { data } = await get('/rightsizing/summary');
    expect(data).toMatchObject({ classes: { not_enough_data: { servers: 4 } } });
    const careful = PolicyReply.parse((await get('/rightsizing/policy')).data);
    const { name, ...custom } = { ...careful, look_back_days: 10 };
    expect(name).toBe('careful');
    expect((await send('PUT', '/rightsizing/policy', custom)).data).toMatchObject({ name: 'custom' });
    expect((await get('/rightsizing?class=idle')).data).toMatchObject([{ id: idle }]);
    await send('PUT', '/rightsizing/policy', { name: 'standard' });
  });

  it('can be tried out, which changes nothing', async () => {
    const { status, data } = await send('POST', '/rightsizing/preview', { name: 'careful' });
    expect(status).toBe(200);
    expect(data).toMatchObject({ classes: { not_enough_data: { servers: 4 } }, policy: { name: 'careful' } });
    expect((await get('/rightsizing/policy')).data).toMatchObject({ name: 'standard' });
    const { keys } = server;
    const refused = { bearer: keys.viewer, body: { name: 'careful' } };
    expect((await server.ask('POST', '/api/rightsizing/preview', refused)).status).toBe(403);
  });

  it('is held to limits that are told', async () => {
    const { presets, limits } = PolicyChoices.parse((await get('/rightsizing/policies')).data);
    expect(presets.map(({ name }) => name)).toEqual(['careful', 'standard', 'bold']);
    const { name: _, ...standard } = PolicyReply.parse(presets[1]);
    for (const [part, limit] of Object.entries(limits)) {
      const lowest = limit.minimum ?? limit.exclusiveMinimum ?? Number.NaN;
      const low = await send('POST', '/rightsizing/preview', { ...standard, [part]: lowest - 1 });
      expect([part, low.status]).toEqual([part, 400]);
      if (limit.maximum === undefined) continue;
      const high = await send('POST', '/rightsizing/preview', { ...standard, [part]: limit.maximum + 1 });
      expect([part, high.status]).toEqual([part, 400]);
    }
    expect(Object.keys(limits).toSorted()).toEqual(Object.keys(standard).toSorted());
  });

  it.each([{ name: 'rash' }, { look_back_days: 14 }, {}])('is not %j', async (body) => {
    expect((await send('PUT', '/rightsizing/policy', body)).status).toBe(400);
    const { keys } = server;
    expect((await server.ask('PUT', '/api/rightsizing/policy', { bearer: keys.viewer, body })).status).toBe(403);
  });
});
