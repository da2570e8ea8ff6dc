import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { account, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import { noFaults } from '../../demo/aws/faults.ts';
import {
  clients,
  ec2Query,
  keysOf,
  listInstances,
  pointsOf,
  readMetricData,
} from '../../demo/aws/sdk-clients.fixture.ts';
import { startDataSource, type TestDataSource } from './testing-data-source.fixture.ts';

let setUp: TestDataSource;
let ids: string[];
let idsElsewhere: string[];
beforeAll(async () => {
  setUp = await startDataSource();
  [ids = [], idsElsewhere = []] = await Promise.all(['us-east-1', 'eu-west-1'].map(idsIn));
});
afterAll(() => setUp[Symbol.asyncDispose]());
beforeEach(() => {
  setUp.cloud.faults.set({ ...noFaults, quotaMultiplier: 1000 });
});

const sdk = (region: string) => clients(setUp.cloud, region, keysOf(account));

async function idsIn(region: string): Promise<string[]> {
  return (await listInstances(sdk(region).ec2)).map(({ InstanceId }) => InstanceId ?? '');
}

const hour = 3600;
const end = worldNow / 1000 - 2 * hour;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

const dimensions = (id: string) => [{ Name: 'InstanceId', Value: id }];
const metricQuery = (id: string, region_name = 'us-east-1', MetricName = 'CPUUtilization') => ({
  Namespace: 'AWS/EC2',
  MetricName,
  Dimensions: dimensions(id),
  region_name,
});

interface Ask {
  readonly queries: Readonly<Record<string, unknown>>;
  readonly stat?: string;
  readonly period?: number;
  readonly start?: number;
  readonly end?: number;
  readonly secret?: Record<string, unknown>;
  readonly signal?: AbortSignal;
}

function getData({ queries, start = end - 6 * hour, end: until = end, secret, signal, ...more }: Ask) {
  const request = {
    options: {},
    secret_data: secret ?? setUp.secret(),
    metric_query: queries,
    metric: 'CPUUtilization',
    start: iso(start),
    end: iso(until),
    ...more,
  };
  return setUp.v2.call(MetricDefinition, 'get_data', request, signal === undefined ? {} : { signal });
}

/** What the official SDK gets for one query. */
async function plain(region: string, id: string, stat: string, period: number, start = end - 6 * hour, until = end) {
  const query = ec2Query('q', 'CPUUtilization', id, stat, period);
  const { results } = await readMetricData(sdk(region).cloudwatch, [query], { start, end: until });
  return new Map([...pointsOf(results, 'q')].toSorted(([a], [b]) => a - b));
}

/** The points of one resource in an answer, gaps left out. */
function pointsIn(labels: unknown, values: unknown): Map<number, unknown> {
  const [times, own] = [labels, values].map((list) => (Array.isArray(list) ? list : []));
  return new Map(
    (own ?? []).flatMap((value, at): [number, unknown][] =>
      value === null ? [] : [[Date.parse(String(times?.[at])) / 1000, value]],
    ),
  );
}

describe('get_data has what the SDK gets', () => {
  it.each([
    { stat: 'AVERAGE', native: 'Average' },
    { stat: 'MAX', native: 'Maximum' },
    { stat: 'MIN', native: 'Minimum' },
    { stat: 'SUM', native: 'Sum' },
    { stat: '', native: 'Average' },
  ])('as $native for "$stat"', async ({ stat, native }) => {
    const asked = ids.slice(0, 12);
    const queries = Object.fromEntries(asked.map((id) => [`cloud-svc-${id}`, metricQuery(id)]));
    const { labels, values } = await getData({ queries, stat });
    expect(Object.keys(values ?? {})).toEqual(Object.keys(queries));
    for (const id of asked)
      expect(pointsIn(labels, values?.[`cloud-svc-${id}`])).toEqual(await plain('us-east-1', id, native, 600));
  });

  it('of any number of servers, in the regions that their queries name', async () => {
    const queries = Object.fromEntries([
      ...ids.map((id) => [id, metricQuery(id)]),
      ...idsElsewhere.map((id) => [id, metricQuery(id, 'eu-west-1')]),
    ]);
    const { labels, values } = await getData({ queries, period: 300 });
    expect(Object.keys(values ?? {})).toHaveLength(102);
    for (const id of idsElsewhere)
      expect(pointsIn(labels, values?.[id])).toEqual(await plain('eu-west-1', id, 'Average', 300));
    for (const id of ids.slice(-8))
      expect(pointsIn(labels, values?.[id])).toEqual(await plain('us-east-1', id, 'Average', 300));
  });

  it('over pages', async () => {
    const start = end - 14 * 24 * hour;
    const queries = Object.fromEntries(ids.slice(0, 40).map((id) => [id, metricQuery(id)]));
    setUp.cloud.faults.set({ partialDataRate: 0.7 });
    setUp.callsOf('GetMetricData');
    const { labels, values } = await getData({ queries, start, period: 300 });
    expect(setUp.callsOf('GetMetricData')).toBeGreaterThan(3);
    setUp.cloud.faults.set({ partialDataRate: 0 });
    for (const id of ids.slice(0, 40))
      expect(pointsIn(labels, values?.[id])).toEqual(await plain('us-east-1', id, 'Average', 300, start));
  });

  it('by the forms of v1 and v2 alike', async () => {
    const asked = ids.slice(0, 5);
    const v2 = await getData({ queries: Object.fromEntries(asked.map((id) => [id, metricQuery(id)])), stat: 'MAX' });
    const resources = asked.map((id) => ({
      namespace: 'AWS/EC2',
      dimensions: dimensions(id),
      region_name: 'us-east-1',
      resource_id: id,
    }));
    const request = {
      options: { supported_stat: ['MAX'] },
      secret_data: setUp.secret(),
      metric: 'CPUUtilization',
      stat: 'MAX',
    };
    const times = { start: iso(end - 6 * hour), end: iso(end) };
    const v1 = await setUp.v1.call(MetricV1, 'get_data', {
      ...request,
      ...times,
      schema: 'aws_access_key',
      resource: { region_name: 'us-east-1', resources, secret_data: setUp.secret(), schema: 'aws_access_key' },
    });
    expect(v1.labels).toEqual(v2.labels);
    expect(v1.resource_values).toEqual(v2.values);
    expect(v1.labels?.length).toBeGreaterThan(10);
  });

  it('folded, where the period is one of days', async () => {
    const [id = ''] = ids;
    const start = end - 14 * 24 * hour;
    for (const [stat, native] of [
      ['AVERAGE', 'Average'],
      ['MAX', 'Maximum'],
    ] as const) {
      const { labels, values } = await getData({
        queries: { [id]: metricQuery(id) },
        start,
        period: 14 * 86_400,
        stat,
      });
      const samples = [...(await plain('us-east-1', id, stat === 'MAX' ? native : 'Sum', 60, start)).values()];
      const counts = [...(await plain('us-east-1', id, 'SampleCount', 60, start)).values()];
      const add = (sum: number, value: number) => sum + value;
      const want = stat === 'MAX' ? Math.max(...samples) : samples.reduce(add, 0) / counts.reduce(add, 0);
      expect(labels).toEqual([iso(start)]);
      expect(values?.[id]).toEqual([expect.closeTo(want, 9)]);
    }
  });
});

describe('get_data says what there is not', () => {
  it('by null for a gap, and by an empty list for a series without a point', async () => {
    const start = end - 14 * 24 * hour;
    const queries = Object.fromEntries(ids.map((id) => [id, metricQuery(id)]));
    const { labels, values } = await getData({
      queries: { ...queries, nobody: metricQuery('i-00000000000000000') },
      start,
      period: 3600,
    });
    const lists = Object.values(values ?? {}).map((list): unknown[] => (Array.isArray(list) ? list : []));
    expect(values?.nobody).toEqual([]);
    expect(new Set(lists.map(({ length }) => length))).toEqual(new Set([0, labels?.length]));
    expect(lists.filter((list) => list.includes(null)).length).toBeGreaterThan(2);
    expect(lists.every((list) => list.length === 0 || list.some((value) => value !== null))).toBe(true);
  });

  it('by nothing where nothing is asked', async () => {
    expect(await getData({ queries: {} })).toEqual({ labels: [], values: {} });
  });
});

describe('requests that come together', () => {
  it('a thousand small ones take a few calls, and each has its own values', async () => {
    const asked = Array.from({ length: 1000 }, (_, at) => ({
      id: ids[at % ids.length] ?? '',
      stat: ['AVERAGE', 'MAX', 'MIN', 'SUM'][Math.floor(at / ids.length) % 4] ?? '',
    }));
    for (const operation of ['GetMetricData', 'GetCallerIdentity']) setUp.callsOf(operation);
    const answers = await Promise.all(
      asked.map(({ id, stat }) => getData({ queries: { [id]: metricQuery(id) }, stat, period: 300 })),
    );
    expect(setUp.callsOf('GetMetricData')).toBeLessThanOrEqual(40);
    expect(setUp.callsOf('GetCallerIdentity')).toBeLessThanOrEqual(1);
    const whole = await Promise.all(
      ['AVERAGE', 'MAX', 'MIN', 'SUM'].map(async (stat) => {
        const queries = Object.fromEntries(ids.map((id) => [id, metricQuery(id)]));
        return [stat, await getData({ queries, stat, period: 300 })] as const;
      }),
    );
    const byStat = new Map(whole);
    asked.forEach(({ id, stat }, at) => {
      const want = byStat.get(stat);
      expect(pointsIn(answers[at]?.labels, answers[at]?.values?.[id])).toEqual(
        pointsIn(want?.labels, want?.values?.[id]),
      );
    });
  });

  it('do not fail for one among them', async () => {
    const [bad = '', ...good] = ids.slice(0, 30);
    setUp.cloud.faults.set({ poisonedInstances: [bad] });
    const asked = [bad, ...good].map((id) => getData({ queries: { [id]: metricQuery(id) } }));
    const [failed, ...done] = await Promise.allSettled(asked);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'invalid_input' } });
    expect(new Set(done.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
  });
});

describe('get_data fails with the cause', () => {
  const queries = () => Object.fromEntries(ids.slice(0, 3).map((id) => [id, metricQuery(id)]));

  it.each([
    { name: 'denied', faults: { deniedCloudwatch: ['*/*'] }, code: 'access_denied', says: 'cloudwatch:GetMetricData' },
    {
      name: 'one metric forbidden',
      faults: { forbiddenMetrics: ['AWS/EC2/CPUUtilization'] },
      code: 'access_denied',
      says: 'Forbidden',
    },
    { name: 'throttled', faults: { throttleStorm: { every: 1e9, lasts: 1e9 } }, code: 'rate_limited', says: 'Throttl' },
    { name: 'never complete', faults: { internalErrorRate: 1 }, code: 'unavailable', says: 'PartialData' },
    { name: 'nonsense', faults: { malformedRegions: ['us-east-1'] }, code: 'internal', says: 'GetMetricData' },
  ])('$name', async ({ faults, code, says }) => {
    await getData({ queries: queries() });
    setUp.cloud.faults.set(faults);
    await expect(getData({ queries: queries(), period: 1800 })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says),
    });
  });

  it('and leaves out none of several regions', async () => {
    setUp.cloud.faults.set({ deniedCloudwatch: ['*/eu-west-1'] });
    const [id = ''] = idsElsewhere;
    const asked = getData({ queries: { ...queries(), [id]: metricQuery(id, 'eu-west-1') } });
    await expect(asked).rejects.toMatchObject({ code: 'access_denied', message: expect.stringContaining(id) });
  });

  it('that passes leaves no trace', async () => {
    const calm = await getData({ queries: queries(), period: 120 });
    setUp.cloud.faults.set({ internalErrorRate: 0.2, serverErrorRate: 0.2, resetRate: 0.1, partialDataRate: 0.3 });
    expect(await getData({ queries: queries(), period: 120 })).toEqual(calm);
  });
});

describe('get_data refuses', () => {
  it.each([
    { name: 'a statistic that is none', more: { stat: 'MEAN' }, says: 'supported_stat = AVERAGE | MAX | MIN | SUM' },
    { name: 'a time that is none', more: { start: 'yesterday' }, says: 'start: is not an ISO 8601 time' },
    { name: 'a window without anything', more: { start: iso(end), end: iso(end) }, says: 'end: has to be after start' },
    { name: 'a period that is not kept', more: { start: iso(end - 40 * 86_400), period: 60 }, says: 'multiple of 300' },
    {
      name: 'a region that is none',
      more: { metric_query: { a: metricQuery('i-1', 'evil.example') } },
      says: 'a: region_name',
    },
    { name: 'no namespace', more: { metric_query: { a: { MetricName: 'x' } } }, says: 'a: Namespace' },
    { name: 'no options', more: { options: undefined }, says: 'key = options' },
    { name: 'no secret', more: { secret_data: undefined }, says: 'key = secret_data' },
    { name: 'no query', more: { metric_query: undefined }, says: 'key = metric_query' },
    { name: 'no metric', more: { metric: '' }, says: 'key = metric' },
    { name: 'no end', more: { end: '' }, says: 'key = end' },
    { name: 'a secret of no cloud', more: { secret_data: { token: 'x' } }, says: 'no cloud that we know' },
  ])('$name, without a call', async ({ more, says }) => {
    const request = {
      options: {},
      secret_data: setUp.secret(),
      metric_query: { a: metricQuery('i-1') },
      metric: 'CPUUtilization',
    };
    setUp.callsOf('GetMetricData');
    const asked = setUp.v2.call(MetricDefinition, 'get_data', {
      ...request,
      start: iso(end - hour),
      end: iso(end),
      ...more,
    });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining(says) });
    expect(setUp.callsOf('GetMetricData')).toBe(0);
  });

  it('a statistic in the words of the old plugin', async () => {
    const refused = await getData({ queries: { a: metricQuery('i-1') }, stat: 'P95' }).catch(CollectError.from);
    expect(refused).toMatchObject({ cause: { message: 'ERROR_NOT_SUPPORT_STAT' } });
  });
});

it('stops asking the cloud for one who has left', async () => {
  const leaving = new AbortController();
  await getData({ queries: { a: metricQuery(ids[0] ?? '') } });
  setUp.cloud.faults.set({ throttleStorm: { every: 1e9, lasts: 1e9 }, latencyMs: 80 });
  setUp.callsOf('GetMetricData');
  const asked = getData({ queries: { a: metricQuery(ids[0] ?? '') }, period: 60, signal: leaving.signal });
  await expect.poll(() => setUp.callsOf('GetMetricData'), { interval: 5 }).toBeGreaterThan(0);
  leaving.abort();
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  // Somebody else is tried again until it is given up, in which time the one who left would have been too.
  const other = getData({ queries: { b: metricQuery(ids[1] ?? '', 'eu-west-1') }, period: 60 });
  await expect(other).rejects.toMatchObject({ code: 'rate_limited' });
  expect(setUp.callsOf('GetMetricData')).toBeLessThanOrEqual(8 + 1);
});
