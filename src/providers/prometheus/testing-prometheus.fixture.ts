import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { Clock } from '#collect/clock.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { prometheus } from './index.ts';
import { type Asked, answerOf, type SimServer } from './testing-world.fixture.ts';

export interface Received extends Asked {
  readonly headers: IncomingMessage['headers'];
}

/**
 * What a call is answered with in place of the right answer: something else, nothing, a connection that breaks, or the right
 * answer's first half.
 */
export type Fault =
  | {
      readonly status?: number;
      readonly body: string;
      readonly encoding?: BufferEncoding;
      readonly headers?: Record<string, string>;
    }
  | 'hang'
  | 'reset'
  | 'half';

export interface FakePrometheus extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Received[];
}

export interface FakeOptions {
  readonly servers?: readonly SimServer[];
  /** Epoch milliseconds. */
  readonly now?: number;
  readonly fault?: (asked: Received) => Fault | undefined;
  readonly tls?: TlsOptions;
  readonly basePath?: string;
}

/** Four servers that have always been there. */
const calmServers = ['a:9100', 'b:9100', 'c:9100', 'd:9100'].map((instance) => ({
  instance,
  from: 0,
  to: Number.POSITIVE_INFINITY,
}));

/** Speaks the API of Prometheus over HTTP, as far as faults and ways in need it. */
export async function startFake(options: FakeOptions = {}): Promise<FakePrometheus> {
  const { servers = calmServers, now = Date.now(), fault = () => undefined, tls, basePath = '' } = options;
  const asked: Received[] = [];
  const listener: RequestListener = (incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const form = new URLSearchParams(body);
      const path = incoming.url ?? '';
      const api = path.startsWith(`${basePath}/api/v1/`) ? path.slice(basePath.length + 8) : '';
      const call = { api, query: form.get('query') ?? form.get('match[]') ?? '', form, headers: incoming.headers };
      asked.push(call);
      const right = () => JSON.stringify({ status: 'success', data: answerOf(call, servers, now / 1000) });
      send(outgoing, api === '' ? { status: 404, body: '404 page not found' } : fault(call), right);
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('the fake has no port');
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${address.port}${basePath}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function refusal(status: number, errorType: string, error: string): Fault {
  return { status, body: JSON.stringify({ status: 'error', errorType, error }) };
}

function send(outgoing: ServerResponse, fault: Fault | undefined, right: () => string): void {
  if (fault === 'hang') return;
  if (fault === 'reset') {
    outgoing.destroy();
    return;
  }
  if (fault === undefined || fault === 'half') {
    const body = right();
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(fault === 'half' ? body.slice(0, body.length / 2) : body);
    return;
  }
  outgoing.writeHead(fault.status ?? 200, fault.headers);
  outgoing.end(fault.body, fault.encoding ?? 'utf8');
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Waits are cut short: what is tested is what is done about a fault, not how long it takes. */
const hurried: Clock = {
  now: Date.now,
  sleep: (_, signal) => {
    signal.throwIfAborted();
    return new Promise((resolve) => setImmediate(resolve));
  },
  random: () => 0.5,
};

export async function connectTo(
  secret: object,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
) {
  const { timeoutMs = 100_000, signal = new AbortController().signal } = options;
  const ledger = new Ledger();
  const limits = Object.fromEntries(
    Object.entries(prometheus.limits).map(([api, limit]) => [api, { ...limit, timeoutMs }]),
  );
  const gate = createGate({ limits, ledger, clock: hurried });
  const { fleets, principal, close } = await prometheus.connect(secret, { gate, now: Date.now, signal });
  const [fleet] = fleets;
  if (fleet === undefined) throw new Error('a Prometheus is one fleet');
  return { fleet, principal, ledger, [Symbol.dispose]: close };
}
