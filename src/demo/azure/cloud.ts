import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OperationStats, Stats } from '../aws/stats.ts';
import type { FaultSwitches } from '../fleet/fault-switches.ts';
import type { Luck } from '../fleet/luck.ts';
import type { TokenBuckets } from '../fleet/token-buckets.ts';
import { type EntraContext, grantToken, instanceDiscovery, openIdConfiguration } from './entra.ts';
import { ApiError } from './errors.ts';
import type { Faults } from './faults.ts';
import { failByLuck, letInGraph, letInManagement, letInMetrics, type Visitor } from './gate.ts';
import { getBatch } from './get-batch.ts';
import { managedIdentityToken } from './instance-metadata.ts';
import { listSkus, listSubscriptions, visibleSubscriptions } from './management.ts';
import { metricDefinitions } from './metric-definitions.ts';
import type { MetricsAnswer, MetricsCall } from './metrics-call.ts';
import type { Windows } from './quotas.ts';
import type { ResourceGraph } from './resource-graph.ts';
import { resourceMetrics } from './resource-metrics.ts';
import { type AzureRequest, type Operation, type Route, readRoute } from './route.ts';
import type { World } from './world.ts';

/** All that the simulated cloud consists of, put together by `server.ts`. */
export interface Cloud {
  readonly world: World;
  readonly entra: EntraContext;
  readonly graph: ResourceGraph;
  readonly buckets: TokenBuckets;
  readonly windows: Windows;
  readonly stats: Stats;
  readonly faults: FaultSwitches<Faults>;
  readonly luckAt: (place: string) => Luck;
  /** Epoch seconds now, and up to when samples are published. */
  readonly now: () => number;
  readonly horizon: () => number;
  /** How long Resource Graph shows what was deleted, seconds. */
  readonly graphLagSeconds: number;
  readonly subscriptionsPerPage: number;
}

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of a request: an answer, a connection torn down, or silence. */
export type Outcome = Answer | 'reset' | 'hang';

/** Answers one request to the Azure APIs, as Azure or the faults in force would. Never throws for what a client sent. */
export async function answerAzure(cloud: Cloud, request: AzureRequest): Promise<Outcome> {
  const route = readRoute(request);
  const { operation } = route;
  if (operation === undefined) {
    return errorAnswer(new ApiError(404, 'NotFound', `The simulation has no ${request.method} ${route.url.pathname}`));
  }
  const account = route.subscription || route.tenant || '-';
  const region = ['login', 'metadata', 'management'].includes(route.host) ? 'global' : route.host;
  const luck = cloud.luckAt(`${operation}/${account}/${region}`);
  const row = cloud.stats.of(operation, account, region);
  row.calls++;
  const { latencyMs, latencyJitterMs } = cloud.faults.current;
  const waitMs = latencyMs + latencyJitterMs * luck.draw('latency');
  if (waitMs > 0) await delay(waitMs);
  const fault = interruption(cloud.faults.current, route, luck);
  if (fault !== undefined) {
    row.failed++;
    return fault;
  }
  try {
    return answerOperation({ cloud, request, route, operation, luck, row });
  } catch (caught) {
    if (!(caught instanceof ApiError)) throw caught;
    if (caught.status === 429 || caught.status === 529) row.throttled++;
    else row.failed++;
    return errorAnswer(caught);
  }
}

function interruption(faults: Faults, { host }: Route, luck: Luck): Outcome | undefined {
  if (faults.hangingHosts.includes(host)) return 'hang';
  if (luck.draw('reset') < faults.resetRate) return 'reset';
  return faults.malformedHosts.includes(host) ? jsonAnswer('{"value":[{"id":') : undefined;
}

interface IncomingCall {
  readonly cloud: Cloud;
  readonly request: AzureRequest;
  readonly route: Route;
  readonly operation: Operation;
  readonly luck: Luck;
  readonly row: OperationStats;
}

function answerOperation(call: IncomingCall): Answer {
  const { cloud, request, route, operation } = call;
  const { entra } = cloud;
  failByLuck(visitorOf(call));
  switch (operation) {
    case 'token':
      return jsonAnswer(grantToken(entra, route.tenant, new URLSearchParams(request.body)));
    case 'openIdConfiguration':
      return jsonAnswer(openIdConfiguration(route.url.origin, route.tenant));
    case 'signingKeys':
      return jsonAnswer({ keys: [entra.tokens.jwk] });
    case 'instanceDiscovery': {
      const endpoint = route.url.searchParams.get('authorization_endpoint') ?? '';
      return jsonAnswer(instanceDiscovery(route.url.origin, endpoint));
    }
    case 'managedIdentityToken': {
      const identity = { search: route.url.searchParams, metadataHeader: headerText(request, 'metadata') };
      return jsonAnswer(managedIdentityToken(entra.tenants, entra.tokens, identity));
    }
    case 'getBatch':
      return answerGetBatch(call);
    default:
      return answerManagement(call, operation);
  }
}

function answerGetBatch(call: IncomingCall): Answer {
  const { cloud, request, route } = call;
  letInMetrics(visitorOf(call), cloud.entra.tokens.verify(headerText(request, 'authorization'), 'metrics'));
  refuseVersion(route, ['2023-10-01', '2024-02-01']);
  const { subscription: subscriptionId, host: region } = route;
  return counted(call, getBatch({ ...metricsCall(call), subscriptionId, region, body: request.body }));
}

function answerManagement(
  call: IncomingCall,
  operation: Extract<Operation, 'subscriptions' | 'skus' | 'metrics' | 'metricDefinitions' | 'resources'>,
): Answer {
  const { cloud, request, route, luck } = call;
  const principal = cloud.entra.tokens.verify(headerText(request, 'authorization'), 'management');
  if (operation === 'resources') {
    const headers = letInGraph(visitorOf(call), principal);
    refuseVersion(route, ['2021-03-01', '2022-10-01', '2024-04-01']);
    const visible = visibleSubscriptions(principal)
      .map(({ id }) => id)
      .filter((id) => !cloud.faults.current.deniedManagement.includes(id));
    const { world, graph, graphLagSeconds: lagSeconds } = cloud;
    const graphCall = { world, body: request.body, visible, now: cloud.now(), lagSeconds, shuffle: luck.turn };
    return jsonAnswer(graph.answer(graphCall), headers);
  }
  letInManagement(visitorOf(call), principal);
  refuseVersion(route);
  switch (operation) {
    case 'subscriptions':
      return jsonAnswer(listSubscriptions(principal, route.url, cloud.subscriptionsPerPage));
    case 'skus':
      return jsonAnswer(listSkus(route.url.searchParams.get('$filter')));
    case 'metrics':
      return counted(call, resourceMetrics(metricsCall(call), route.resource));
    case 'metricDefinitions':
      return jsonAnswer(metricDefinitions(metricsCall(call), route.resource));
  }
}

function visitorOf({ cloud, operation, route, luck }: IncomingCall): Visitor {
  const { buckets, windows, world } = cloud;
  return { operation, route, luck, buckets, windows, tenants: world.tenants, faults: cloud.faults.current };
}

function metricsCall({ cloud, route, luck }: IncomingCall): MetricsCall {
  const { world, faults } = cloud;
  const search = route.url.searchParams;
  return { world, search, luck, now: cloud.now(), horizon: cloud.horizon(), faults: faults.current };
}

function counted({ row }: IncomingCall, { json, queries, datapoints }: MetricsAnswer): Answer {
  row.queries += queries;
  row.datapoints += datapoints;
  return jsonAnswer(json);
}

/** Refuses a call that names no version of the API, or one that is not known. @param known default: any */
function refuseVersion({ url }: Route, known?: readonly string[]): void {
  const version = url.searchParams.get('api-version');
  if (version === null) {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    throw new ApiError(400, 'MissingApiVersionParameter', message);
  }
  const valid = known?.includes(version) ?? /^\d{4}-\d\d-\d\d(-preview)?$/.test(version);
  if (!valid) throw new ApiError(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
}

/** @param body JSON text, or a value to be written as such */
function jsonAnswer(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return answer(200, typeof body === 'string' ? body : JSON.stringify(body), headers);
}

function errorAnswer({ status, body, headers }: ApiError): Answer {
  return answer(status, JSON.stringify(body), headers);
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>>): Answer {
  const type = 'application/json; charset=utf-8';
  return { status, body, headers: { 'content-type': type, 'x-ms-request-id': randomUUID(), ...headers } };
}

function headerText({ headers }: AzureRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
