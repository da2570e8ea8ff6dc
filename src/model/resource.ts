import type { MetricKey } from './metric.ts';

export type ResourceState = 'PENDING' | 'RUNNING' | 'STOPPED' | 'TERMINATED' | 'UNKNOWN';

/** One server, or another resource that is measured, as discovery finds it. A provider's own resources extend this with what its planner needs. */
export interface Resource {
  /** `aws`, `google_cloud`, … */
  readonly provider: string;
  /** Cloudforet's `cloud_service_group` and `cloud_service_type`. */
  readonly group: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  /** The cloud's own id, as read. */
  readonly id: string;
  /** The id that the cloud's metrics know it by, where it is another one. */
  readonly instanceId?: string;
  readonly name: string;
  readonly state: ResourceState;
  readonly instanceType: string;
  readonly zone?: string;
  readonly vcpus?: number;
  /** Epoch seconds; the earliest time at which the server is known to have existed. */
  readonly createdAt?: number;
  /** Epoch seconds; since when the id is its own, where the cloud may give an id again: what is of earlier days is another's. */
  readonly idSince?: number;
  /** Epoch seconds; when a server that is now stopped was stopped, where the cloud says it. */
  readonly stoppedAt?: number;
  readonly platform?: string;
  /** What can be measured of resources of its type. */
  readonly metrics: readonly MetricKey[];
  readonly tags: Readonly<Record<string, string>>;
  readonly externalLink?: string;
  /** Metrics that discovery already knows and that do not change, such as `memory.total`. */
  readonly constants: Readonly<Partial<Record<MetricKey, number>>>;
}
