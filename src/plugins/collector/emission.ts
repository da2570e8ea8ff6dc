import type { CollectedServer } from '#collect/collect-region.ts';
import type { CollectError } from '#model/errors.ts';
import { performanceMetadata } from '#model/performance-layout.ts';
import type { Provider } from '#model/provider.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import type { Statistic } from '#model/statistic.ts';
import type { Generation } from '#wire/generation.ts';
import type { Json, JsonObject } from '#wire/struct/json.ts';
import { makeStatic } from '#wire/struct/static-tree.ts';

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
 * Paths that tell one record. Old records of v1 carry the account only in a place of the cloud's own collector, so there
 * the region stands for it.
 */
const matchRules = {
  v1: makeStatic({ '1': ['reference.resource_id', 'provider', 'region_code'] }),
  v2: makeStatic({
    '1': ['reference.resource_id', 'provider', 'cloud_service_type', 'cloud_service_group', 'account'],
  }),
} as const satisfies Record<Generation, JsonObject>;

/** v1 replaces `data` unless it is told to merge; v2 does not read options. */
const updateMode = makeStatic({ update_mode: 'MERGE' });

/** How the servers of one collect are told to an inventory. */
export function emitter(generation: Generation, provider: Provider, statistics: readonly Statistic[]) {
  const metadata = makeStatic(toJson(performanceMetadata(metricsOf(provider, serverType), statistics)));
  return {
    /**
     * What identifies the server, what was measured and the layout: nothing that the cloud's own collector owns.
     * Undefined where it was not read.
     */
    server({ resource, folded }: CollectedServer): Emission | undefined {
      if (folded === undefined) return undefined;
      return {
        state: success,
        resource_type: resourceTypes[generation],
        match_rules: matchRules[generation],
        ...(generation === 'v1' ? { options: updateMode } : {}),
        resource: {
          provider: resource.provider,
          cloud_service_group: resource.group,
          cloud_service_type: resource.type,
          account: resource.account,
          region_code: resource.region,
          reference: {
            resource_id: resource.id,
            ...(resource.externalLink === undefined ? {} : { external_link: resource.externalLink }),
          },
          data: { monitoring: toJson(folded.monitoring), monitoring_info: toJson(folded.info) },
          metadata,
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
        resource: { provider: provider.id, resource_type: resourceTypes[generation], resource_id: resourceId },
      };
    },
  };
}

/** Our records are plain data already; this lets the compiler see it. */
function toJson(value: unknown): JsonObject {
  const json = plain(value);
  return isObject(json) ? json : {};
}

function plain(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.flatMap((item) => plain(item) ?? []);
  if (typeof value !== 'object') return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]): [string, Json][] => {
      const json = plain(item);
      return json === undefined ? [] : [[name, json]];
    }),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
