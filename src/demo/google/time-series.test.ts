import { describe, expect, it } from 'vitest';
import {
  day,
  endOf,
  iso,
  midnight,
  numberIn,
  type Params,
  setUp,
  TimeSeriesReply,
  testNow,
} from './cloud-client.fixture.ts';
import type { GoogleCloudOptions } from './server.ts';

const cpu = 'metric.type = "compute.googleapis.com/instance/cpu/utilization"';
const sent = 'metric.type = "compute.googleapis.com/instance/network/sent_bytes_count"';
const hour = { 'interval.startTime': iso(midnight - 3600), 'interval.endTime': iso(midnight) };
const fortnight = { 'interval.startTime': iso(midnight - 14 * day), 'interval.endTime': iso(midnight) };
const daily = { 'aggregation.alignmentPeriod': `${day}s`, 'aggregation.perSeriesAligner': 'ALIGN_MEAN' };
const path = '/v3/projects/demo-shop-prod/timeSeries';

async function setUpSeries(options: GoogleCloudOptions = {}) {
  const { cloud, get } = await setUp(options);
  const list = async (params: Params, from = path) => {
    const { status, body } = await get(from, params);
    expect(status, JSON.stringify(body)).toBe(200);
    return TimeSeriesReply.parse(body);
  };
  /** All series of all pages, with their points strung together. */
  const listAll = async (params: Params) => {
    const points = new Map<string, number[]>();
    let [pages, pageToken]: [number, string | undefined] = [0, ''];
    while (pageToken !== undefined) {
      const reply: TimeSeriesReply = await list({ ...params, pageToken });
      for (const { resource, metric, points: some = [] } of reply.timeSeries ?? []) {
        const key = JSON.stringify([resource.labels, metric.labels]);
        points.set(key, [...(points.get(key) ?? []), ...some.map(endOf)]);
      }
      pages++;
      pageToken = reply.nextPageToken;
    }
    return { points, pages };
  };
  return { cloud, get, list, listAll };
}

describe('timeSeries.list', () => {
  it('tells samples newest first, a minute apart, with all labels', async () => {
    const { list } = await setUpSeries();
    const { timeSeries = [], unit } = await list({
      filter: `${cpu} AND resource.labels.zone = "us-central1-b"`,
      ...hour,
    });
    const [first] = timeSeries;
    expect(unit).toBe('10^2.%');
    expect(timeSeries.length).toBeGreaterThan(60);
    expect(first).toMatchObject({
      metric: { labels: { instance_name: expect.any(String) } },
      resource: {
        type: 'gce_instance',
        labels: {
          project_id: 'demo-shop-prod',
          zone: 'us-central1-b',
          instance_id: expect.stringMatching(/^\d{18,20}$/),
        },
      },
      metricKind: 'GAUGE',
      valueType: 'DOUBLE',
    });
    const points = first?.points ?? [];
    expect(points.map(endOf)).toEqual(Array.from({ length: 60 }, (_, i) => midnight - i * 60));
    expect(points.every(({ interval }) => interval.startTime === interval.endTime)).toBe(true);
    expect(points.map(numberIn).every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('tells amounts as text, each over its minute, and one series per way of a balanced VM', async () => {
    const { list } = await setUpSeries();
    const filter = `${sent} AND metric.labels.instance_name = starts_with("web-prod")`;
    const { timeSeries = [] } = await list({ filter, ...hour });
    const [first] = timeSeries;
    expect(first).toMatchObject({ metricKind: 'DELTA', valueType: 'INT64' });
    expect(first?.points?.at(0)).toMatchObject({
      interval: { startTime: iso(midnight - 60).replace('.000', ''), endTime: iso(midnight).replace('.000', '') },
      value: { int64Value: expect.stringMatching(/^\d+$/) },
    });
    const balanced = Map.groupBy(timeSeries, ({ metric }) => metric.labels?.loadbalanced);
    expect(balanced.get('true')?.length).toBe(balanced.get('false')?.length);
  });

  it.each([
    { aligner: 'ALIGN_RATE', kind: 'GAUGE', type: 'DOUBLE', unit: 'By/s' },
    { aligner: 'ALIGN_DELTA', kind: 'DELTA', type: 'INT64', unit: 'By' },
    { aligner: 'ALIGN_SUM', kind: 'DELTA', type: 'INT64', unit: 'By' },
    { aligner: 'ALIGN_MEAN', kind: 'GAUGE', type: 'DOUBLE', unit: 'By' },
    { aligner: 'ALIGN_MAX', kind: 'GAUGE', type: 'INT64', unit: 'By' },
    { aligner: 'ALIGN_COUNT', kind: 'GAUGE', type: 'INT64', unit: '1' },
  ])('says what $aligner made of the values', async ({ aligner, kind, type, unit }) => {
    const { list } = await setUpSeries();
    const reply = await list({ filter: sent, ...fortnight, ...daily, 'aggregation.perSeriesAligner': aligner });
    expect(reply.unit).toBe(unit);
    expect(reply.timeSeries?.[0]).toMatchObject({ metricKind: kind, valueType: type });
    const [newest] = reply.timeSeries?.[0]?.points ?? [];
    const startsAt = Date.parse(newest?.interval.startTime ?? '') / 1000;
    expect(startsAt).toBe(kind === 'GAUGE' ? midnight : midnight - day);
  });

  it('keeps the labels that it groups by, and names the project that was asked', async () => {
    const { list } = await setUpSeries();
    const stage = { ...daily, 'aggregation.crossSeriesReducer': 'REDUCE_SUM' };
    const byZone = await list({
      filter: sent,
      ...fortnight,
      ...stage,
      'aggregation.groupByFields': ['resource.label.zone', 'metric.labels.loadbalanced'],
    });
    const zones = byZone.timeSeries?.map(({ resource, metric }) => [resource.labels, metric.labels]);
    expect(zones).toContainEqual([{ project_id: 'demo-shop-prod', zone: 'us-central1-f' }, { loadbalanced: 'false' }]);
    const whole = await list({ filter: sent, ...fortnight, ...stage });
    expect(whole.timeSeries).toHaveLength(1);
    expect(whole.timeSeries?.[0]?.metric).not.toHaveProperty('labels');
  });

  it('answers without timeSeries where nothing was measured', async () => {
    const { get } = await setUpSeries();
    const { body } = await get(path, { filter: `${cpu} AND resource.labels.zone = "nowhere"`, ...hour });
    expect(body).toEqual({ unit: '10^2.%' });
  });

  it('sees a sample four minutes after it was taken', async () => {
    const { list } = await setUpSeries();
    const window = { 'interval.startTime': iso(testNow - 600), 'interval.endTime': iso(testNow) };
    const { timeSeries = [] } = await list({ filter: cpu, ...window });
    const ends = timeSeries.flatMap(({ points = [] }) => points.map(endOf));
    expect(Math.max(...ends)).toBe(testNow - 240);
  });

  it('has forgotten what is older than 24 months', async () => {
    const { list } = await setUpSeries({ anchorSeconds: testNow - 600 * day });
    const oldest = testNow - 240 - 730 * day;
    const window = { 'interval.startTime': iso(oldest - 3600), 'interval.endTime': iso(oldest + 3600) };
    const { timeSeries = [] } = await list({ filter: cpu, ...window });
    expect(Math.min(...timeSeries.flatMap(({ points = [] }) => points.map(endOf)))).toBe(oldest + 60);
  });
});

describe('pages', () => {
  it.each([1, 7, 250])('of %i points hold every point exactly once', async (pageSize) => {
    const { listAll } = await setUpSeries();
    const filter = `${cpu} AND resource.labels.zone = "europe-west4-a"`;
    const ask = { filter, ...fortnight, ...daily, 'aggregation.alignmentPeriod': `${7 * day}s` };
    const whole = await listAll(ask);
    const cut = await listAll({ ...ask, pageSize: String(pageSize) });
    const total = [...whole.points.values()].reduce((sum, points) => sum + points.length, 0);
    expect(whole.pages).toBe(1);
    expect(cut.pages).toBe(Math.ceil(total / pageSize));
    expect(cut.points).toEqual(whole.points);
  });

  it('hold 100,000 points at most, whatever is asked for', async () => {
    const { list } = await setUpSeries();
    const reply = await list({ filter: cpu, ...fortnight, pageSize: '1000000' });
    expect(reply.timeSeries?.reduce((sum, { points = [] }) => sum + points.length, 0)).toBe(100_000);
    expect(reply.nextPageToken).toBeTypeOf('string');
  });

  it('count series if there are no points in them', async () => {
    const { list, listAll } = await setUpSeries();
    const first = await list({ filter: cpu, ...hour, view: 'HEADERS', pageSize: '9' });
    expect(first.timeSeries).toHaveLength(9);
    expect(first.timeSeries?.every((series) => !('points' in series))).toBe(true);
    const { points } = await listAll({ filter: cpu, ...hour, view: 'HEADERS', pageSize: '100' });
    expect([...points.keys()]).toEqual([...(await listAll({ filter: cpu, ...hour })).points.keys()]);
  });

  it('go on only for the same request', async () => {
    const { get, list } = await setUpSeries();
    const { nextPageToken = '' } = await list({ filter: cpu, ...hour, pageSize: '5' });
    const other = await get(path, { filter: sent, ...hour, pageSize: '5', pageToken: nextPageToken });
    expect(other).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } });
  });
});

describe('a metrics scope', () => {
  it('shows the projects that it monitors, and a filter picks one of them', async () => {
    const { list } = await setUpSeries();
    const projectsOf = ({ timeSeries = [] }: TimeSeriesReply) =>
      new Set(timeSeries.map(({ resource }) => resource.labels.project_id));
    expect(projectsOf(await list({ filter: cpu, ...hour }))).toEqual(new Set(['demo-shop-prod', 'demo-data']));
    expect(projectsOf(await list({ filter: `${cpu} AND project = "demo-data"`, ...hour }))).toEqual(
      new Set(['demo-data']),
    );
    const byNumber = '/v3/projects/310000000002/timeSeries';
    expect(projectsOf(await list({ filter: cpu, ...hour }, byNumber))).toEqual(new Set(['demo-data']));
  });

  it('tells what it could not read, beside what it could', async () => {
    const { list } = await setUpSeries({ faults: { unreadableSeries: ['demo-data/us-central1-a'] } });
    const { timeSeries = [], executionErrors } = await list({ filter: cpu, ...hour });
    const places = timeSeries.map(({ resource: { labels } }) => `${labels.project_id}/${labels.zone}`);
    expect(executionErrors).toEqual([
      { code: 14, message: 'Time series of demo-data/us-central1-a could not be read.' },
    ]);
    expect(places).not.toContain('demo-data/us-central1-a');
    expect(places).toContain('demo-shop-prod/us-central1-a');
    const elsewhere = await list({ filter: `${cpu} AND resource.labels.zone = "us-central1-b"`, ...hour });
    expect(elsewhere).not.toHaveProperty('executionErrors');
  });
});

describe('a request is refused', () => {
  const window = hour;
  it.each([
    { name: 'without an end', params: { filter: cpu }, message: 'Field interval.endTime' },
    {
      name: 'whose end is before its start',
      params: { filter: cpu, 'interval.startTime': iso(midnight), 'interval.endTime': iso(midnight - 1) },
      message: 'must not be later',
    },
    { name: 'whose time is no time', params: { filter: cpu, 'interval.endTime': '2026-11-18' }, message: 'Timestamp' },
    {
      name: 'without a metric type',
      params: { filter: 'resource.type = "gce_instance"', ...window },
      message: 'must specify a restriction on "metric.type"',
    },
    { name: 'with two metric types', params: { filter: `${cpu} OR ${sent}`, ...window }, message: 'metric.type' },
    {
      name: 'with a filter that breaks off',
      params: { filter: `${cpu} AND (`, ...window },
      message: 'Could not parse filter',
    },
    {
      name: 'with a filter that is too long',
      params: { filter: `${cpu} AND project = "${'x'.repeat(2048)}"`, ...window },
      message: '2048',
    },
    {
      name: 'with a label that the series lack',
      params: { filter: `${cpu} AND metric.labels.device_name = "a"`, ...window },
      message: 'metric.labels.device_name',
    },
    {
      name: 'with a resource that the metric is not of',
      params: { filter: `${cpu} AND resource.type = "cloudsql_database"`, ...window },
      message: 'valid combination',
    },
    {
      name: 'with a parameter that there is not',
      params: { filter: cpu, ...window, 'aggregation.period': '60s' },
      message: 'Unknown name "aggregation.period"',
    },
    { name: 'with an order', params: { filter: cpu, ...window, orderBy: 'timestamp' }, message: 'orderBy' },
    {
      name: 'with an unknown aligner',
      params: { filter: cpu, ...window, ...daily, 'aggregation.perSeriesAligner': 'ALIGN_AVG' },
      message: 'aggregation.per_series_aligner',
    },
    {
      name: 'to align without a period',
      params: { filter: cpu, ...window, 'aggregation.perSeriesAligner': 'ALIGN_MEAN' },
      message: 'alignmentPeriod',
    },
    {
      name: 'to align by half a minute',
      params: { filter: cpu, ...window, ...daily, 'aggregation.alignmentPeriod': '30s' },
      message: 'at least 60 seconds',
    },
    {
      name: 'to align by three years',
      params: { filter: cpu, ...window, ...daily, 'aggregation.alignmentPeriod': '94608000s' },
      message: 'at most',
    },
    {
      name: 'for the rate of a gauge',
      params: { filter: cpu, ...window, ...daily, 'aggregation.perSeriesAligner': 'ALIGN_RATE' },
      message: 'kind GAUGE and value type DOUBLE',
    },
    {
      name: 'for a percentile of numbers',
      params: { filter: cpu, ...window, ...daily, 'aggregation.perSeriesAligner': 'ALIGN_PERCENTILE_95' },
      message: 'The aligner cannot be applied',
    },
    {
      name: 'to reduce what is not aligned',
      params: { filter: cpu, ...window, 'aggregation.crossSeriesReducer': 'REDUCE_SUM' },
      message: 'ALIGN_NONE',
    },
    {
      name: 'to group by a label that there is not',
      params: {
        filter: cpu,
        ...window,
        ...daily,
        'aggregation.crossSeriesReducer': 'REDUCE_SUM',
        'aggregation.groupByFields': 'resource.label.region',
      },
      message: 'groupByFields',
    },
    {
      name: 'for a second stage alone',
      params: {
        filter: cpu,
        ...window,
        'secondaryAggregation.alignmentPeriod': '60s',
        'secondaryAggregation.perSeriesAligner': 'ALIGN_MAX',
      },
      message: 'secondaryAggregation',
    },
    {
      name: 'for a second rate',
      params: {
        filter: sent,
        ...window,
        ...daily,
        'aggregation.perSeriesAligner': 'ALIGN_RATE',
        'secondaryAggregation.alignmentPeriod': `${day}s`,
        'secondaryAggregation.perSeriesAligner': 'ALIGN_RATE',
      },
      message: 'secondaryAggregation.perSeriesAligner',
    },
    { name: 'with a page size below zero', params: { filter: cpu, ...window, pageSize: '-1' }, message: 'pageSize' },
  ])('$name', async ({ params, message }) => {
    const { get } = await setUpSeries();
    const { status, body } = await get(path, params);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) },
    });
  });

  it('for a metric that there is not: 404', async () => {
    const { get } = await setUpSeries();
    const { body } = await get(path, { filter: 'metric.type = "custom.googleapis.com/none"', ...hour });
    expect(body).toMatchObject({
      error: { code: 404, status: 'NOT_FOUND', message: expect.stringContaining('Cannot find metric') },
    });
  });
});
