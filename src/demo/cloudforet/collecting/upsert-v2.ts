import type { Json, JsonObject } from '#wire/struct/json.ts';
import { is } from '../inventory/read-query.ts';
import type { Table } from '../inventory/table.ts';
import { isObject, objectIf, objectOf, text } from '../json.ts';
import { missing, refuse } from '../refusal.ts';
import type { CollectionStates } from './collection-states.ts';
import { matching, orderedRules } from './match-rules.ts';
import { tagsOf } from './tags.ts';
import { type CollectedResource, errorType, failureState, type Outcome, type Run, wording } from './task.ts';

export interface InventoryV2 {
  readonly cloudServices: Table;
  readonly states: CollectionStates;
  readonly domainId: string;
  /** Of secrets that name none. */
  readonly workspaceId: string;
  nextId(): string;
}

const uncounted = ['inventory.Namespace', 'inventory.Metric'];
const unstored = ['inventory.CloudServiceType', 'inventory.Region'];

/** What an update may set, besides data, tags and metadata. */
const updatable = [
  'name',
  'account',
  'instance_type',
  'instance_size',
  'ip_addresses',
  'reference',
  'project_id',
  'region_code',
  'cloud_service_group',
  'cloud_service_type',
] as const;

/** Stores one ResourceInfo as today's inventory does; `options` are not read, and whoever has the match is overwritten. */
export function upsertV2(collected: CollectedResource, inventory: InventoryV2, run: Run): Outcome {
  const type = collected.resource_type;
  if (uncounted.includes(type)) return 'not counted';
  if (!['inventory.CloudService', errorType, ...unstored].includes(type)) {
    run.report('ERROR_UNKNOWN', `failed to upsert ${type}: collector can not find resource_type: ${type}`);
    return 'failure';
  }
  if (collected.state === failureState) {
    run.report('ERROR_PLUGIN', collected.message || 'Unknown error.');
    return 'failure';
  }
  const rules = isObject(collected.match_rules) ? collected.match_rules : {};
  if (Object.keys(rules).length === 0) {
    run.report('ERROR_MATCH_RULE', 'Match rule is not defined.');
    return 'failure';
  }
  if (unstored.includes(type)) return 'not counted';
  if (type === errorType) {
    run.report('ERROR_UNKNOWN', 'Failed to match resource: an error is none.');
    return 'failure';
  }
  const resource = isObject(collected.resource) ? collected.resource : {};
  try {
    const found = match(rules, resource, inventory, run);
    if (found.length > 1) return 'failure';
    const [row] = found;
    inventory.cloudServices.put(
      row === undefined ? create(resource, inventory, run) : update(row, resource, inventory, run),
    );
    return row === undefined ? 'created' : 'updated';
  } catch (caught) {
    run.report(...wording(caught));
    return 'failure';
  }
}

/** The first rule that fits exactly one row decides; of several that fit more, the last. */
function match(
  rules: JsonObject,
  resource: JsonObject,
  { cloudServices, domainId, workspaceId }: InventoryV2,
  { registration }: Run,
): readonly JsonObject[] {
  const fixed = [is('domain_id', domainId), is('workspace_id', registration.secret.workspaceId ?? workspaceId)];
  let found: readonly JsonObject[] = [];
  for (const paths of orderedRules(rules)) {
    found = matching(paths, resource, cloudServices, fixed);
    if (found.length === 1) return found;
    if (found.length > 1 && Object.keys(objectOf(resource.data)).length > 0) {
      throw refuse('ERROR_TOO_MANY_MATCH', `The resource is matched by ${found.length} rows. (match_key = ${paths})`);
    }
  }
  return found;
}

function create(resource: JsonObject, inventory: InventoryV2, run: Run): JsonObject {
  for (const key of ['cloud_service_type', 'cloud_service_group', 'provider']) {
    if (resource[key] === undefined) throw missing(key);
  }
  const { data, metadata, tags } = readPayload(resource);
  if (data === undefined) throw missing('data');
  const provider = text(resource.provider);
  const { secret } = run.registration;
  const id = inventory.nextId();
  inventory.states.touch(run, id);
  return {
    cloud_service_id: id,
    state: 'ACTIVE',
    provider,
    ...pick(resource, updatable),
    ...(resource.project_id === undefined && secret.projectId !== undefined ? { project_id: secret.projectId } : {}),
    data,
    metadata: metadata === undefined ? {} : { [provider]: metadata },
    tags: tags === undefined ? {} : { [provider]: tags },
    tag_keys: tags === undefined ? {} : { [provider]: Object.keys(tags) },
    collection_info: collectionInfo(run),
    domain_id: inventory.domainId,
    workspace_id: secret.workspaceId ?? inventory.workspaceId,
    created_at: run.now,
    updated_at: run.now,
  };
}

function update(row: JsonObject, resource: JsonObject, inventory: InventoryV2, run: Run): JsonObject {
  const { secret } = run.registration;
  const { data, metadata, tags } = readPayload(resource);
  // Without a service account the platform does not take the writer for a collector.
  const writer = secret.serviceAccountId === undefined ? 'custom' : secret.provider;
  const moved =
    resource.project_id === undefined && secret.projectId !== undefined ? { project_id: secret.projectId } : {};
  inventory.states.touch(run, text(row.cloud_service_id));
  return {
    ...row,
    ...pick(resource, updatable),
    ...moved,
    ...(data === undefined ? {} : { data: { ...objectOf(row.data), ...data } }),
    ...(metadata === undefined ? {} : { metadata: { ...objectOf(row.metadata), [writer]: metadata } }),
    ...(tags === undefined
      ? {}
      : {
          tags: { ...objectOf(row.tags), [writer]: tags },
          tag_keys: { ...objectOf(row.tag_keys), [writer]: Object.keys(tags) },
        }),
    collection_info: collectionInfo(run),
    updated_at: run.now,
  };
}

function readPayload(resource: JsonObject): { data?: JsonObject; metadata?: JsonObject; tags?: JsonObject } {
  const { instance_size } = resource;
  if (instance_size && typeof instance_size !== 'number') {
    throw refuse('ERROR_INVALID_PARAMETER_TYPE', 'Parameter type is invalid. (key = instance_size, type = float)');
  }
  const data = parsed('json_data', resource.json_data) ?? objectIf(resource.data);
  const metadata = parsed('json_metadata', resource.json_metadata) ?? objectIf(resource.metadata);
  return {
    ...(data === undefined ? {} : { data }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(resource.tags === undefined ? {} : { tags: tagsOf(resource.tags) }),
  };
}

function parsed(key: string, value: Json | undefined): JsonObject | undefined {
  if (!value) return undefined;
  const read: unknown = JSON.parse(text(value));
  if (isObject(read)) return read;
  throw refuse('ERROR_INVALID_PARAMETER_TYPE', `Parameter type is invalid. (key = ${key}, type = ${typeof read})`);
}

function collectionInfo({ registration: { collectorId, secret }, now }: Run): JsonObject {
  return {
    collector_id: collectorId,
    secret_id: secret.secretId,
    ...(secret.serviceAccountId === undefined ? {} : { service_account_id: secret.serviceAccountId }),
    last_collected_at: now,
  };
}

function pick(from: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}
