import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type FaultSwitches, makeFaultSwitches } from '../fleet/fault-switches.ts';
import { makeLuck } from '../fleet/luck.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import { TokenBuckets } from '../fleet/token-buckets.ts';
import { demoAccounts, type SimAccount } from './accounts.ts';
import { answerAws, type Cloud } from './cloud.ts';
import { Credentials } from './credentials.ts';
import { type Faults, noFaults } from './faults.ts';
import { findRegion } from './regions.ts';
import { Stats } from './stats.ts';
import { truthOf } from './truth.ts';
import type { Truths } from './truths.ts';
import { makeWorld, type World } from './world.ts';

/** How to set up a simulated AWS. */
export interface AwsCloudOptions {
  /** Default: {@link demoAccounts}. */
  readonly accounts?: readonly SimAccount[];
  /** 32-bit integer that decides all that is invented. Default 1. */
  readonly seed?: number;
  /** TCP port on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  /** The world's time, epoch milliseconds. Default: the real time. */
  readonly clock?: () => number;
  /** The time that signatures, sessions and quotas go by, epoch milliseconds. Default: the real time. */
  readonly wallClock?: () => number;
  /** Epoch seconds that servers' lives are told from ("launched today"). Default: `clock` at the start. */
  readonly anchorSeconds?: number;
  /** How old a sample must be to be seen. Default 300. */
  readonly publishLagSeconds?: number;
  /** Faults from the start; see {@link AwsCloud.faults} for later. */
  readonly faults?: Partial<Faults>;
}

/** A running simulated AWS. */
export interface AwsCloud {
  /** Endpoint for every service and region: `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly world: World;
  /** Calls so far, per operation, account and region. */
  readonly stats: Stats;
  readonly faults: FaultSwitches<Faults>;
  /**
   * The physical truth of a server, or of another resource by its ARN, over `[start, end)`, epoch seconds; undefined for an
   * unknown one.
   *
   * @throws RangeError for an account or region that the world lacks
   */
  truth(query: TruthQuery): Truths | undefined;
  /** Closes the port and every connection. */
  stop(): Promise<void>;
}

/** Whose truth, and of when. */
export interface TruthQuery {
  readonly account: string;
  readonly region: string;
  /** An instance id, or an ARN. */
  readonly instance: string;
  /** Epoch seconds. */
  readonly start: number;
  /** Epoch seconds, exclusive. */
  readonly end: number;
}

/**
 * Starts a simulated AWS on a loopback port: EC2, STS, CloudWatch and the listings of RDS, Elastic Load Balancing, ElastiCache,
 * Lambda and S3, as the official SDKs speak to them, signatures checked.
 */
export async function startAwsCloud(options: AwsCloudOptions = {}): Promise<AwsCloud> {
  const cloud = makeCloud(options);
  const truth = (query: TruthQuery) => truthIn(cloud, query);
  const server = createServer((request, response) => {
    serve(cloud, truth, request, response).catch((cause: unknown) => {
      console.error('simulated AWS:', cause);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  const { world, stats, faults } = cloud;
  return { url: `http://127.0.0.1:${port}`, port, world, stats, faults, truth, stop: () => close(server) };
}

function makeCloud(options: AwsCloudOptions): Cloud {
  const {
    accounts = demoAccounts,
    seed = 1,
    clock = Date.now,
    wallClock = Date.now,
    publishLagSeconds = 300,
  } = options;
  const now = () => clock() / 1000;
  return {
    world: makeWorld(accounts, seed, options.anchorSeconds ?? now()),
    credentials: new Credentials(accounts, wallClock),
    buckets: new TokenBuckets(wallClock),
    stats: new Stats(),
    faults: makeFaultSwitches(noFaults, options.faults ?? {}),
    luckAt: makeLuck(seed),
    now,
    horizon: () => Math.floor((now() - publishLagSeconds) / slotSeconds) * slotSeconds,
  };
}

function truthIn({ world, horizon }: Cloud, { account, region, instance, start, end }: TruthQuery): Truths | undefined {
  const owner = world.accounts.find(({ id }) => id === account);
  const place = findRegion(region);
  if (owner === undefined || place === undefined) throw new RangeError(`no ${account}/${region} in the simulation`);
  return truthOf(world.cell(owner, place), instance, { start, end }, horizon());
}

async function serve(
  cloud: Cloud,
  truth: AwsCloud['truth'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const body = await readText(request);
  if (url.startsWith('/_sim/')) return serveSimulation(cloud, truth, new URL(url, 'http://127.0.0.1'), response);
  const outcome = await answerAws(cloud, { method, url, headers, body });
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  response.writeHead(outcome.status, outcome.headers).end(outcome.body);
}

function serveSimulation(cloud: Cloud, truth: AwsCloud['truth'], url: URL, response: ServerResponse): void {
  const answer = simulationAnswer(cloud, truth, url);
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { error: 'not found' }));
}

function simulationAnswer(cloud: Cloud, truth: AwsCloud['truth'], { pathname, searchParams }: URL): unknown {
  if (pathname === '/_sim/stats') return { operations: cloud.stats.rows() };
  if (pathname !== '/_sim/truth') return undefined;
  const text = (name: string) => searchParams.get(name) ?? '';
  const [start, end] = [Number(text('start')), Number(text('end'))];
  try {
    return truth({ account: text('account'), region: text('region'), instance: text('instance'), start, end });
  } catch (caught) {
    if (caught instanceof RangeError) return undefined;
    throw caught;
  }
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
      else reject(new Error('the simulated AWS has no port'));
    });
  });
}

function close(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
