import { PlatformServer } from '#cloudforet/platform-server.ts';
import type { CollectedServer } from '#collect/collect-region.ts';
import type { CollectError } from '#model/errors.ts';
import { isMetricKey, type MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import { performanceMetadata } from '#model/performance-layout.ts';
import { type Monitoring, type MonitoringInfo, splitKey } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import type { Statistic } from '#model/statistic.ts';
import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { makeStatic } from '#wire/struct/static-tree.ts';
import { sayingOnce, toJson } from './plain-json.ts';

/** A ResourceInfo, apart from the generated type, which each generation has of its own. */
export interface Emission {
  readonly state: 4 | 5;
  readonly message?: string;
  readonly resource_type: string;
  readonly match_rules?: JsonObject;
  readonly resource: JsonObject;
  readonly options?: JsonObject;
}

const success = 4;
const failure = 5;

const resourceTypes = { v1: 'inventory.Server', v2: 'inventory.CloudService' } as const satisfies Record<
  Generation,
  string
>;

/**
 * Paths that tell one record. Old records of v1 carry the account only in a place of the cloud's own collector, so there the
 * region stands for it. On v2 the group is neither matched nor sent: without it a server that the platform does not know fails
 * as one, where it would be created from the little that we tell.
 */
const matchRules = {
  v1: makeStatic({ '1': ['reference.resource_id', 'provider', 'region_code'] }),
  v2: makeStatic({ '1': ['reference.resource_id', 'provider', 'cloud_service_type', 'account'] }),
} as const satisfies Record<Generation, JsonObject>;

/**
 * v1 then replaces the parts of `data` that we tell and no others, and creates nothing; told to merge, it would keep values of
 * keys that have none any more. v2 does the same unasked.
 */
const updateMode = makeStatic({ update_mode: 'REPLACE' });

export interface EmitterChoices {
  readonly generation: Generation;
  readonly provider: string;
  readonly statistics: readonly Statistic[];
  /** The metrics of the layout; undefined where none is to be sent. */
  readonly layout: readonly MetricKey[] | undefined;
  /** Told as 0 where the cloud had nothing, as the old plugin did. */
  readonly fillsWithZero: boolean;
}

/** How the servers of one collect are told to an inventory. */
export function emitter({ generation, provider, statistics, layout, fillsWithZero }: EmitterChoices) {
  const metadata = layout && { metadata: makeStatic(toJson(performanceMetadata(layout, statistics))) };
  const sayOnce = sayingOnce();
  return {
    /**
     * What identifies the server, what was measured and the layout: nothing that the cloud's own collector owns.
     * Undefined where it was not read.
     */
    server({ resource, folded }: CollectedServer): Emission | undefined {
      if (folded === undefined) return undefined;
      const monitoring = fillsWithZero ? zeroFilled(folded.monitoring, folded.info) : folded.monitoring;
      return {
        state: success,
        resource_type: resourceTypes[generation],
        match_rules: matchRules[generation],
        ...(generation === 'v1' ? { options: updateMode } : {}),
        resource: {
          ...identityOf(resource, generation),
          data: { monitoring: toJson(monitoring), monitoring_info: infoOf(folded.info, sayOnce) },
          ...metadata,
        },
      };
    },

    /** A failure that the platform counts, so that its task is not taken for complete. */
    failure(error: CollectError, resourceId = ''): Emission {
      const text = [error.message, error.where, error.fix].filter((part) => part !== undefined).join(' · ');
      return {
        state: failure,
        message: text,
        resource_type: 'inventory.ErrorResource',
        resource: { provider, resource_type: resourceTypes[generation], resource_id: resourceId },
      };
    },
  };
}

/**
 * What tells the record, each as the inventory has it where it comes from there: a path that is empty is left out of the match,
 * and anything else that is sent would be written.
 */
function identityOf(resource: Resource, generation: Generation): JsonObject {
  const { provider, group, type, region } = resource;
  const isRow = resource instanceof PlatformServer;
  const account = isRow ? resource.row.account : resource.account;
  const externalLink = isRow ? resource.row.externalLink : resource.externalLink;
  return {
    provider,
    ...(generation === 'v1' ? { cloud_service_group: group } : {}),
    cloud_service_type: type,
    ...(account === '' ? {} : { account }),
    ...(region === '' ? {} : { region_code: region }),
    reference: {
      resource_id: isRow ? resource.row.resourceId : resource.id,
      ...(externalLink ? { external_link: externalLink } : {}),
    },
  };
}

/** Most servers have most values from the same place, for the same reason. */
function infoOf({ metrics, ...info }: MonitoringInfo, sayOnce: (value: object) => JsonObject): JsonObject {
  const ofKeys = Object.entries(metrics).map(([key, metric]): [string, JsonObject] => [key, sayOnce(metric)]);
  return { ...toJson(info), metrics: Object.fromEntries(ofKeys) };
}

/** Keys of which the cloud had nothing; those that could not be read stay away. */
function zeroFilled(monitoring: Monitoring, { metrics }: MonitoringInfo): Monitoring {
  const filled: Record<string, Monitoring[string]> = { ...monitoring };
  for (const [key, info] of Object.entries(metrics)) {
    if (!('missing' in info) || !isMetricKey(key) || !nothingThere.includes(info.missing)) continue;
    const [section, name] = splitKey(key);
    filled[section] = { ...filled[section], [name]: { avg: 0, max: 0 } };
  }
  return filled;
}

const nothingThere: readonly MissingReason[] = ['no_data', 'stopped', 'terminated', 'too_new'];
