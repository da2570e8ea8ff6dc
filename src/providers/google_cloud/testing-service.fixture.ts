import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { limits } from './catalog.ts';
import { endpointsOf } from './endpoints.ts';
import { createRest, limitBodies, type Rest } from './rest.ts';
import { hurried } from './testing-fleet.fixture.ts';

/** What a service answers a call. */
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** A service on this machine that answers as told, until the test ends. */
export async function restOf(answer: (url: URL) => Reply): Promise<Rest> {
  const server = createServer((request, response) => {
    const { status = 200, body } = answer(new URL(request.url ?? '/', 'http://localhost'));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const gate = createGate({ limits, ledger: new Ledger(), clock: hurried });
  const endpoints = endpointsOf({}, `http://127.0.0.1:${address.port}`);
  return createRest({
    gate,
    account: 'a-project',
    endpoints,
    headersOf: () => async () => ({}),
    bodies: limitBodies(),
  });
}
