/** What can be made to go wrong. Rates are chances per call, 0 to 1; all default to nothing wrong. */
export interface Faults {
  /** Added to every answer, milliseconds: fixed, and up to `latencyJitterMs` more. */
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  /** Scales every quota: 0.1 is a tenth of AWS's, Infinity is none. */
  readonly quotaMultiplier: number;
  /** GetMetricData calls whose page ends early, with PartialData and a NextToken. */
  readonly partialDataRate: number;
  /** GetMetricData results (each query on its own) that come back as InternalError, empty. */
  readonly internalErrorRate: number;
  /** Calls answered 500 or 503. */
  readonly serverErrorRate: number;
  /** Calls whose connection is torn down instead of an answer. */
  readonly resetRate: number;
  /** Of every `every` calls of one operation, account and region, the first `lasts` are throttled. */
  readonly throttleStorm: { readonly every: number; readonly lasts: number } | undefined;
  /** `<account id>/<region>`, either of which may be `*`, where EC2 answers UnauthorizedOperation. */
  readonly deniedEc2: readonly string[];
  /** The same for CloudWatch: AccessDeniedException. */
  readonly deniedCloudwatch: readonly string[];
  /** Other services, by their name in a credential scope, that refuse every call: `rds`, `s3`, … */
  readonly deniedServices: readonly string[];
  /** `<namespace>/<metric>` whose GetMetricData results are Forbidden. */
  readonly forbiddenMetrics: readonly string[];
  /** Instance ids that fail every GetMetricData call naming them with ValidationError. */
  readonly poisonedInstances: readonly string[];
  /** Regions that never answer. */
  readonly hangingRegions: readonly string[];
  /** Regions that answer 200 with a body that breaks off. */
  readonly malformedRegions: readonly string[];
}

/** Nothing wrong: quotas as AWS has them, answers at once. */
export const noFaults: Faults = {
  latencyMs: 0,
  latencyJitterMs: 0,
  quotaMultiplier: 1,
  partialDataRate: 0,
  internalErrorRate: 0,
  serverErrorRate: 0,
  resetRate: 0,
  throttleStorm: undefined,
  deniedEc2: [],
  deniedCloudwatch: [],
  deniedServices: [],
  forbiddenMetrics: [],
  poisonedInstances: [],
  hangingRegions: [],
  malformedRegions: [],
};

/** Whether a list of `<account id>/<region>` patterns names this place. */
export function namesPlace(patterns: readonly string[], accountId: string, region: string): boolean {
  return patterns.some((pattern) => {
    const [account, place] = pattern.split('/');
    return (account === '*' || account === accountId) && (place === '*' || place === region);
  });
}
