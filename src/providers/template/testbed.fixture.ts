import { createServer, type ServerResponse } from 'node:http';
import type { MetricRequest } from '#model/fleet.ts';
import { dayAt, daySeconds } from '#model/window.ts';
import type { Breakdown, Testbed, Truth } from '../contract/testbed.fixture.ts';

/** A server of the simulated cloud: when it ran, epoch seconds. */
interface SimServer {
  readonly id: string;
  readonly state: 'running' | 'stopped' | 'deleted';
  readonly from: number;
  readonly to: number;
}

interface Simulation {
  how: Breakdown | undefined;
  requests: number;
}

const worldNow = Date.parse('2026-11-18T15:00:00Z');
const token = 'a-token-that-opens-nothing-real';
const anotherToken = 'another-token-that-opens-nothing';
const now = worldNow / 1000;
const ever = Number.POSITIVE_INFINITY;

const servers: readonly SimServer[] = [
  ...Array.from({ length: 240 }, (_, n): SimServer => ({ id: `vm-${n}`, state: 'running', from: 0, to: ever })),
  { id: 'vm-came', state: 'running', from: now - 4.4 * daySeconds, to: ever },
  { id: 'vm-today', state: 'running', from: now - 3600, to: ever },
  { id: 'vm-stopped-lately', state: 'stopped', from: 0, to: now - 5.3 * daySeconds },
  { id: 'vm-stopped', state: 'stopped', from: 0, to: now - 40 * daySeconds },
  { id: 'vm-deleted', state: 'deleted', from: 0, to: now - 30 * daySeconds },
];

/** Simulates the API, and shares no code with the provider. */
export async function openTestbed(): Promise<Testbed> {
  const simulation: Simulation = { how: undefined, requests: 0 };
  const http = createServer((request, response) => {
    simulation.requests++;
    answer(simulation, new URL(request.url ?? '/', 'http://localhost'), request.headers.authorization ?? '', response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return {
    secret: { endpoint, token },
    wrongSecret: { endpoint, token: anotherToken },
    openers: [token, anotherToken],
    now: worldNow,
    brokenLimit,
    truth: ({ id }, _key, start, end) => truthOf(id, dayAt(start), dayAt(end)),
    breakDown: (how) => {
      simulation.how = how;
    },
    requests: () => simulation.requests,
    stop: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

function answer({ how, requests }: Simulation, url: URL, authorization: string, response: ServerResponse): void {
  if (how === 'hung') return;
  const isOfMetrics = url.pathname === '/metrics';
  const status = authorization === `Bearer ${token}` ? statusFor(how, requests, isOfMetrics) : 401;
  if (status === 'reset') {
    response.destroy();
    return;
  }
  const text = status === 200 ? JSON.stringify(bodyFor(url, how === 'partial')) : '{}';
  response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {});
  response.end(how === 'malformed' && isOfMetrics ? text.slice(0, text.length / 2) : text);
}

function statusFor(how: Breakdown | undefined, nth: number, isOfMetrics: boolean): number | 'reset' {
  if (how === 'throttled now and then' && nth % 3 === 0) return 429;
  if (how === 'unreliable' && nth % 4 === 0) return 503;
  if (how === 'unreliable' && nth % 7 === 0) return 'reset';
  if (how === 'discovery denied' || (how === 'metrics denied' && isOfMetrics)) return 403;
  return 200;
}

function bodyFor({ pathname, searchParams }: URL, isPartial: boolean): unknown {
  if (pathname === '/account') return { account: 'contract' };
  if (pathname === '/servers') {
    const at = Number(searchParams.get('page') || 0);
    const page = servers.slice(at, at + 100).map(({ id, state, from }) => ({
      id,
      name: id,
      region: 'north-1',
      type: 'small',
      state,
      vcpus: 2,
      created: from,
    }));
    return { servers: page, ...(at + 100 < servers.length ? { next: String(at + 100) } : {}) };
  }
  const ids = (searchParams.get('ids') ?? '').split(',');
  const isLost = (id: string) => isPartial && id.endsWith('7');
  const days = ids.filter((id) => !isLost(id)).flatMap((id) => daysOfServer(id, searchParams));
  return { days, failed: ids.filter(isLost).map((id) => ({ id, message: 'its figures are being moved' })) };
}

function daysOfServer(id: string, range: URLSearchParams) {
  const found = [];
  for (let day = Number(range.get('from')); day < Number(range.get('to')); day++) {
    const seconds = secondsOn(id, day);
    const mean = meanOn(id, day);
    if (seconds > 0) found.push({ id, day, mean, max: 2 * mean, min: mean / 2, seconds });
  }
  return found;
}

/** How long the server ran on a day. */
function secondsOn(id: string, day: number): number {
  const { from = 0, to = 0 } = servers.find((server) => server.id === id) ?? {};
  return Math.max(0, Math.min(to, (day + 1) * daySeconds) - Math.max(from, day * daySeconds));
}

/** Percent: what the server did on a day, while it ran. */
function meanOn(id: string, day: number): number {
  return 5 + (([...id].reduce((sum, char) => sum + char.charCodeAt(0), 0) * 7 + day * 13) % 40);
}

function truthOf(id: string, from: number, to: number): Truth | undefined {
  let [sum, seconds, max] = [0, 0, 0];
  for (let day = from; day < to; day++) {
    const ran = secondsOn(id, day);
    sum += ran * meanOn(id, day);
    seconds += ran;
    if (ran > 0) max = Math.max(max, 2 * meanOn(id, day));
  }
  return seconds === 0 ? undefined : { avg: sum / seconds, max, seconds };
}

/** The cloud takes a hundred servers a call. */
function brokenLimit(request: MetricRequest): string | undefined {
  const { length } = request.covers;
  return length > 100 ? `${length} servers in a call` : undefined;
}
