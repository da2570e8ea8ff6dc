import { describe, expect, it } from 'vitest';
import { type DayRange, dayAt, startOf } from '#model/window.ts';
import { dailyOf } from './aggregation.ts';
import { monitoredTypes } from './catalog.ts';
import type { GoogleResource } from './resource.ts';
import { serverOf } from './testing-servers.fixture.ts';
import { type Reply, restOf } from './testing-service.fixture.ts';
import { readSeries, type SeriesQuery } from './time-series.ts';

interface Call {
  readonly filter: string;
  readonly days: DayRange;
  readonly pageToken: string | null;
}

const days = { from: 100, to: 104 };
const fleet = [
  serverOf('11', { zone: 'us-central1-a' }),
  serverOf('12', { zone: 'us-central1-a' }),
  serverOf('21', { zone: 'us-central1-b' }),
];
const query: SeriesQuery = {
  type: monitoredTypes.server,
  native: { metric: 'compute.googleapis.com/instance/cpu/utilization' },
  aggregation: dailyOf('max', 'level', 60),
  days,
  place: { where: {}, resources: fleet },
};

/** Reads the query from a service that answers as told; says what it was asked, too. */
async function readFrom(answer: (call: Call, at: number) => Reply, scoped = false) {
  const calls: Call[] = [];
  const rest = await restOf(({ searchParams: params }) => {
    const day = (name: string) => dayAt(Date.parse(params.get(`interval.${name}`) ?? '') / 1000);
    const call = {
      filter: params.get('filter') ?? '',
      days: { from: day('startTime'), to: day('endTime') },
      pageToken: params.get('pageToken'),
    };
    calls.push(call);
    return answer(call, calls.length - 1);
  });
  const context = { rest, project: 'a-project', scoped, signal: new AbortController().signal };
  return { calls, read: await readSeries(context, query).catch((error: unknown) => ({ error })) };
}

const endOf = (day: number) => new Date(startOf(day + 1) * 1000).toISOString();
const point = (day: number, value: object) => ({ interval: { startTime: endOf(day - 1), endTime: endOf(day) }, value });
const series = (id: string, points: readonly object[], labels: object = { project_id: 'a-project' }) => ({
  metric: { type: query.native.metric },
  resource: { type: 'gce_instance', labels: { instance_id: id, ...labels } },
  points,
});
const error = (status: number, name: string) => ({
  status,
  body: { error: { code: status, status: name, message: name } },
});

const idOf = ({ series: [name] }: GoogleResource) => name?.id ?? '';

/** Every server that the filter names has its own id as a value, on every day that is asked for. */
function answered({ filter, days: { from, to } }: Call): Reply {
  const zones = fleet.filter(({ zone }) => !filter.includes('resource.labels.zone') || filter.includes(`"${zone}"`));
  const range = Array.from({ length: to - from }, (_, n) => to - 1 - n);
  return {
    body: {
      timeSeries: zones.map((server) =>
        series(
          idOf(server),
          range.map((day) => point(day, { doubleValue: Number(idOf(server)) })),
        ),
      ),
      unit: '1',
    },
  };
}

function valuesIn(read: Awaited<ReturnType<typeof readFrom>>['read']) {
  if ('error' in read) throw read.error;
  return Object.fromEntries(
    fleet.map((server) => [idOf(server), [0, 1, 2, 3].map((day) => read.columns.at(idOf(server), day))]),
  );
}

const whole = { '11': [11, 11, 11, 11], '12': [12, 12, 12, 12], '21': [21, 21, 21, 21] };
const none = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

describe('an answer', () => {
  it('may split a series over two pages, and write integers as text', async () => {
    const { calls, read } = await readFrom(({ pageToken }) =>
      pageToken === null
        ? {
            body: {
              timeSeries: [
                series('11', [point(103, { int64Value: '9007199254740993' }), point(102, { doubleValue: 2 })]),
              ],
              nextPageToken: 'more',
            },
          }
        : { body: { timeSeries: [series('11', [point(100, { doubleValue: 0.5 })])], nextPageToken: '' } },
    );
    expect(calls.map(({ pageToken }) => pageToken)).toEqual([null, 'more']);
    expect(valuesIn(read)['11']).toEqual([0.5, Number.NaN, 2, 9007199254740992]);
  });

  it('may have no series at all, or know of no such metric: then there is no data', async () => {
    expect(valuesIn((await readFrom(() => ({ body: { unit: '%' } }))).read)['11']).toEqual(none);
    const unknown = { error: { status: 'NOT_FOUND', message: 'Cannot find metric(s) that match type = "x".' } };
    expect(valuesIn((await readFrom(() => ({ status: 404, body: unknown }))).read)['11']).toEqual(none);
  });

  it('counts for the days that were asked, and where it has a number', async () => {
    const points = [point(104, { doubleValue: 1 }), point(99, { doubleValue: 1 }), point(101, { doubleValue: 'NaN' })];
    expect(valuesIn((await readFrom(() => ({ body: { timeSeries: [series('11', points)] } }))).read)['11']).toEqual(
      none,
    );
  });

  it('tells servers of a metrics scope apart by their project', async () => {
    const value = (labels: object) => ({
      body: { timeSeries: [series('11', [point(100, { doubleValue: 5 })], labels)] },
    });
    const own = await readFrom(() => value({ project_id: 'a-project' }), true);
    if ('error' in own.read) throw own.read.error;
    expect(own.read.columns.at('a-project/11', 0)).toBe(5);
    expect(own.read.columns.has('11')).toBe(false);
  });

  it.each([
    { name: 'a series without an id', body: { timeSeries: [{ resource: { labels: {} }, points: [] }] } },
    { name: 'a point without a number', body: { timeSeries: [series('11', [point(100, { boolValue: true })])] } },
    {
      name: 'a point without a time',
      body: { timeSeries: [series('11', [{ interval: { endTime: 'noon' }, value: { doubleValue: 1 } }])] },
    },
    { name: 'a number that is none', body: { timeSeries: [series('11', [point(100, { int64Value: '12 apples' })])] } },
    { name: 'no JSON object', body: 'busy' },
  ])('with $name is malformed', async ({ body }) => {
    const { read } = await readFrom(() => ({ body }));
    expect(read).toMatchObject({ error: { code: 'malformed_reply' } });
  });
});

describe('a query that is too heavy', () => {
  it('is put zone by zone', async () => {
    const { calls, read } = await readFrom((call) =>
      call.filter.includes('zone') ? answered(call) : error(504, 'DEADLINE_EXCEEDED'),
    );
    expect(valuesIn(read)).toEqual(whole);
    expect(calls).toHaveLength(3);
  });

  it('and then for half of the days', async () => {
    const { calls, read } = await readFrom((call) =>
      call.filter.includes('zone') && call.days.to - call.days.from <= 2
        ? answered(call)
        : error(504, 'DEADLINE_EXCEEDED'),
    );
    expect(valuesIn(read)).toEqual(whole);
    expect(calls).toHaveLength(1 + 2 * 3);
  });

  it('fails where a single day of a zone is too heavy, for that zone alone', async () => {
    const { read } = await readFrom((call) =>
      call.filter.includes('us-central1-a') ? answered(call) : error(504, 'DEADLINE_EXCEEDED'),
    );
    expect(valuesIn(read)).toMatchObject({ '11': whole['11'], '12': whole['12'] });
    if ('error' in read) throw read.error;
    expect([...read.failed].map(([id, { code }]) => [id, code])).toEqual([[fleet[2]?.id, 'timeout']]);
  });
});

describe('an answer in part', () => {
  const partial = (call: Call) => {
    const { body } = answered({ ...call, filter: 'resource.labels.zone = "us-central1-b"' });
    return { body: { ...Object(body), executionErrors: [{ code: 14, message: 'us-central1-a could not be read' }] } };
  };

  it('is asked for again', async () => {
    const { calls, read } = await readFrom((call, at) => (at === 0 ? partial(call) : answered(call)));
    expect(valuesIn(read)).toEqual(whole);
    expect(calls).toHaveLength(2);
    if (!('error' in read)) expect(read.failed.size).toBe(0);
  });

  it('counts for the servers that it has; the others failed', async () => {
    const { read } = await readFrom(partial);
    expect(valuesIn(read)).toMatchObject({ '11': none, '21': whole['21'] });
    if ('error' in read) throw read.error;
    expect([...read.failed.keys()]).toEqual([fleet[0]?.id, fleet[1]?.id]);
    expect([...read.failed.values()].every(({ code }) => code === 'unavailable')).toBe(true);
  });
});
