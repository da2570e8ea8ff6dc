import type { MetricRequest } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Resource } from '#model/resource.ts';

/** What a provider's folder brings as `testbed.fixture.ts`. */
export interface Testbeds {
  openTestbed(): Promise<Testbed>;
}

/**
 * A place to try a provider in: a cloud that shares no code with it, and knows what its resources really did. The contract
 * says the rest, for all providers alike.
 */
export interface Testbed {
  /** Opens the cloud; what `parseSecret` takes. */
  readonly secret: unknown;
  /** The same, but wrong: the cloud knows nobody of it. */
  readonly wrongSecret: unknown;
  /** Texts that open something: none may ever be shown. */
  readonly openers: readonly string[];
  /** The world stands still at this time, epoch milliseconds. */
  readonly now: number;
  /** Which of the cloud's limits a planned request would break, in words; undefined where none. */
  brokenLimit(request: MetricRequest): string | undefined;
  /**
   * What a resource really did over `[start, end)` in epoch seconds, in the key's unit; undefined where nothing was there to
   * be seen.
   */
  truth(resource: Resource, key: MetricKey, start: number, end: number): Truth | undefined | Promise<Truth | undefined>;
  /** Makes something go wrong with every call from now on; undefined puts it right again. */
  breakDown(how: Breakdown | undefined): void;
  /** Requests received so far. */
  requests(): number;
  stop(): Promise<void>;
}

export interface Truth {
  /** Over the seconds observed. */
  readonly avg: number;
  readonly max: number;
  readonly seconds: number;
}

export const breakdowns = [
  /** Some calls are answered by "slow down", and the next time by what was asked. */
  'throttled now and then',
  /** Some calls fail on the server's side, or their connection breaks. */
  'unreliable',
  /** Some of the metrics are refused or fail, whenever they are asked for; the others come. */
  'partial',
  /** Each read of metrics is refused. */
  'metrics denied',
  /** Each look at what there is is refused. */
  'discovery denied',
  /** Answers break off in the middle. */
  'malformed',
  /** No call is ever answered. */
  'hung',
] as const;
export type Breakdown = (typeof breakdowns)[number];
