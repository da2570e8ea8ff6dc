/** What can be made to go wrong. Rates are chances per call, 0 to 1; all default to nothing wrong. */
export interface Faults {
  /** Added to every answer, milliseconds: fixed, and up to `latencyJitterMs` more. */
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  /** Scales every quota: 0.1 is a tenth of Azure's, Infinity is none. */
  readonly quotaMultiplier: number;
  /** Of every `every` calls of one operation, subscription and region, the first `lasts` are answered 429. Not of logins. */
  readonly throttleStorm: { readonly every: number; readonly lasts: number } | undefined;
  /** Calls to the metrics service answered 529. */
  readonly overloadRate: number;
  /** Calls answered 500 or 503. */
  readonly serverErrorRate: number;
  /** Calls whose connection is torn down instead of an answer. */
  readonly resetRate: number;
  /** Calls of getBatch answered 500, ArgumentOutOfRangeException. */
  readonly outOfRangeRate: number;
  /** Metrics (each of each resource on its own) that come back with an error code, empty. */
  readonly metricErrorRate: number;
  /** `<subscription id>/<region>`, either of which may be `*`, where the metrics service answers AuthorizationFailed. */
  readonly deniedMetrics: readonly string[];
  /** Subscriptions, or `*`, where Resource Manager and Resource Graph answer AuthorizationFailed. */
  readonly deniedManagement: readonly string[];
  /** Resource ids that the metrics service no longer knows: they fail every batch that names them. */
  readonly missingResources: readonly string[];
  /** Hosts that never answer: `login`, `management`, or a region's metrics service by its region. */
  readonly hangingHosts: readonly string[];
  /** Hosts that answer 200 with a body that breaks off. */
  readonly malformedHosts: readonly string[];
}

/** Nothing wrong: quotas as Azure has them, answers at once. */
export const noFaults: Faults = {
  latencyMs: 0,
  latencyJitterMs: 0,
  quotaMultiplier: 1,
  throttleStorm: undefined,
  overloadRate: 0,
  serverErrorRate: 0,
  resetRate: 0,
  outOfRangeRate: 0,
  metricErrorRate: 0,
  deniedMetrics: [],
  deniedManagement: [],
  missingResources: [],
  hangingHosts: [],
  malformedHosts: [],
};
