import type { Quota } from '../fleet/token-buckets.ts';
import type { ServiceName } from './services.ts';

interface NamedQuota extends Quota {
  /** As errors call it. */
  readonly name: string;
}

const perMinute = (name: string, calls: number): NamedQuota => ({ name, perSecond: calls / 60, burst: calls });

/** Calls a minute, each per project. */
export const quotas: Readonly<Partial<Record<ServiceName, NamedQuota>>> = {
  compute: perMinute('Read requests', 1500),
  monitoring: perMinute('Time series queries', 6000),
  cloudresourcemanager: perMinute('Read requests', 600),
  sqladmin: perMinute('Queries', 180),
  iamcredentials: perMinute('Generate credentials requests', 60_000),
};
