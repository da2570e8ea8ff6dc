import fastify, { type FastifyInstance } from 'fastify';
import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';
import { consoleFiles } from './console-files.ts';
import { envelopeHook } from './envelope.ts';
import { errorHandler } from './http-errors.ts';
import { addSecurityHeaders, hostGuard, securityHeaders } from './http-guard.ts';
import { jobRoutes } from './job-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { summaryRoutes } from './summary-routes.ts';

export interface ServerOptions {
  readonly store: Store;
  /** Loopback unless told otherwise; requests must name it, or the loopback, in their Host header. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly demo: boolean;
  readonly version: string;
  /** What `npm run build -w console` made. */
  readonly consoleFolder: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Stops the server. */
  readonly signal?: AbortSignal;
  /** Told of each failure that is ours; the client is told no more than that there was one. */
  readonly report?: (error: CollectError) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:4680` */
  readonly url: string;
  /** Resolves once nobody is answered any more. */
  close(): Promise<void>;
}

/**
 * Serves the HTTP API and the console. It only reads the store.
 *
 * @throws CollectError `unavailable` where nothing can listen on this host and port
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port, signal, report = () => {} } = options;
  const handleError = errorHandler(report);
  const app = fastify({
    forceCloseConnections: true,
    // A path that cannot be decoded never reaches the hooks.
    frameworkErrors: (error, request, reply) => handleError(error, request, reply.headers(securityHeaders)),
  });
  app.addHook('onRequest', addSecurityHeaders);
  app.addHook('onRequest', hostGuard(host));
  app.setErrorHandler(handleError);
  app.get('/healthz', () => ({ ok: true }));
  await app.register((scope) => api(scope, options), { prefix: '/api' });
  await consoleFiles(app, options.consoleFolder);

  const url = await listen(app, host, port);
  const close = () => app.close().then(() => {});
  if (signal?.aborted) await close();
  else signal?.addEventListener('abort', () => void close(), { once: true });
  return { url, close };
}

async function api(scope: FastifyInstance, { store, demo, version, now }: ServerOptions): Promise<void> {
  const stopping = new AbortController();
  scope.addHook('preClose', async () => stopping.abort());
  scope.addHook('preSerialization', envelopeHook(demo));
  statusRoutes(scope, { store, demo, version, now });
  summaryRoutes(scope, { store, now });
  serverRoutes(scope, { store, now });
  jobRoutes(scope, { jobs: store.jobs, demo, now, stopping: stopping.signal });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw new CollectError('unavailable', 'the server cannot listen', {
      where: `${host}:${port}`,
      fix: 'Choose another port with --port, or end the process that has this one.',
      cause,
    });
  }
}
