import type { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { TaskOptions } from './task-options.ts';

/** Where a collection reads from: a cloud, or the platform. Opened for one call, then closed. */
export interface Source {
  /** Layouts that we send would replace those of the cloud's own collector. */
  readonly replacesLayouts: boolean;
  /** What the call is to read, piece by piece. */
  places(): AsyncIterable<Place | Unreadable>;
  /** Tasks that together are exactly the whole of what the call is to read. */
  tasks(): Promise<readonly TaskOptions[]>;
  /** Makes every kind of call that a collection makes. @throws CollectError the first refusal, naming what is missing */
  verify(): Promise<void>;
  close(): void;
}

export interface Place {
  readonly provider: string;
  readonly fleet: Fleet;
  readonly region: string;
  /** What is wanted of its servers. */
  readonly keys: readonly MetricKey[];
  /** What can be measured there, for the layout. */
  readonly measurable: readonly MetricKey[];
}

/** What the call is to read, and cannot. */
export interface Unreadable {
  readonly provider: string;
  readonly error: CollectError;
}
