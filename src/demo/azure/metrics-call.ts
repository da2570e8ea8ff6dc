import type { Luck } from '../fleet/luck.ts';
import type { Faults } from './faults.ts';
import { existenceOf, type Resource } from './resource.ts';
import type { World } from './world.ts';

/** What an answer with metrics is, as JSON text, and what it counts. */
export interface MetricsAnswer {
  readonly json: string;
  /** Metrics asked for, over all resources. */
  readonly queries: number;
  readonly datapoints: number;
}

/** What both metrics APIs need to answer; times are epoch seconds. */
export interface MetricsCall {
  readonly world: World;
  readonly search: URLSearchParams;
  readonly now: number;
  /** Samples from there on are not published yet. */
  readonly horizon: number;
  readonly faults: Faults;
  readonly luck: Luck;
}

/** Whether luck has a metric come back with an error code. */
export function metricFails({ faults, luck }: MetricsCall, metric: number): boolean {
  return faults.metricErrorRate > 0 && luck.draw(`metric error ${metric}`) < faults.metricErrorRate;
}

/** The resource that an id names, if it exists now. */
export function findLiving({ world, now, faults }: MetricsCall, id: string): Resource | undefined {
  const resource = world.find(id);
  if (resource === undefined) return undefined;
  const { createdAt, deletedAt } = existenceOf(resource);
  const poisoned = faults.missingResources.some((missing) => missing.toLowerCase() === id.toLowerCase());
  return createdAt <= now && now < deletedAt && !poisoned ? resource : undefined;
}
