import type { CollectError } from '#model/errors.ts';
import type { MetricKey } from '#model/metric.ts';
import { type MissingReason, reasonOf } from '#model/missing.ts';
import type { AgentIndex } from './agents.ts';
import { type Family, type KeyOf, monitoredTypes, type NativeMetric } from './catalog.ts';
import type { GoogleResource } from './resource.ts';

/** A key of a resource that is asked for. */
export interface Output {
  readonly resource: GoogleResource;
  readonly key: MetricKey;
  /** From the native unit. */
  readonly factor: number;
}

/** A native metric, and what is made of it. */
export interface Measurement {
  readonly native: NativeMetric;
  readonly outputs: readonly Output[];
  /** Time series of other resources that come with theirs, at most. */
  readonly bystanders: number;
}

/** Where a key of a resource comes from. */
export interface Route {
  readonly family: Family;
  readonly native: NativeMetric;
  readonly factor: number;
}

/** Why a key of a resource is not asked for. */
export interface NoRoute {
  readonly reason: MissingReason;
  readonly error?: CollectError;
}

/** @param agents undefined before the run was agreed to: then an agent is taken to be everywhere */
export function routeOf(resource: GoogleResource, key: MetricKey, agents: AgentIndex | undefined): Route | NoRoute {
  let gap: NoRoute | undefined;
  for (const family of familiesOf(resource)) {
    for (const native of family.metrics) {
      const own = native.keys.find((each) => each.key === key);
      if (own === undefined || !isOf(native, resource)) continue;
      const why = gapOf(family, resource, agents);
      const factor = factorOf(own, resource);
      if (why === undefined && factor !== undefined) return { family, native, factor };
      gap ??= why ?? { reason: 'unsupported' };
    }
  }
  // A constant that discovery brings; wanted only where the machine type could not be read.
  return gap ?? { reason: 'no_data' };
}

/** A database whose engine is not known has what all have. */
export function isOf({ engines }: NativeMetric, { engine }: GoogleResource): boolean {
  return engines === undefined || (engine !== undefined && engines.includes(engine));
}

function familiesOf({ typeId }: GoogleResource): readonly Family[] {
  return monitoredTypes[typeId].families;
}

/** Why no resource of a family's has its metrics. */
export function gapOf(family: Family, resource: GoogleResource, agents: AgentIndex | undefined): NoRoute | undefined {
  switch (family.name) {
    case 'platform':
      return undefined;
    case 'agent':
      if (agents === undefined || agents.has(resource)) return undefined;
      return agents.error === undefined
        ? { reason: 'agent_absent' }
        : { reason: reasonOf(agents.error), error: agents.error };
    case 'balloon':
      return resource.hasBalloon ? undefined : { reason: 'agent_absent' };
  }
}

function factorOf({ factor }: KeyOf, { constants }: GoogleResource): number | undefined {
  if (factor !== 'percent_of_memory') return factor;
  const total = constants['memory.total'];
  return total === undefined ? undefined : 100 / total;
}
