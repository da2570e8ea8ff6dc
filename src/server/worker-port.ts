import fastify from 'fastify';
import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';
import { healthRoutes } from './health-routes.ts';
import { addCommonHeaders } from './http-guard.ts';
import { ownMetrics } from './metrics-own.ts';
import { requestIdOf } from './request-id.ts';

export interface WorkerPortOptions {
  readonly store: Store;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Aborted once the worker takes no more tasks. */
  readonly stopping: AbortSignal;
  readonly report: (error: CollectError, requestId?: string) => void;
}

export interface WorkerPort extends AsyncDisposable {
  /** `http://127.0.0.1:4681` */
  readonly url: string;
}

/**
 * What watches a worker may ask: `/healthz`, `/readyz`, and `/metrics` for Prometheus. Whoever reaches the port may: it tells
 * numbers, and no name of an account or a server.
 *
 * @throws CollectError `unavailable` where nothing can listen on this host and port
 */
export async function openWorkerPort({ store, host, port, stopping, report }: WorkerPortOptions): Promise<WorkerPort> {
  const app = fastify({ forceCloseConnections: true, requestTimeout: 10_000, bodyLimit: 1, genReqId: requestIdOf });
  app.addHook('onRequest', addCommonHeaders);
  healthRoutes(app, { store, stopping, report, process: 'worker' });
  const own = ownMetrics(app, store);
  app.get('/metrics', async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8').header('cache-control', 'no-store');
    return own.text();
  });
  app.setErrorHandler((caught, request, reply) => {
    report(CollectError.from(caught), request.id);
    return reply.code(503).send({ ok: false });
  });
  try {
    return { url: await app.listen({ host, port }), [Symbol.asyncDispose]: () => app.close().then(() => {}) };
  } catch (cause) {
    await app.close();
    throw new CollectError('unavailable', 'the worker cannot listen', {
      where: `${host}:${port}`,
      fix: 'Choose another port with --port, or end the process that has this one.',
      cause,
    });
  }
}
