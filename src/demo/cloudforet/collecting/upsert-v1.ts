import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '#wire/struct/json.ts';
import { valueAt } from '../inventory/dotted-path.ts';
import { is } from '../inventory/read-query.ts';
import { cloudCollector } from '../inventory/server-row.ts';
import type { Table } from '../inventory/table.ts';
import { isObject, objectOf, text, texts } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { CollectionStates } from './collection-states.ts';
import { matching, orderedRules } from './match-rules.ts';
import { tagsOf } from './tags.ts';
import { type CollectedResource, errorType, failureState, type Outcome, type Run, wording } from './task.ts';

/** Who wrote what last: by row, then by field, where each first-level key of data and metadata is one. */
type Writers = Map<string, Map<string, string>>;

export interface InventoryV1 {
  readonly servers: Table;
  readonly states: CollectionStates;
  readonly writers: Writers;
  readonly domainId: string;
  priorityOf(collectorId: string): number;
  nextId(): string;
}

/** What of an update sticks for the rest of a stream. */
export interface StreamMode {
  updateMode: string | undefined;
}

const unstored = ['inventory.CloudServiceType', 'inventory.Region'];

const stored = [
  'name',
  'primary_ip_address',
  'ip_addresses',
  'os_type',
  'account',
  'instance_type',
  'provider',
  'cloud_service_group',
  'cloud_service_type',
  'reference',
  'nics',
  'disks',
  'project_id',
  'region_code',
  'tags',
  'launched_at',
] as const;

/**
 * Stores one ResourceInfo as the old inventory does. With `update_mode` MERGE what is there stays, leaf by leaf, and nothing is
 * created; a resource without options is merged as the one before it, and created all the same if nobody has it.
 */
export function upsertV1(collected: CollectedResource, inventory: InventoryV1, run: Run, mode: StreamMode): Outcome {
  const type = collected.resource_type;
  const asked = collected.options?.update_mode;
  if (typeof asked === 'string') mode.updateMode = asked;
  if (!['inventory.Server', errorType, ...unstored].includes(type)) return 'failure';
  if (type === errorType && collected.state === failureState) {
    run.report('ERROR_PLUGIN', collected.message || 'No message from plugin');
    return 'failure';
  }
  const rules = isObject(collected.match_rules) ? collected.match_rules : {};
  if (Object.keys(rules).length === 0) {
    run.report('ERROR_MATCH_RULE', 'No match rule found');
    return 'failure';
  }
  if (unstored.includes(type)) return 'not counted';
  if (type === errorType) {
    run.report('ERROR_UNKNOWN', 'Match Query failed, may be DB problem');
    return 'failure';
  }
  const resource = isObject(collected.resource) ? collected.resource : {};
  try {
    const row = match(rules, resource, inventory);
    if (row === undefined && asked !== undefined) return 'failure';
    inventory.servers.put(
      row === undefined ? create(resource, inventory, run) : update(row, resource, inventory, run, mode),
    );
    return row === undefined ? 'created' : 'updated';
  } catch (caught) {
    run.report(...wording(caught));
    return 'failure';
  }
}

function match(rules: JsonObject, resource: JsonObject, { servers, domainId }: InventoryV1): JsonObject | undefined {
  for (const paths of orderedRules(rules)) {
    const found = matching(paths, resource, servers, [is('domain_id', domainId)]);
    if (found.length === 1) return found[0];
    if (found.length > 1) {
      throw refuse('ERROR_TOO_MANY_MATCH', `The resource is matched by ${found.length} rows. (match_key = ${paths})`);
    }
  }
  return undefined;
}

function create(resource: JsonObject, inventory: InventoryV1, run: Run): JsonObject {
  const { collectorId, secret } = run.registration;
  const id = inventory.nextId();
  const fields = fieldsOf(resource, run);
  inventory.states.touch(run, id);
  inventory.writers.set(id, new Map([...fields.keys()].map((key) => [key, collectorId])));
  return withFields(
    {
      server_id: id,
      state: 'ACTIVE',
      domain_id: inventory.domainId,
      collection_info: {
        collectors: [collectorId],
        service_accounts: secret.serviceAccountId === undefined ? [] : [secret.serviceAccountId],
        secrets: [secret.secretId],
      },
      created_at: run.now,
      updated_at: run.now,
    },
    fields,
  );
}

function update(row: JsonObject, resource: JsonObject, inventory: InventoryV1, run: Run, mode: StreamMode): JsonObject {
  const { collectorId } = run.registration;
  const id = text(row.server_id);
  const writers = inventory.writers.get(id) ?? foundByCloud(row);
  inventory.writers.set(id, writers);
  inventory.states.touch(run, id);
  const pinned = texts(valueAt(row, 'collection_info.pinned_keys'));
  const changes = new Map<string, Json>();
  for (const [key, fresh] of fieldsOf(resource, run)) {
    const writer = writers.get(key);
    const old = writer === undefined ? undefined : fieldOf(row, key);
    const merges = mode.updateMode === 'MERGE' && old !== undefined && key !== 'tags';
    const value = merges ? merged(old, fresh) : fresh;
    const mayWrite = writer === undefined || inventory.priorityOf(collectorId) <= inventory.priorityOf(writer);
    if (pinned.includes(key) || !mayWrite || isDeepStrictEqual(old, value)) continue;
    writers.set(key, collectorId);
    changes.set(key, value);
  }
  return { ...withFields(row, changes), collection_info: joined(row, run), updated_at: run.now };
}

/** The resource field by field, as history is kept. Tags are a list to the platform, and so one field. */
function fieldsOf(resource: JsonObject, { registration: { pluginId, secret } }: Run): Map<string, Json> {
  const fields = new Map<string, Json>();
  const { metadata, data } = resource;
  const provider = resource.provider ?? secret.provider;
  const project = resource.project_id ?? secret.projectId;
  const top: JsonObject = {
    ...resource,
    provider,
    ...(project === undefined ? {} : { project_id: project }),
    ...(resource.tags === undefined ? {} : { tags: tagsOf(resource.tags) }),
  };
  for (const key of stored) {
    const value = top[key];
    if (value !== undefined) fields.set(key, value);
  }
  for (const [key, value] of Object.entries(objectOf(data))) fields.set(`data.${key}`, value);
  if (isObject(metadata)) fields.set(`metadata.${pluginId}`, metadata);
  return fields;
}

function fieldOf(row: JsonObject, key: string): Json | undefined {
  const dot = key.indexOf('.');
  return dot < 0 ? row[key] : objectOf(row[key.slice(0, dot)])[key.slice(dot + 1)];
}

function withFields(row: JsonObject, fields: ReadonlyMap<string, Json>): JsonObject {
  const out: Record<string, Json> = { ...row };
  const data: Record<string, Json> = { ...objectOf(row.data) };
  const metadata: Record<string, Json> = { ...objectOf(row.metadata) };
  for (const [key, value] of fields) {
    if (key.startsWith('data.')) data[key.slice('data.'.length)] = value;
    else if (key.startsWith('metadata.')) metadata[key.slice('metadata.'.length)] = value;
    else out[key] = value;
  }
  return { ...out, data, metadata };
}

/** A row that no run here has written is all its cloud's collector's. */
function foundByCloud(row: JsonObject): Map<string, string> {
  const top = stored.filter((key) => row[key] !== undefined);
  const inside = ['data', 'metadata'].flatMap((name) =>
    Object.keys(objectOf(row[name])).map((key) => `${name}.${key}`),
  );
  return new Map([...top, ...inside].map((key) => [key, cloudCollector.collectorId]));
}

/** Leaf by leaf, lists whole. */
function merged(old: Json, fresh: Json): Json {
  if (!isObject(old) || !isObject(fresh)) return fresh;
  const out: Record<string, Json> = { ...old };
  for (const [key, value] of Object.entries(fresh)) out[key] = merged(out[key] ?? {}, value);
  return out;
}

function joined(row: JsonObject, { registration: { collectorId, secret } }: Run): JsonObject {
  const info = objectOf(row.collection_info);
  const add = (key: string, value: string | undefined) =>
    [...new Set([...texts(info[key]), ...(value === undefined ? [] : [value])])].sort();
  return {
    ...info,
    collectors: add('collectors', collectorId),
    service_accounts: add('service_accounts', secret.serviceAccountId),
    secrets: add('secrets', secret.secretId),
  };
}
