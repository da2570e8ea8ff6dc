import { describe, expect, it } from 'vitest';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import { serverType } from '#model/resource-type.ts';
import { daysOf, lastDays } from '#model/window.ts';
import { connectTo, type FakePrometheus, type Fault, refusal, startFake } from './testing-prometheus.fixture.ts';
import { type Asked, memoryBytes, valueOn } from './testing-world.fixture.ts';

const never = new AbortController().signal;
const password = 'a-password-that-must-not-be-shown';

interface ReadOptions {
  readonly keys?: readonly MetricKey[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

async function read(fake: FakePrometheus, { keys = serverMetricKeys, timeoutMs, signal = never }: ReadOptions = {}) {
  const auth = { kind: 'basic', username: 'reader', password };
  using connected = await connectTo(
    { url: fake.url, auth },
    { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
  const run = collectRegion({
    fleet: connected.fleet,
    region: 'global',
    types: [serverType],
    wanted: { keys, statistics: ['avg', 'max'], window: lastDays(4, Date.now()) },
    concurrency: 4,
    selects: () => true,
    known: async () => new Map(),
    stopping: never,
    signal,
    now: Date.now,
  });
  const servers = (await Array.fromAsync(run)).flat();
  return { servers: new Map(servers.map((server) => [server.resource.id, server])), ledger: connected.ledger };
}

/** Answers measuring queries that `which` selects with a fault, the first `times` of them. */
function onRange(answer: Fault, which: (asked: Asked) => boolean = () => true, times = Number.POSITIVE_INFINITY) {
  let left = times;
  return (asked: Asked) => (asked.api === 'query_range' && which(asked) && left-- > 0 ? answer : undefined);
}

const cpu = 'cpu.utilization';
const tooMany = refusal(
  422,
  'execution',
  'query processing would load too many samples into memory in query execution',
);

function infoOf(server: CollectedServer | undefined, key: MetricKey) {
  return server?.folded?.info.metrics[key];
}

describe('a calm server', () => {
  it('has all servers measured, in as many calls as were planned', async () => {
    await using fake = await startFake();
    const { servers } = await read(fake);
    expect([...servers.keys()]).toEqual(['a:9100', 'b:9100', 'c:9100', 'd:9100']);
    for (const server of servers.values()) {
      expect(infoOf(server, cpu)).toMatchObject({ coverage: 1, period: 300 });
      const days = [...daysOf(lastDays(4, Date.now()))].map((day) => valueOn(server.resource.id, cpu, day));
      const avg = days.reduce((sum, value) => sum + value, 0) / days.length;
      expect(valuesAt(server.folded?.monitoring ?? {}, cpu)).toEqual({ avg, max: 2 * Math.max(...days) });
    }
    // One sum and one maximum for each of eleven keys, and the observed time of each of four families.
    expect(fake.asked.filter(({ api }) => api === 'query_range')).toHaveLength(26);
  });
});

describe('faults', () => {
  it.each([
    { name: 'throttling', answer: { status: 429, body: '{}', headers: { 'retry-after': '1' } } },
    { name: 'not ready yet', answer: { status: 503, body: 'Service Unavailable' } },
    { name: 'a bad gateway', answer: { status: 502, body: '<html>' } },
    { name: 'nonsense', answer: { body: '<html>sign in</html>' } },
    {
      name: 'an answer of another form',
      answer: { body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}' },
    },
    {
      name: 'a value that is no number',
      answer: {
        body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"instance":"a:9100"},"values":[[1,"much"]]}]}}',
      },
    },
  ])('$name for a while: asked again', async ({ answer }) => {
    await using fake = await startFake({ fault: onRange(answer, undefined, 5) });
    const { servers, ledger } = await read(fake);
    for (const { failures } of servers.values()) expect(failures).toEqual([]);
    expect(ledger.lines().find(({ api }) => api === 'prometheus:query_range')).toMatchObject({ retried: 5 });
  });

  it('too many samples for all servers: halved until they fit', async () => {
    const calm = await startFake();
    const wants = (await read(calm)).servers;
    await calm[Symbol.asyncDispose]();
    await using fake = await startFake({ fault: onRange(tooMany, ({ query }) => query.includes('a:9100|b:9100')) });
    const { servers } = await read(fake);
    for (const [id, { folded }] of servers) expect(folded?.monitoring).toEqual(wants.get(id)?.folded?.monitoring);
  });

  it('a query that times out: fewer days at a time', async () => {
    const slow = refusal(503, 'timeout', 'query timed out in expression evaluation');
    const spans: number[] = [];
    await using fake = await startFake({
      fault: (asked) => {
        if (asked.api !== 'query_range') return undefined;
        const days = (Number(asked.form.get('end')) - Number(asked.form.get('start'))) / 86_400 + 1;
        spans.push(days);
        return days > 1 ? slow : undefined;
      },
    });
    const { servers } = await read(fake, { keys: [cpu] });
    for (const server of servers.values()) expect(infoOf(server, cpu)).toMatchObject({ coverage: 1 });
    expect(Math.max(...spans)).toBe(4);
    // No time-out is worth a second try of the same query.
    expect(spans.filter((days) => days === 4)).toHaveLength(1 + 2 + 4);
  });

  it('a server whose series cannot be read: found by halving, all others and all other keys read', async () => {
    const poisoned = refusal(422, 'execution', 'found duplicate series for the match group');
    const isPoisoned = ({ query }: Asked) => query.includes('c:9100') && query.includes('node_disk_read_bytes_total');
    await using fake = await startFake({ fault: onRange(poisoned, isPoisoned) });
    const { servers } = await read(fake);
    expect(infoOf(servers.get('c:9100'), 'disk.read_throughput')).toEqual({ missing: 'unsupported' });
    for (const [id, server] of servers) {
      for (const key of serverMetricKeys) {
        if (id === 'c:9100' && key === 'disk.read_throughput') continue;
        expect(infoOf(server, key)).toMatchObject({ coverage: 1 });
      }
    }
  });

  it('one that cannot be read in time, however little is asked: not said to be unsupported', async () => {
    const slow = refusal(503, 'timeout', 'query timed out');
    await using fake = await startFake({
      servers: [{ instance: 'a:9100', from: 0, to: Number.POSITIVE_INFINITY }],
      fault: onRange(slow),
    });
    const { servers } = await read(fake, { keys: [cpu] });
    expect(infoOf(servers.get('a:9100'), cpu)).toEqual({ missing: 'unavailable' });
    expect(servers.get('a:9100')?.failures[0]?.error.fix).toContain('--query.timeout');
  });

  it('an answer in part: nothing of it is taken for the whole', async () => {
    const warning = 'receive series from Addr: store-2: context deadline exceeded';
    const part = {
      body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] }, warnings: [warning] }),
    };
    await using fake = await startFake({ fault: onRange(part, ({ query }) => query.includes('node_cpu')) });
    const { servers } = await read(fake);
    for (const server of servers.values()) {
      expect(infoOf(server, cpu)).toEqual({ missing: 'unavailable' });
      expect(server.failures[0]?.error.message).toContain('store-2');
      expect(infoOf(server, 'memory.usage')).toMatchObject({ coverage: 1 });
    }
  });

  it('a remark on the query is no warning', async () => {
    await using fake = await startFake({
      fault: ({ api, query }) =>
        api === 'series' && query.startsWith('windows')
          ? { body: '{"status":"success","data":[],"warnings":["PromQL info: metric might not be a counter"]}' }
          : undefined,
    });
    expect((await read(fake)).servers.size).toBe(4);
  });

  it('discovery in part: no server may look gone', async () => {
    await using fake = await startFake({
      fault: ({ api }) =>
        api === 'series' ? { body: '{"status":"success","data":[],"warnings":["a store is down"]}' } : undefined,
    });
    await expect(read(fake)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('a store is down'),
    });
  });

  it('no samples: no data, and never zero', async () => {
    const empty = { body: '{"status":"success","data":{"resultType":"matrix","result":[]}}' };
    await using fake = await startFake({ fault: onRange(empty) });
    const { servers } = await read(fake);
    for (const server of servers.values()) {
      expect(server.folded?.monitoring).toEqual({ memory: { total: { avg: memoryBytes, max: memoryBytes } } });
      expect(infoOf(server, cpu)).toEqual({ missing: 'no_data' });
    }
  });

  it.each(['NaN', '+Inf', '-Inf'])('values that are %s: left out', async (value) => {
    await using fake = await startFake({
      fault: ({ api, form, query }) => {
        if (api !== 'query_range' || !query.startsWith('max_over_time') || !query.includes('node_cpu'))
          return undefined;
        const values = [[Number(form.get('start')), value]];
        const result = [{ metric: { instance: 'a:9100' }, values }];
        return { body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }) };
      },
    });
    const { servers } = await read(fake);
    expect(infoOf(servers.get('a:9100'), cpu)).toEqual({ missing: 'no_data' });
  });

  it('a refused user: said once, and not asked again', async () => {
    let isOpen = true;
    await using fake = await startFake({
      fault: ({ api }) => {
        if (api === 'query_range') isOpen = false;
        return isOpen ? undefined : refusal(403, 'forbidden', 'not allowed');
      },
    });
    const { servers } = await read(fake);
    for (const server of servers.values()) expect(infoOf(server, cpu)).toEqual({ missing: 'denied' });
    expect(fake.asked.filter(({ api }) => api === 'query_range').length).toBeLessThanOrEqual(4);
  });

  it('two servers of one name: refused, with the way out', async () => {
    const body = JSON.stringify({
      status: 'success',
      data: {
        resultType: 'vector',
        result: ['one', 'two'].map((nodename) => ({ metric: { instance: 'a:9100', nodename }, value: [1, '1'] })),
      },
    });
    await using fake = await startFake({
      fault: ({ api, query }) => (api === 'query' && query === 'node_uname_info' ? { body } : undefined),
    });
    await expect(read(fake)).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'one and two have the same instance: a:9100',
      fix: expect.stringContaining('--key-label cluster'),
    });
  });
});

describe('the way in', () => {
  it.each([
    { name: 'a wrong user', answer: refusal(401, 'unauthorized', 'bad'), code: 'secret_rejected' },
    { name: 'a user without rights', answer: refusal(403, 'forbidden', 'no'), code: 'access_denied' },
    {
      name: 'a sign-in page',
      answer: { status: 302, body: '', headers: { location: 'https://login.example' } },
      code: 'not_found',
    },
    { name: 'a wrong path', answer: { status: 404, body: '404 page not found' }, code: 'not_found' },
  ])('$name: refused at once', async ({ answer, code }) => {
    await using fake = await startFake({ fault: () => answer });
    await expect(read(fake)).rejects.toMatchObject({
      code,
      where: expect.stringMatching(/^127\.0\.0\.1:\d+\/global$/),
    });
    expect(fake.asked).toHaveLength(1);
  });

  it('shows no secret, whatever the server says', async () => {
    await using fake = await startFake({
      fault: ({ headers }) => refusal(401, 'unauthorized', `refused: ${headers.authorization} (${password})`),
    });
    const refused = await read(fake).catch(CollectError.from);
    expect(refused).toBeInstanceOf(CollectError);
    if (!(refused instanceof CollectError)) return;
    const said = JSON.stringify([reportOf(refused), String(refused.stack), String(refused.cause)]);
    expect(said).toContain('refused: ');
    expect(said).not.toContain(password);
    expect(said).not.toContain(Buffer.from(`reader:${password}`).toString('base64'));
  });

  it('nobody there', async () => {
    await expect(connectTo({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('stopping', () => {
  it('ends at once where nothing answers', async () => {
    const asked = Promise.withResolvers<void>();
    await using fake = await startFake({
      fault: ({ api }) => {
        if (api !== 'query_range') return undefined;
        asked.resolve();
        return 'hang';
      },
    });
    const stop = new AbortController();
    const reading = read(fake, { signal: stop.signal });
    await asked.promise;
    const begun = performance.now();
    stop.abort();
    const { servers } = await reading;
    expect(performance.now() - begun).toBeLessThan(10_000);
    for (const { folded } of servers.values()) expect(folded).toBeUndefined();
  });

  it('gives up a server that does not answer', async () => {
    await using fake = await startFake({ fault: () => 'hang' });
    await expect(read(fake, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
  });
});
