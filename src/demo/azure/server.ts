import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { Stats } from '../aws/stats.ts';
import { type FaultSwitches, makeFaultSwitches } from '../fleet/fault-switches.ts';
import { makeLuck } from '../fleet/luck.ts';
import { TokenBuckets } from '../fleet/token-buckets.ts';
import { AccessTokens } from './access-tokens.ts';
import { answerAzure, type Cloud } from './cloud.ts';
import { type ApplicationCredentials, credentialsOf, makeCertificates } from './credentials.ts';
import { type Faults, noFaults } from './faults.ts';
import { processKeys } from './keys.ts';
import { Windows } from './quotas.ts';
import { ResourceGraph } from './resource-graph.ts';
import { demoTenants, type SimTenant } from './tenants.ts';
import { type Truths, truthOf } from './truth.ts';
import { makeWorld, type World } from './world.ts';

/** How to set up a simulated Azure. */
export interface AzureCloudOptions {
  /** Tenants, their subscriptions and fleets, and their applications. Default: {@link demoTenants}. */
  readonly tenants?: readonly SimTenant[];
  /** 32-bit integer that decides all that is invented. Default 1. */
  readonly seed?: number;
  /** TCP ports on 127.0.0.1, without and with TLS. Default: any free ones. */
  readonly port?: number;
  readonly securePort?: number;
  /** The world's time, epoch milliseconds. Default: the real time. */
  readonly clock?: () => number;
  /** The time that tokens and quotas go by, epoch milliseconds. Default: the real time. */
  readonly wallClock?: () => number;
  /** Epoch seconds that machines' lives are told from ("launched today"). Default: `clock` at the start. */
  readonly anchorSeconds?: number;
  /** How old a sample must be to be seen. Default 180. */
  readonly publishLagSeconds?: number;
  /** How long Resource Graph goes on to show what was deleted. Default 900. */
  readonly graphLagSeconds?: number;
  /** How long an access token is valid. Default 3599. */
  readonly tokenLifetimeSeconds?: number;
  /** Default 50. */
  readonly subscriptionsPerPage?: number;
  /** Faults from the start; see {@link AzureCloud.faults} for later. */
  readonly faults?: Partial<Faults>;
}

/** A running simulated Azure. */
export interface AzureCloud {
  /** Endpoint for every service: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The same by TLS, which `@azure/identity` insists on: `https://127.0.0.1:<port>`. */
  readonly secureUrl: string;
  /** PEM of the certificate that `secureUrl` shows: to be trusted as an authority. */
  readonly certificateAuthority: string;
  /** What opens the simulation, application by application. */
  readonly credentials: readonly ApplicationCredentials[];
  readonly world: World;
  /** Calls so far, per operation, subscription (or tenant) and region. */
  readonly stats: Stats;
  readonly faults: FaultSwitches<Faults>;
  /** The physical truth of a resource over `[start, end)`, epoch seconds; undefined for an unknown one. */
  truth(query: TruthQuery): Truths | undefined;
  /** Closes the ports and every connection. */
  stop(): Promise<void>;
}

/** Which resource's truth, and of when. */
export interface TruthQuery {
  /** Resource id, in any spelling. */
  readonly resource: string;
  /** Epoch seconds. */
  readonly start: number;
  /** Epoch seconds, exclusive. */
  readonly end: number;
}

/** Starts a simulated Azure on loopback ports: Entra ID, Resource Manager, Resource Graph and the metrics service. */
export async function startAzureCloud(options: AzureCloudOptions = {}): Promise<AzureCloud> {
  // The ports are known only when the cloud that is to answer at them is there.
  const endpoints: string[] = [];
  const { cloud, tls, credentials } = await makeCloud(options, endpoints);
  const truth = (query: TruthQuery) => truthIn(cloud, query);
  const listener: RequestListener = (request, response) => {
    serve(cloud, truth, request, response).catch((cause: unknown) => {
      console.error('simulated Azure:', cause);
      response.destroy();
    });
  };
  const plain = createServer({ keepAliveTimeout: 60_000 }, listener);
  const secure = createSecureServer({ keepAliveTimeout: 60_000, key: tls.privateKeyPem, cert: tls.pem }, listener);
  const url = `http://127.0.0.1:${await listen(plain, options.port ?? 0)}`;
  const secureUrl = `https://127.0.0.1:${await listen(secure, options.securePort ?? 0)}`;
  endpoints.push(url, secureUrl);
  const { world, stats, faults } = cloud;
  const stop = async () => {
    await Promise.all([close(plain), close(secure)]);
  };
  return { url, secureUrl, certificateAuthority: tls.pem, credentials, world, stats, faults, truth, stop };
}

async function makeCloud(options: AzureCloudOptions, endpoints: readonly string[]) {
  const {
    tenants = demoTenants,
    seed = 1,
    clock = Date.now,
    wallClock = Date.now,
    publishLagSeconds = 180,
    graphLagSeconds = 900,
    tokenLifetimeSeconds = 3599,
    subscriptionsPerPage = 50,
  } = options;
  const keys = await processKeys();
  const certificates = makeCertificates(tenants, keys);
  const now = () => clock() / 1000;
  const tokens = new AccessTokens(tenants, keys.entra, wallClock, tokenLifetimeSeconds);
  const cloud: Cloud = {
    world: makeWorld(tenants, seed, options.anchorSeconds ?? now()),
    entra: { tenants, tokens, keys, certificates, endpoints, clock: wallClock },
    graph: new ResourceGraph(),
    buckets: new TokenBuckets(wallClock),
    windows: new Windows(wallClock),
    stats: new Stats(),
    faults: makeFaultSwitches(noFaults, options.faults ?? {}),
    luckAt: makeLuck(seed),
    now,
    horizon: () => Math.floor((now() - publishLagSeconds) / 60) * 60,
    graphLagSeconds,
    subscriptionsPerPage,
  };
  return { cloud, tls: keys.tls, credentials: credentialsOf(tenants, keys, certificates, wallClock) };
}

function truthIn({ world, horizon }: Cloud, { resource, start, end }: TruthQuery): Truths | undefined {
  const found = world.find(resource);
  return found && truthOf(found, { start, end }, horizon());
}

async function serve(
  cloud: Cloud,
  truth: AzureCloud['truth'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: target = '/', headers, socket } = request;
  const body = await readText(request);
  if (target.startsWith('/_sim/')) return serveSimulation(cloud, truth, new URL(target, 'http://127.0.0.1'), response);
  const encrypted = 'encrypted' in socket && socket.encrypted === true;
  const outcome = await answerAzure(cloud, { method, target, headers, body, encrypted });
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    socket.destroy();
    return;
  }
  response.writeHead(outcome.status, outcome.headers).end(outcome.body);
}

function serveSimulation(cloud: Cloud, truth: AzureCloud['truth'], url: URL, response: ServerResponse): void {
  const answer = simulationAnswer(cloud, truth, url);
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { error: 'not found' }));
}

function simulationAnswer(cloud: Cloud, truth: AzureCloud['truth'], { pathname, searchParams }: URL): unknown {
  if (pathname === '/_sim/stats') return { operations: cloud.stats.rows() };
  if (pathname !== '/_sim/truth') return undefined;
  const [start, end] = [Number(searchParams.get('start')), Number(searchParams.get('end'))];
  return truth({ resource: searchParams.get('resource') ?? '', start, end });
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('the simulated Azure has no port'));
    });
  });
}

function close(server: Server & { closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
