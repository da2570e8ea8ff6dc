/** What can be made to go wrong. Rates are chances per call, 0 to 1; all default to nothing wrong. */
export interface Faults {
  /** Added to every answer, milliseconds: fixed, and up to `latencyJitterMs` more. */
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  /** Scales every quota: 0.1 is a tenth of Google's, Infinity is none. */
  readonly quotaMultiplier: number;
  /** Calls answered 500 or 503. */
  readonly serverErrorRate: number;
  /** Calls whose connection is torn down instead of an answer. */
  readonly resetRate: number;
  /** Of every `every` calls of one operation and project, the first `lasts` are told that a quota is spent. */
  readonly throttleStorm: { readonly every: number; readonly lasts: number } | undefined;
  /** `<service>/<project id>`, either of which may be `*`, where callers lack the permission. */
  readonly denied: readonly string[];
  /** The same, where the API was never switched on: SERVICE_DISABLED. */
  readonly disabled: readonly string[];
  /** The same, where nothing ever answers. */
  readonly hanging: readonly string[];
  /** The same, where answers are 200 with a body that breaks off. */
  readonly malformed: readonly string[];
  /**
   * `<project id>/<zone>` that Compute Engine cannot list: a warning with `returnPartialSuccess`, else 503. With a region,
   * Cloud SQL leaves out what is there, with a warning.
   */
  readonly unreachableZones: readonly string[];
  /** `<project id>/<zone or region>` whose time series are left out, with `executionErrors`. */
  readonly unreadableSeries: readonly string[];
  /** Time series that one query can go through; over more it takes too long: 504 DEADLINE_EXCEEDED. */
  readonly mostSeries: number;
  /** How long new access tokens last. */
  readonly tokenSeconds: number;
}

/** Nothing wrong: quotas as Google has them, answers at once. */
export const noFaults: Faults = {
  latencyMs: 0,
  latencyJitterMs: 0,
  quotaMultiplier: 1,
  serverErrorRate: 0,
  resetRate: 0,
  throttleStorm: undefined,
  denied: [],
  disabled: [],
  hanging: [],
  malformed: [],
  unreachableZones: [],
  unreadableSeries: [],
  mostSeries: Number.POSITIVE_INFINITY,
  tokenSeconds: 3600,
};

/** Whether one of the patterns `<a>/<b>` names this pair; `*` stands for any. */
export function namesPlace(patterns: readonly string[], first: string, second: string): boolean {
  return patterns.some((pattern) => {
    const [a, b] = pattern.split('/');
    return (a === '*' || a === first) && (b === '*' || b === second);
  });
}
