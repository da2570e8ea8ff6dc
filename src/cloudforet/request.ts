import type { CollectError } from '#model/errors.ts';
import type { MetricRequest } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { ObservedTime } from './observed-time.ts';
import type { PlatformServer } from './platform-server.ts';

/** Servers to be asked for together: of each metric and statistic one call. */
export interface PlatformRequest extends MetricRequest {
  /** Position among the provider's data sources. */
  readonly source: number;
  readonly asked: readonly Asked[];
  readonly wantsMin: boolean;
  /** Not to be joined with others again: together they failed. */
  readonly isApart: boolean;
}

export interface Asked {
  readonly server: PlatformServer;
  /** Servers with the same are asked by the platform together: in one call they are one chunk. */
  readonly group: string;
  readonly keys: readonly MetricKey[];
  /** Whether metrics are asked that are unlikely for the server, the others having had nothing. */
  readonly isSecondLook: boolean;
  /** By counter: what is known of the server's time already. */
  readonly times: ReadonlyMap<string, ObservedTime | undefined>;
  /** Why an earlier data source did not answer. */
  readonly error: CollectError | undefined;
}
