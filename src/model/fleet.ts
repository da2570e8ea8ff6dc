import type { DayCell } from './day-cell.ts';
import type { CollectError } from './errors.ts';
import type { MetricKey } from './metric.ts';
import type { MissingReason } from './missing.ts';
import type { Resource } from './resource.ts';
import type { Statistic } from './statistic.ts';
import type { Day, DayRange } from './window.ts';

/** A place that has resources and can measure them: one account of one cloud. */
export interface Fleet<R extends Resource = Resource, Q extends MetricRequest = MetricRequest, S = unknown> {
  readonly provider: string;
  readonly account: string;

  /** What its owner calls the account, where the cloud tells. */
  readonly name?: string;

  /** The accounts whose resources are here, where they are others than `account` alone. */
  readonly accounts?: readonly string[];

  /** Whether metrics are read region by region; else the one place to read is `global`, whatever regions its resources are in. */
  readonly isRegional: boolean;

  /** How many resources make the best use of a call when they are planned together. */
  readonly batchSize: number;

  /** The same where percentiles are wanted, so that the points fit the memory; `batchSize` where absent. */
  readonly pointsBatchSize?: number;

  /** The regions of this account that can hold resources, or `global`; free of charge. */
  regions(signal: AbortSignal): Promise<readonly string[]>;

  /**
   * The resources of a region, or all where it is `global`, each once, as pages; free of charge. A page that fits a batch is
   * planned together.
   *
   * @throws CollectError where some could not be found, after the pages of those that could: what was found holds
   */
  resources(region: string, types: readonly string[], signal: AbortSignal): AsyncIterable<readonly R[]>;

  /**
   * What a plan for this region needs to know and discovery does not tell, such as which servers run a metric agent.
   * May bill: never called before the plan is shown. @throws CollectError
   *
   * @param types of the resources that the run reads, by id; servers where absent
   */
  survey(region: string, signal: AbortSignal, types?: readonly string[]): Promise<S>;

  /** At most what a survey costs in a region with so many resources of these types; of servers where absent. */
  surveyCost(servers: number, types?: readonly string[]): Cost;

  /**
   * Splits the wanted measurements into requests, none of which breaks the source's limits. Pure: same input, same plan.
   *
   * @param survey undefined before the run was agreed to: then the plan assumes that all that could be there is there
   */
  plan(wants: readonly Want<R>[], survey: S | undefined): MetricPlan<Q>;

  /** Makes as few requests as it can of the follow-ups to a batch, which come in small pieces. Pure. */
  join(followUps: readonly Q[]): readonly Q[];

  /** Sends one request and whatever paging it needs. @throws CollectError where the request failed as a whole */
  fetch(request: Q, signal: AbortSignal): Promise<MetricReply<Q>>;

  /** Where a key of this server comes from, in the cloud's own words. */
  source(resource: R, key: MetricKey): MetricSource;
}

/** Days of one server to ask for. */
export interface Want<R extends Resource = Resource> {
  readonly resource: R;
  readonly keys: readonly MetricKey[];
  readonly days: DayRange;
  readonly statistics: readonly Statistic[];
}

export interface MetricPlan<Q extends MetricRequest = MetricRequest> {
  readonly requests: readonly Q[];
  /** Wanted, but there is nothing to ask: known without a call. */
  readonly unasked: readonly Unasked[];
  /** What follow-ups could add at most. */
  readonly reserve: Cost;
}

export interface Unasked {
  readonly resourceId: string;
  readonly key: MetricKey;
  readonly reason: MissingReason;
  /** Present where it is a failure, not a fact about the server. */
  readonly error?: CollectError;
}

/** One bulk request that is not yet sent. A provider extends it with its own queries. */
export interface MetricRequest {
  readonly region: string;
  readonly days: DayRange;
  /** Each measurement that this request answers; over all requests of a plan each comes once. */
  readonly covers: readonly Covered[];
  readonly cost: Cost;
}

export interface Covered {
  readonly resourceId: string;
  readonly keys: readonly MetricKey[];
}

export interface MetricReply<Q extends MetricRequest = MetricRequest> {
  /** To be taken one by one: where there are many, each is made when it is its turn. */
  readonly answers: Iterable<Answer>;
  /** Covered, but not answered; the days stay unasked. */
  readonly failures: readonly Failure[];
  /** Days that this reply left open because they need a closer look; their answers come with these requests. */
  readonly followUps: readonly Q[];
}

/** The days of one key that are now known. Days without a point are there as empty cells. */
export interface Answer {
  readonly resourceId: string;
  readonly key: MetricKey;
  readonly cells: ReadonlyMap<Day, DayCell>;
}

export interface Failure {
  readonly resourceId: string;
  readonly key: MetricKey;
  readonly reason: MissingReason;
  readonly error: CollectError;
}

export interface MetricSource {
  /** `AWS/EC2 CPUUtilization` */
  readonly source: string;
  /** Length of the points that average and maximum are made of, in seconds. */
  readonly period: number;
}

/** Of calls, before or after they are made. */
export interface Cost {
  readonly calls: number;
  /** Native metrics asked for: the unit that AWS bills. */
  readonly metrics: number;
  readonly points: number;
  /** At list price. */
  readonly usd: number;
  /** The upper bound where the price list can be read in two ways. */
  readonly usdAtMost: number;
}

export const noCost: Cost = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };

/** Of USD, behind the point: finer than any price. */
const usdDigits = 9;
/** What the same prices differ by at most, added up in another order. USD. */
export const usdRounding = 10 ** -usdDigits;

/** The same for the same prices, in whatever order they were added up. */
export function roundedCost({ usd, usdAtMost, ...cost }: Cost): Cost {
  return { ...cost, usd: Number(usd.toFixed(usdDigits)), usdAtMost: Number(usdAtMost.toFixed(usdDigits)) };
}

export function addCosts(costs: Iterable<Cost>): Cost {
  let sum = noCost;
  for (const cost of costs) {
    sum = {
      calls: sum.calls + cost.calls,
      metrics: sum.metrics + cost.metrics,
      points: sum.points + cost.points,
      usd: sum.usd + cost.usd,
      usdAtMost: sum.usdAtMost + cost.usdAtMost,
    };
  }
  return sum;
}
