import type { MetricRequest } from '#model/fleet.ts';
import { dayAt, daySeconds } from '#model/window.ts';
import type { Breakdown, Testbed, Truth } from '../contract/testbed.fixture.ts';
import type { PrometheusRequest } from './plan.ts';
import { basicCredentials } from './secret.ts';
import { type Fault, type Received, refusal, startFake } from './testing-prometheus.fixture.ts';
import { type SimServer, slotsOn, valueOn } from './testing-world.fixture.ts';

const reader = { kind: 'basic', username: 'reader', password: 'a-password-that-opens-nothing' } as const;
const stranger = { ...reader, password: 'another-password-that-opens-nothing' };

const isOfMetrics = ({ api }: Received) => api === 'query_range';

/** By the number of the call. */
const broken: Readonly<Record<Breakdown, (asked: Received, nth: number) => Fault | undefined>> = {
  'throttled now and then': (_, nth) =>
    nth % 3 === 0 ? { status: 429, body: '', headers: { 'retry-after': '1' } } : undefined,
  unreliable: (_, nth) =>
    nth % 4 === 0 ? { status: 503, body: 'Service Unavailable' } : nth % 7 === 0 ? 'reset' : undefined,
  partial: (asked) =>
    isOfMetrics(asked) && asked.query.includes('node_network_')
      ? refusal(422, 'execution', 'expanding series: a block is gone')
      : undefined,
  'metrics denied': (asked) => (isOfMetrics(asked) ? { status: 403, body: 'forbidden' } : undefined),
  'discovery denied': () => ({ status: 403, body: 'forbidden' }),
  malformed: (asked) => (isOfMetrics(asked) ? 'half' : undefined),
  hung: () => 'hang',
};

/**
 * A server that answers known queries with known values. That the queries mean what they are taken for is shown against a real
 * one, in tests/interop/prometheus.
 */
export async function openTestbed(): Promise<Testbed> {
  const now = Date.now();
  const servers = worldAt(now / 1000);
  let how: Breakdown | undefined;
  let calls = 0;
  const fake = await startFake({
    servers,
    now,
    fault: (asked) => {
      calls++;
      if (asked.headers.authorization !== `Basic ${basicCredentials(reader)}`)
        return { status: 401, body: 'Unauthorized' };
      return how && broken[how](asked, calls);
    },
  });
  return {
    secret: { url: fake.url, auth: reader, lookbackDays: 60 },
    wrongSecret: { url: fake.url, auth: stranger },
    openers: [reader, stranger].flatMap((auth) => [auth.password, basicCredentials(auth)]),
    now,
    brokenLimit,
    truth: ({ id }, key, start, end) => {
      const server = servers.find(({ instance }) => instance === id);
      return server && truthOf(server, key, { from: dayAt(start), to: dayAt(end) });
    },
    breakDown: (next) => {
      how = next;
    },
    requests: () => fake.asked.length,
    stop: async () => fake[Symbol.asyncDispose](),
  };
}

/** Three that were always there, one that came and one that went in the last week, one of today, and one that is long gone. */
function worldAt(now: number): SimServer[] {
  const ever = Number.POSITIVE_INFINITY;
  return [
    ...['a:9100', 'b:9100', 'c:9100'].map((instance) => ({ instance, from: 0, to: ever })),
    { instance: 'came:9100', from: now - 4.3 * daySeconds, to: ever },
    { instance: 'went:9100', from: 0, to: now - 5.6 * daySeconds },
    { instance: 'today:9100', from: Math.max(now - 600, dayAt(now) * daySeconds), to: ever },
    { instance: 'gone:9100', from: 0, to: now - 30 * daySeconds },
  ];
}

function truthOf(server: SimServer, key: string, { from, to }: { from: number; to: number }): Truth | undefined {
  let [sum, slots, max] = [0, 0, 0];
  for (let day = from; day < to; day++) {
    const count = slotsOn(server, day);
    const value = valueOn(server.instance, key, day);
    sum += count * value;
    slots += count;
    if (count > 0) max = Math.max(max, 2 * value);
  }
  return slots === 0 ? undefined : { avg: sum / slots, max, seconds: slots * 300 };
}

/** A series gives 11,000 points; 1,000 servers are named by one query. */
function brokenLimit(request: MetricRequest): string | undefined {
  if (!isPrometheus(request)) return 'this is no request to Prometheus';
  const { servers, spans, scope, statistics } = request;
  const isOfSlots = statistics.some((each) => each.startsWith('p'));
  const step = isOfSlots ? scope.slot.seconds : daySeconds;
  const points = Math.max(...spans.map(({ from, to }) => ((to - from) * daySeconds) / step));
  if (servers.length > 1000) return `${servers.length} servers in a query`;
  return points > 11_000 ? `${points} points of a series` : undefined;
}

function isPrometheus(request: MetricRequest): request is PrometheusRequest {
  return 'exporter' in request;
}
