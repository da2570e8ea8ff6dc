import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type FaultSwitches, makeFaultSwitches } from '../fleet/fault-switches.ts';
import { makeLuck } from '../fleet/luck.ts';
import { TokenBuckets } from '../fleet/token-buckets.ts';
import { AccessTokens } from './access-tokens.ts';
import { answerGoogle } from './answer.ts';
import type { Cloud } from './cloud.ts';
import { findDisk } from './disks.ts';
import { type Faults, noFaults } from './faults.ts';
import { type Identities, makeIdentities } from './identities.ts';
import { signJwt } from './jwt.ts';
import { type KeyFiles, makeKeyFiles } from './key-files.ts';
import { demoProjects, type SimProject } from './projects.ts';
import { Stats } from './stats.ts';
import { type MinuteRange, type Truths, truthOfDatabase, truthOfDisk, truthOfVm } from './truth.ts';
import { findVm, makeWorld, type World } from './world.ts';

/** How to set up a simulated Google Cloud. */
export interface GoogleCloudOptions {
  /** Default: {@link demoProjects}. Identities live in the first. */
  readonly projects?: readonly [SimProject, ...SimProject[]];
  /** 32-bit integer that decides all that is invented, but for keys and tokens. Default 1. */
  readonly seed?: number;
  /** TCP port on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  /** The world's time, epoch milliseconds. Default: the real time. */
  readonly clock?: () => number;
  /** The time that tokens and quotas go by, epoch milliseconds. Default: the real time. */
  readonly wallClock?: () => number;
  /** Epoch seconds that servers' lives are told from ("launched today"). Default: `clock` at the start. */
  readonly anchorSeconds?: number;
  /** How old a sample must be to be seen. Default 240. */
  readonly publishLagSeconds?: number;
  /** Faults from the start; see {@link GoogleCloud.faults} for later. */
  readonly faults?: Partial<Faults>;
}

/** A running simulated Google Cloud. */
export interface GoogleCloud {
  /** `http://127.0.0.1:<port>`: the origin of every API, which paths tell apart. */
  readonly url: string;
  readonly port: number;
  readonly world: World;
  readonly identities: Identities;
  /** Ready-made credentials, each a JSON file's content. */
  readonly credentials: KeyFiles;
  /** Calls so far, per operation and project. */
  readonly stats: Stats;
  readonly faults: FaultSwitches<Faults>;
  /**
   * The physical truth of a server, database or persistent disk over `[start, end)`; undefined for an unknown one.
   *
   * @throws RangeError for a project that the world lacks
   */
  truth(query: TruthQuery): Truths | undefined;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

/** Whose truth, and of when. */
export interface TruthQuery {
  /** Id or number. */
  readonly project: string;
  /** A VM's numeric id, a database's id `<project>:<name>`, or a disk's URL. */
  readonly resource: string;
  /** Epoch seconds. */
  readonly start: number;
  /** Epoch seconds, exclusive. */
  readonly end: number;
}

/**
 * Starts a simulated Google Cloud on a loopback port: OAuth, STS, IAM credentials, a metadata server, Resource Manager,
 * Compute Engine, Monitoring and Cloud SQL, as their REST APIs are spoken.
 */
export async function startGoogleCloud(options: GoogleCloudOptions = {}): Promise<GoogleCloud> {
  const { projects = demoProjects, seed = 1, clock = Date.now } = options;
  const world = makeWorld(projects, seed, options.anchorSeconds ?? clock() / 1000);
  const server = createServer();
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  const origin = `http://127.0.0.1:${port}`;
  const identities = await makeIdentities(projects[0], origin);
  const cloud = makeCloud(options, world, identities, origin);
  const truth = (query: TruthQuery) => truthIn(cloud, query);
  server.on('request', (request, response) => {
    serve(cloud, truth, request, response).catch((cause: unknown) => {
      console.error('simulated Google Cloud:', cause);
      response.destroy();
    });
  });
  const { stats, faults } = cloud;
  const credentials = makeKeyFiles(identities, projects[0], origin);
  return { url: origin, port, world, identities, credentials, stats, faults, truth, close: () => close(server) };
}

function makeCloud(options: GoogleCloudOptions, world: World, identities: Identities, origin: string): Cloud {
  const { clock = Date.now, wallClock = Date.now, publishLagSeconds = 240 } = options;
  const now = () => clock() / 1000;
  return {
    world,
    origin,
    identities,
    tokens: new AccessTokens(identities, origin, wallClock),
    buckets: new TokenBuckets(wallClock),
    stats: new Stats(),
    faults: makeFaultSwitches(noFaults, options.faults ?? {}),
    luckAt: makeLuck(world.seed),
    now,
    horizon: () => now() - publishLagSeconds,
    wallNow: () => wallClock() / 1000,
  };
}

function truthIn(
  { world, horizon, now }: Cloud,
  { project: name, resource, start, end }: TruthQuery,
): Truths | undefined {
  const project = world.findProject(name);
  if (project === undefined) throw new RangeError(`no project ${name} in the simulation`);
  const range: MinuteRange = { from: Math.ceil(start / 60), to: Math.floor(Math.min(end, horizon()) / 60) };
  const vm = findVm(world.cells(project), resource);
  if (vm !== undefined) return truthOfVm(vm, range);
  const database = world.databases(project).find(({ databaseId }) => databaseId === resource);
  if (database !== undefined) return truthOfDatabase(database, range);
  const disk = findDisk(world.cells(project), resource, now());
  return disk && truthOfDisk(disk, range);
}

async function serve(
  cloud: Cloud,
  truth: GoogleCloud['truth'],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers } = incoming;
  const url = new URL(incoming.url ?? '/', cloud.origin);
  const body = await readText(incoming);
  if (url.pathname.startsWith('/_sim/')) return serveSimulation(cloud, truth, url, response);
  const header = (name: string) => [headers[name] ?? []].flat()[0];
  const outcome = await answerGoogle(cloud, { method, url, header, body });
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  response.writeHead(outcome.status, outcome.headers).end(outcome.body);
}

function serveSimulation(cloud: Cloud, truth: GoogleCloud['truth'], url: URL, response: ServerResponse): void {
  const answer = simulationAnswer(cloud, truth, url);
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { error: 'not found' }));
}

function simulationAnswer(cloud: Cloud, truth: GoogleCloud['truth'], { pathname, searchParams }: URL): unknown {
  if (pathname === '/_sim/stats') return { operations: cloud.stats.rows() };
  if (pathname === '/_sim/oidc/token') return { id_token: subjectToken(cloud) };
  if (pathname !== '/_sim/truth') return undefined;
  const text = (name: string) => searchParams.get(name) ?? '';
  const [start, end] = [Number(text('start')), Number(text('end'))];
  try {
    return truth({ project: text('project'), resource: text('resource'), start, end });
  } catch (caught) {
    if (caught instanceof RangeError) return undefined;
    throw caught;
  }
}

/** What the simulated workload proves itself with, outside of Google. */
function subjectToken({ identities: { pool }, wallNow }: Cloud): string {
  const iat = Math.floor(wallNow());
  const { issuer: iss, subject: sub, issuerKeys } = pool;
  return signJwt({ iss, sub, aud: `https:${pool.provider}`, iat, exp: iat + 600 }, issuerKeys);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function listen(server: HttpServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('the simulated Google Cloud has no port'));
    });
  });
}

function close(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
