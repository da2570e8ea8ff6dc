import type { Luck } from '../fleet/luck.ts';
import type { TokenBuckets } from '../fleet/token-buckets.ts';
import type { Principal } from './access-tokens.ts';
import { entraError } from './entra.ts';
import { ApiError, throttled } from './errors.ts';
import type { Faults } from './faults.ts';
import { accessTo } from './management.ts';
import { quotas, type Windows } from './quotas.ts';
import { findRegion } from './regions.ts';
import { graphError } from './resource-graph.ts';
import type { Operation, Route } from './route.ts';
import type { SimSubscription, SimTenant } from './tenants.ts';

/** A call whose place is known, about to be let in or not. */
export interface Visitor {
  readonly operation: Operation;
  readonly route: Route;
  readonly tenants: readonly SimTenant[];
  readonly buckets: TokenBuckets;
  readonly windows: Windows;
  readonly faults: Faults;
  readonly luck: Luck;
}

const actions: Readonly<Partial<Record<Operation, string>>> = {
  subscriptions: 'Microsoft.Resources/subscriptions/read',
  skus: 'Microsoft.Compute/skus/read',
  metrics: 'Microsoft.Insights/metrics/read',
  metricDefinitions: 'Microsoft.Insights/metricDefinitions/read',
  resources: 'Microsoft.ResourceGraph/resources/read',
  getBatch: 'Microsoft.Insights/metrics/read',
};

/** Fails a call for what luck and the faults in force have for it, before anybody looks at it. @throws ApiError */
export function failByLuck({ operation, route, faults, luck }: Visitor): void {
  const login = route.host === 'login' || route.host === 'metadata';
  const { throttleStorm, serverErrorRate, overloadRate } = faults;
  if (!login && throttleStorm && luck.turn % throttleStorm.every < throttleStorm.lasts) throw busy(operation, 1);
  if (operation === 'getBatch' && luck.draw('overload') < overloadRate) {
    throw new ApiError(529, 'ServerOverloaded', 'The metrics backend is throttling requests.');
  }
  if (luck.draw('server error') >= serverErrorRate) return;
  if (login)
    throw entraError(503, 'temporarily_unavailable', 90033, 'A transient error has occurred. Please try again.');
  if (luck.draw('which error') < 0.5)
    throw new ApiError(500, 'InternalServerError', 'Encountered internal server error.');
  throw new ApiError(503, 'ServerTimeout', 'The request timed out. Please try again.');
}

function busy(operation: Operation, afterSeconds: number): ApiError {
  if (operation === 'resources') return graphBusy(quotaHeaders(0, afterSeconds));
  const code = operation === 'getBatch' ? 'TooManyRequests' : 'SubscriptionRequestsThrottled';
  const message = `Number of 'read' requests exceeded. Please try again after '${afterSeconds}' seconds after additional tokens are available.`;
  return throttled(code, message, afterSeconds);
}

function graphBusy(headers: Readonly<Record<string, string>>): ApiError {
  const message =
    'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed.';
  const { status, code, body } = graphError(429, 'RateLimiting', { code: 'RateLimiting', message });
  return new ApiError(status, code, message, { body, headers });
}

function quotaHeaders(remaining: number, seconds: number): Readonly<Record<string, string>> {
  const resetsAfter = `00:00:${String(seconds).padStart(2, '0')}`;
  return { 'x-ms-user-quota-remaining': String(remaining), 'x-ms-user-quota-resets-after': resetsAfter };
}

/** Lets a call to Resource Manager in, or refuses it for what Azure would. @throws ApiError */
export function letInManagement(visitor: Visitor, principal: Principal): void {
  const { operation, route, faults } = visitor;
  const subscription = route.subscription === '' ? undefined : subscriptionOf(visitor, principal);
  if (subscription !== undefined) {
    const access = accessTo(principal, subscription);
    if (access === undefined || (access === 'resources' && operation === 'skus')) throw forbidden(visitor, principal);
  }
  if (faults.deniedManagement.some((id) => id === '*' || id === subscription?.id)) throw forbidden(visitor, principal);
  const scope = subscription?.id ?? principal.tenant.id;
  takeQuota(visitor, `reads/${scope}/${principal.application.objectId}`, 'reads');
}

/** Lets a query to Resource Graph in. @returns headers that tell what is left of the quota @throws ApiError */
export function letInGraph(visitor: Visitor, principal: Principal): Readonly<Record<string, string>> {
  const { faults, windows } = visitor;
  if (faults.deniedManagement.includes('*')) throw forbidden(visitor, principal);
  const level = windows.take(principal.application.objectId, faults.quotaMultiplier);
  const headers = quotaHeaders(level.remaining, Math.ceil(level.resetsAfterMs / 1000));
  if (level.granted) return headers;
  throw graphBusy(headers);
}

/** Lets a call to a region's metrics service in. @throws ApiError */
export function letInMetrics(visitor: Visitor, principal: Principal): void {
  const { route, faults } = visitor;
  if (findRegion(route.host) === undefined) throw new ApiError(404, 'NotFound', `There is no region ${route.host}.`);
  const subscription = subscriptionOf(visitor, principal);
  if (accessTo(principal, subscription) !== 'subscription') {
    const { code, message } = forbidden(visitor, principal);
    throw new ApiError(401, code, message);
  }
  if (subscription.insightsUnregistered) {
    const message = "The subscription is not registered to use namespace 'Microsoft.Insights'.";
    throw new ApiError(403, 'MissingSubscriptionRegistration', message);
  }
  const denied =
    subscription.deniedRegions?.includes(route.host) || namesPlace(faults.deniedMetrics, subscription.id, route.host);
  if (denied) throw forbidden(visitor, principal);
  takeQuota(visitor, `metrics/${subscription.id}/${route.host}`, 'metrics');
}

function subscriptionOf({ route, tenants }: Visitor, { tenant }: Principal): SimSubscription {
  for (const one of tenants) {
    const subscription = one.subscriptions.find(({ id }) => id === route.subscription);
    if (subscription === undefined) continue;
    if (one === tenant) return subscription;
    const message = `The access token is from the wrong issuer. It must match the tenant '${one.id}' associated with this subscription.`;
    throw new ApiError(401, 'InvalidAuthenticationTokenTenant', message);
  }
  throw new ApiError(404, 'SubscriptionNotFound', `The subscription '${route.subscription}' could not be found.`);
}

function forbidden({ operation, route }: Visitor, { application }: Principal): ApiError {
  const scope = route.resource || (route.subscription === '' ? '/' : `/subscriptions/${route.subscription}`);
  const message = `The client '${application.clientId}' with object id '${application.objectId}' does not have authorization to perform action '${actions[operation]}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
  return new ApiError(403, 'AuthorizationFailed', message);
}

function takeQuota({ operation, buckets, faults }: Visitor, key: string, name: keyof typeof quotas): void {
  const quota = quotas[name];
  if (buckets.take(key, quota, 1, faults.quotaMultiplier)) return;
  throw busy(operation, Math.max(1, Math.ceil(1 / (quota.perSecond * faults.quotaMultiplier))));
}

function namesPlace(patterns: readonly string[], subscriptionId: string, region: string): boolean {
  return patterns.some((pattern) => {
    const [subscription, place] = pattern.split('/');
    return (subscription === '*' || subscription === subscriptionId) && (place === '*' || place === region);
  });
}
