import fastify, { type FastifyInstance } from 'fastify';
import type { StartContext } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import { openDesk } from '#platform/exports/desk.ts';
import { type ExportLimits, usualExportLimits } from '#platform/exports/limits.ts';
import type { OidcConfig } from '#platform/identity/oidc/config.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Store } from '#store/store.ts';
import { accountRoutes } from './account-routes.ts';
import { accountTestRoutes } from './account-test-routes.ts';
import { auditRequests } from './audit-requests.ts';
import { auditRoutes } from './audit-routes.ts';
import { addAuthGuard } from './auth-guard.ts';
import { oidcRoutes } from './auth-oidc-routes.ts';
import { budgetRoutes } from './budget-routes.ts';
import { collectionRoutes } from './collection-routes.ts';
import { consoleFiles } from './console-files.ts';
import { dataRoutes } from './data-routes.ts';
import { envelopeHook } from './envelope.ts';
import { errorRoutes } from './error-routes.ts';
import { exportFileRoutes } from './export-file-routes.ts';
import { exportRoute } from './export-route.ts';
import { facetRoutes } from './facet-routes.ts';
import { type Grpc, startGrpc } from './grpc-start.ts';
import { healthRoutes } from './health-routes.ts';
import { errorHandler } from './http-errors.ts';
import { addCommonHeaders, commonHeaders, hostGuard, isLoopback, refuseNul } from './http-guard.ts';
import { jwksRoute } from './identity-jwks.ts';
import { identityRoutes } from './identity-routes.ts';
import { jobControlRoutes } from './job-control-routes.ts';
import { jobCountRoutes } from './job-count-routes.ts';
import { jobDurationRoutes } from './job-duration-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { metricsRoute } from './metrics-route.ts';
import type { KnownRoute } from './openapi.ts';
import { openApiRoute } from './openapi-route.ts';
import { planRoute } from './plan-routes.ts';
import { requestIdOf } from './request-id.ts';
import { rightsizingRoutes } from './rightsizing-routes.ts';
import { roleRoutes } from './role-routes.ts';
import { checkReply } from './route.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { binRoutes } from './server-bins-routes.ts';
import { groupRoutes } from './server-groups-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { type CookieJar, cookieJar } from './session-cookie.ts';
import { sessionRoutes } from './session-routes.ts';
import { sourceRoutes } from './source-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { summaryRoutes } from './summary-routes.ts';
import { traceRequests } from './trace-requests.ts';

export interface ServerOptions {
  readonly store: Store;
  /** Loopback unless told otherwise; requests must name it, or the loopback, in their Host header. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly demo: boolean;
  readonly version: string;
  /** What providers have; where absent, all that is stored is taken for servers. */
  readonly types?: readonly ProviderTypes[];
  /** What `npm run build -w console` made. */
  readonly consoleFolder: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Stops the server. */
  readonly signal?: AbortSignal;
  /** Told of each failure that is ours; the client is told no more than that there was one, and the id of its request. */
  readonly report?: (error: CollectError, requestId?: string) => void;
  /** Where browsers find the server, if not where it listens: `https://gauge.corp`, where a proxy ends TLS. */
  readonly publicUrl?: string;
  /** Proxies whose X-Forwarded-For is to be believed; sign-ins are counted by address. */
  readonly trustedProxies?: readonly string[];
  /** Another way to sign in than by password. */
  readonly oidc?: OidcConfig;
  readonly patience?: Patience;
  /** Of files that are made in the background. */
  readonly exportLimits?: ExportLimits;
  /** Opens the accounts' secrets; with it, the platform's gRPC services are on the same port. */
  readonly masterKey?: MasterKey;
  /** What begins runs, and opens accounts; where absent, as in the demo, neither can be done. */
  readonly work?: StartContext;
  /** Of those services as Cloudforet 1.x has them. */
  readonly legacyPort?: number;
  /** Fails where a route does not answer as it declares: for tests. */
  readonly checksReplies?: boolean;
}

/** How long a client may take to send its request, in milliseconds. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  /** Between two looks for those who take longer. */
  readonly checkMs: number;
}

const usualPatience: Patience = { headersMs: 15_000, requestMs: 30_000, checkMs: 5_000 };
const largestBodyBytes = 256 * 1024;

export interface RunningServer {
  /** `http://127.0.0.1:4680` */
  readonly url: string;
  /** `GET /api/servers/:id` */
  readonly routes: readonly string[];
  /** Where Cloudforet 1.x's services are. */
  readonly legacyPort: number | undefined;
  /** Resolves once nobody is answered any more. */
  close(): Promise<void>;
}

/**
 * Serves the HTTP API and the console.
 *
 * @throws CollectError `unavailable` where nothing can listen on this host and port; `access_denied` where others could
 *   reach it, and there is no user yet whom they would have to be; `invalid_input` for a malformed public URL
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, host = '127.0.0.1', port, signal, report = () => {}, now, masterKey } = options;
  const publicUrl = publicUrlOf(options);
  const isLocal = isLoopback(host) && (publicUrl === undefined || isLoopback(publicUrl.hostname));
  if (!isLocal && !(await store.identity.hasUsers())) throw openToAll(publicUrl?.host ?? host);
  const cookies = cookieJar(publicUrl?.protocol === 'https:');
  const app = newApp(options, errorHandler(report));
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((one) => `${one} ${url}`));
  });
  traceRequests(app);
  app.addHook('onRequest', addCommonHeaders);
  app.addHook('onRequest', refuseNul);
  app.addHook('onRequest', hostGuard(publicUrl === undefined ? [host] : [host, publicUrl.hostname]));
  addAuthGuard(app, { store, cookies, isLocal, now, publicHost: publicUrl?.host });
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());
  healthRoutes(app, { store, stopping: stopping.signal, report });
  await metricsRoute(app, { store, types: options.types ?? [] });
  jwksRoute(app, { store, now });
  await app.register((scope) => api(scope, options, cookies, stopping.signal), { prefix: '/api' });
  await consoleFiles(app, options.consoleFolder);

  const grpc = masterKey && (await addGrpc(app, { ...options, masterKey, host }));
  const url = await listen(app, host, port);
  const close = () => app.close().then(() => {});
  if (signal?.aborted) await close();
  else signal?.addEventListener('abort', () => void close(), { once: true });
  return { url, routes, legacyPort: grpc?.legacyPort, close };
}

/** @throws CollectError `conflict` where nothing can listen on the legacy port */
async function addGrpc(
  app: FastifyInstance,
  options: ServerOptions & { readonly masterKey: MasterKey; readonly host: string },
): Promise<Grpc> {
  const { store, masterKey, version, now, host, legacyPort, report = () => {}, patience = usualPatience } = options;
  const common = { store, masterKey, version, now, host, legacyPort, report, patienceMs: patience.headersMs };
  try {
    const grpc = await startGrpc(app.server, { ...common, publicUrl: publicUrlOf(options) });
    app.addHook('preClose', () => grpc.close());
    return grpc;
  } catch (caught) {
    await app.close();
    throw caught;
  }
}

/** Without a route, but with what clients may not do: take their time, send more than we read, or anything but JSON. */
function newApp(
  { patience = usualPatience, trustedProxies }: ServerOptions,
  handleError: ReturnType<typeof errorHandler>,
): FastifyInstance {
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: largestBodyBytes,
    requestTimeout: patience.requestMs,
    http: { headersTimeout: patience.headersMs, connectionsCheckingInterval: patience.checkMs },
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    // A path that cannot be decoded never reaches the hooks.
    frameworkErrors: (error, request, reply) => handleError(error, request, reply.headers(commonHeaders(request))),
    genReqId: requestIdOf,
  });
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(handleError);
  return app;
}

async function api(
  scope: FastifyInstance,
  options: ServerOptions,
  cookies: CookieJar,
  stopping: AbortSignal,
): Promise<void> {
  const {
    store,
    demo,
    version,
    types = [],
    now,
    oidc,
    report = () => {},
    checksReplies,
    work,
    exportLimits = usualExportLimits,
  } = options;
  const routes: KnownRoute[] = [];
  scope.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) {
      if (config?.spec !== undefined && one !== 'HEAD') routes.push({ method: one, url, spec: config.spec });
    }
  });
  scope.addHook('preSerialization', envelopeHook(demo, checksReplies === true ? checkReply : undefined));
  auditRequests(scope, { store, now });
  sessionRoutes(scope, { store, cookies, now, openidName: oidc?.name });
  if (oidc !== undefined) {
    oidcRoutes(scope, { store, cookies, now, config: oidc, publicOrigin: publicUrlOf(options)?.origin, report });
  }
  identityRoutes(scope, { store, now });
  statusRoutes(scope, { store, demo, version, now });
  summaryRoutes(scope, { store, types, now });
  facetRoutes(scope, { store, types, now });
  binRoutes(scope, { store, types, now });
  groupRoutes(scope, { store, types, now });
  serverRoutes(scope, { store, types, now });
  rightsizingRoutes(scope, { store, types, now });
  exportRoute(scope, { store, types, demo, now });
  const files = { store, types, demo, now, limits: exportLimits };
  const desk = openDesk({ ...files, report });
  scope.addHook('preClose', () => desk[Symbol.asyncDispose]());
  exportFileRoutes(scope, { ...files, desk });
  auditRoutes(scope, store);
  openApiRoute(scope, routes, version);
  const runs = { store, demo, work, now, stopping };
  accountRoutes(scope, runs);
  accountTestRoutes(scope, runs);
  roleRoutes(scope, runs);
  planRoute(scope, runs);
  scheduleRoutes(scope, runs);
  jobControlRoutes(scope, runs);
  budgetRoutes(scope, { store, now });
  collectionRoutes(scope, store);
  dataRoutes(scope, { store, version, masterKey: options.masterKey });
  jobCountRoutes(scope, store);
  jobDurationRoutes(scope, { jobs: store.jobs, now });
  errorRoutes(scope, runs);
  sourceRoutes(scope, { ...runs, types });
  jobRoutes(scope, { jobs: store.jobs, demo, now, stopping });
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

/** @throws CollectError `invalid_input` */
function publicUrlOf({ publicUrl }: ServerOptions): URL | undefined {
  const url = publicUrl === undefined ? undefined : URL.parse(publicUrl);
  if (url === undefined || (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/')) return url;
  throw new CollectError('invalid_input', 'the public URL is no address of a web server', {
    ...(publicUrl === undefined ? {} : { where: publicUrl }),
    fix: 'https://gauge.corp, without a path',
  });
}

function openToAll(host: string): CollectError {
  return new CollectError('access_denied', 'others could reach the server, and there is no user yet', {
    where: host,
    fix: 'Add an admin first: fleetgauge user add <email> --role admin. Or listen on 127.0.0.1.',
  });
}
