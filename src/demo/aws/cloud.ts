import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSwitches } from '../fleet/fault-switches.ts';
import { mix } from '../fleet/hash.ts';
import type { Luck } from '../fleet/luck.ts';
import type { TokenBuckets } from '../fleet/token-buckets.ts';
import type { Cell } from './cell.ts';
import { readBody } from './cloudwatch-request.ts';
import type { Credentials, Principal } from './credentials.ts';
import { answerEc2 } from './ec2.ts';
import { ApiError, isService, protocols, refuse, type ServiceName } from './errors.ts';
import type { Faults } from './faults.ts';
import { admitDatapoints, letIn, type Visitor } from './gate.ts';
import { getMetricData } from './get-metric-data.ts';
import { listMetrics } from './list-metrics.ts';
import { answerManaged } from './managed/answer.ts';
import { type Answer, wrapBroken, wrapError, wrapResult } from './protocol.ts';
import { findRegion } from './regions.ts';
import { type Authorization, parseAuthorization, type SignedRequest } from './sigv4.ts';
import type { OperationStats, Stats } from './stats.ts';
import { answerSts } from './sts.ts';
import type { World } from './world.ts';

/** All that the simulated cloud consists of, put together by `server.ts`. */
export interface Cloud {
  readonly world: World;
  readonly credentials: Credentials;
  readonly buckets: TokenBuckets;
  readonly stats: Stats;
  readonly faults: FaultSwitches<Faults>;
  readonly luckAt: (place: string) => Luck;
  /** Epoch seconds now, and up to when samples are published. */
  readonly now: () => number;
  readonly horizon: () => number;
}

/** What becomes of a request: an answer, a connection torn down, or silence. */
export type Outcome = Answer | 'reset' | 'hang';

/** Answers one request to the AWS API, as AWS or the faults in force would. Never throws for what a client sent. */
export async function answerAws(cloud: Cloud, request: SignedRequest): Promise<Outcome> {
  const authorization = parseAuthorization(headerText(request, 'authorization'));
  const service = serviceOf(authorization?.service);
  const region = authorization?.region ?? 'us-east-1';
  const requestId = randomUUID();
  const params = paramsOf(service, request);
  const action = actionOf(service, request, params);
  const call: IncomingCall = { cloud, request, authorization, service, region, requestId, params, action };
  try {
    return await answerCall(call);
  } catch (caught) {
    if (!(caught instanceof ApiError)) throw caught;
    return wrapError(service, caught, requestId);
  }
}

interface IncomingCall {
  readonly cloud: Cloud;
  readonly request: SignedRequest;
  readonly authorization: Authorization | undefined;
  readonly service: ServiceName;
  readonly region: string;
  readonly requestId: string;
  readonly params: URLSearchParams;
  readonly action: string;
}

async function answerCall(call: IncomingCall): Promise<Outcome> {
  const { cloud, service, region, requestId, action } = call;
  const principal = principalOf(call);
  const account = principal?.account.id ?? 'anonymous';
  const luck = cloud.luckAt(`${action}/${account}/${region}`);
  const faults = cloud.faults.current;
  const row = cloud.stats.of(action, account, region);
  row.calls++;
  const waitMs = faults.latencyMs + faults.latencyJitterMs * luck.draw('latency');
  if (waitMs > 0) await delay(waitMs);
  const fault = interruption(call, luck);
  if (fault !== undefined) {
    row.failed++;
    return fault;
  }
  try {
    return wrapResult(service, action, resultOf(call, principal, luck, row), requestId);
  } catch (caught) {
    if (caught instanceof ApiError && isThrottle(caught)) row.throttled++;
    else row.failed++;
    throw caught;
  }
}

function isThrottle({ code }: ApiError): boolean {
  return (
    code === 'RequestLimitExceeded' ||
    code === 'TooManyRequestsException' ||
    code === 'SlowDown' ||
    code.startsWith('Throttling')
  );
}

function interruption({ cloud, service, region, requestId }: IncomingCall, luck: Luck): Outcome | undefined {
  const { hangingRegions, malformedRegions, resetRate } = cloud.faults.current;
  if (hangingRegions.includes(region)) return 'hang';
  if (luck.draw('reset') < resetRate) return 'reset';
  return malformedRegions.includes(region) ? wrapBroken(service, requestId) : undefined;
}

function principalOf({ cloud, request, authorization, service, action }: IncomingCall): Principal | undefined {
  if (authorization !== undefined) return cloud.credentials.authenticate(service, request, authorization);
  if (action === 'AssumeRoleWithWebIdentity') return undefined;
  throw new ApiError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
}

function resultOf(call: IncomingCall, principal: Principal | undefined, luck: Luck, row: OperationStats): string {
  const { cloud, service, action, params, region } = call;
  const { world, credentials, buckets } = cloud;
  const faults = cloud.faults.current;
  if (principal === undefined) return answerSts({ params, principal, accounts: world.accounts, credentials });
  const cell = cellOf(world, principal, region, service);
  const visitor: Visitor = { service, action, principal, cell, faults, luck };
  letIn(visitor, params, buckets);
  switch (service) {
    case 'sts':
      return answerSts({ params, principal, accounts: world.accounts, credentials });
    case 'ec2':
      return answerEc2({ params, cell, now: cloud.now(), shuffle: mix(cell.seed, luck.turn) });
    case 'monitoring':
      return answerCloudwatch(call, visitor, row);
    default:
      return answerManaged({ service, action, params, cell, now: cloud.now() });
  }
}

function answerCloudwatch({ cloud, request, action }: IncomingCall, visitor: Visitor, row: OperationStats): string {
  const { cell, faults, luck } = visitor;
  const now = cloud.now();
  if (action === 'ListMetrics') return listMetrics(readBody(request.body), cell, now);
  if (action !== 'GetMetricData') throw refuse('monitoring', 'unknown_action');
  const body = readBody(request.body);
  const admit = admitDatapoints(visitor, cloud.buckets, now);
  const { json, queries, datapoints } = getMetricData({
    body,
    cell,
    now,
    horizon: cloud.horizon(),
    faults,
    luck,
    admit,
  });
  row.queries += queries;
  row.datapoints += datapoints;
  return json;
}

function cellOf(world: World, { account }: Principal, code: string, service: ServiceName): Cell {
  const region = findRegion(code);
  if (region === undefined) throw refuse(service, 'bad_signature');
  return world.cell(account, region);
}

function serviceOf(name = ''): ServiceName {
  return isService(name) ? name : 'sts';
}

/** Of a form, or of a REST request's query. */
function paramsOf(service: ServiceName, { url, body }: SignedRequest): URLSearchParams {
  if (service === 'monitoring') return new URLSearchParams();
  return new URLSearchParams(protocols[service].startsWith('rest') ? (url.split('?')[1] ?? '') : body);
}

function actionOf(service: ServiceName, request: SignedRequest, params: URLSearchParams): string {
  switch (protocols[service]) {
    case 'json':
      return headerText(request, 'x-amz-target')?.replace('GraniteServiceVersion20100801.', '') ?? '';
    case 'rest-json':
    case 'rest-xml':
      return restActions[`${service} ${request.method} ${request.url.split('?')[0]}`] ?? '';
    default:
      return params.get('Action') ?? '';
  }
}

const restActions: Readonly<Record<string, string>> = {
  'lambda GET /2015-03-31/functions': 'ListFunctions',
  's3 GET /': 'ListBuckets',
};

function headerText({ headers }: SignedRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
