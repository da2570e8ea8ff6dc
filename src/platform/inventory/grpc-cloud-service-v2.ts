import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { StoredRecord } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import {
  CloudServiceDefinition,
  type CreateServiceRequest,
  type UpdateCloudServiceRequest,
} from '#wire/gen/v2/spaceone/api/inventory/v1/cloud_service.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import { implement, type Service } from '#wire/service.ts';
import type { Gate } from '../identity/grpc-caller.ts';
import { type AccountOf, accountFinder } from './account-of.ts';
import { incomingOf } from './incoming-record.ts';
import { mergeBatch } from './inventory.ts';
import { projectRow } from './project-row.ts';
import { searchRows } from './search-rows.ts';
import { storedId, wireId } from './wire-id.ts';
import { type RowRules, readQuery } from './wire-query.ts';
import { commonRow, secretIdOf } from './wire-row.ts';

const { create, update, get, list } = CloudServiceDefinition.methods;
/** What is served of it; the others delete, or answer a bare Struct. */
const CloudServices = { ...CloudServiceDefinition, methods: { create, update, get, list } } as const;

/** A page's default, and its most. */
const mostRows = 1000;

const Struct = z.record(z.string(), z.unknown()).optional();
const Text = z.string().optional();

/** A row of which only some fields may be left. */
const CloudServiceMessage = z.object({
  ...{ cloud_service_id: Text, name: Text, state: Text, account: Text, instance_type: Text, provider: Text },
  ...{ cloud_service_group: Text, cloud_service_type: Text, region_code: Text, domain_id: Text, workspace_id: Text },
  ...{
    created_at: Text,
    updated_at: Text,
    deleted_at: Text,
    data: Struct,
    metadata: Struct,
    tags: Struct,
    tag_keys: Struct,
  },
  instance_size: z.number().optional(),
  reference: z.object({ resource_id: Text, external_link: Text }).optional(),
  collection_info: z.object({ secret_id: Text, last_collected_at: Text }).optional(),
});

/**
 * CloudService of today's generation: all that the inventory has. What is created or updated is merged into what is known: a
 * record of the same identity is never made twice.
 */
export function cloudServiceV2(gate: Gate, store: Store, now: () => number): Service {
  const read = async (id: string, domainId: string) => {
    const [row] = await store.inventory.records([storedId('cloud-svc', id) ?? -1]);
    if (row === undefined) throw unknownService(id);
    return messageOf(row, domainId, accountFinder(await store.accounts.list()), []);
  };
  const merge = async (report: ReturnType<typeof incomingOf>, domainId: string) => {
    const [outcome] = await mergeBatch(store, [report], now());
    if (outcome === undefined) throw new CollectError('internal', 'a report came to nothing');
    if (outcome.change === 'failed') throw outcome.error;
    return read(wireId('cloud-svc', outcome.id), domainId);
  };
  return implement(CloudServices, {
    list: gate.method('viewer', async (request, { domainId }) => {
      const { query, cloud_service_id, name, state, account, instance_type, cloud_service_type } = request;
      const { cloud_service_group, provider, region_code, workspace_id, project_id, ip_address } = request;
      const shortcuts = {
        ...{ cloud_service_id, name, state, account, instance_type, cloud_service_type, cloud_service_group },
        ...{ provider, region_code, workspace_id, project_id, ip_addresses: ip_address },
      };
      const asked = readQuery(query, shortcuts, rulesOf(domainId), now());
      const limit = Math.min(asked.limit || mostRows, mostRows);
      const { rows, total } = await searchRows(store, { ...asked, limit });
      const accountOf = accountFinder(await store.accounts.list());
      return { results: rows.map((row) => messageOf(row, domainId, accountOf, asked.only)), total_count: total };
    }),
    get: gate.method('viewer', ({ cloud_service_id }, { domainId }) => read(cloud_service_id, domainId)),
    create: gate.change(
      writing(({ name, reference }) => reference?.resource_id || name),
      async (request, { domainId }) => {
        demand(request, 'cloud_service_type', 'cloud_service_group', 'provider', 'data');
        return merge(incomingOf(request), domainId);
      },
    ),
    update: gate.change(
      writing(({ cloud_service_id }) => cloud_service_id),
      async (request, { domainId }) => {
        demand(request, 'cloud_service_id');
        const [known] = await store.inventory.records([storedId('cloud-svc', request.cloud_service_id) ?? -1]);
        if (known === undefined) throw unknownService(request.cloud_service_id);
        const { provider, cloud_service_group, cloud_service_type, account, region_code, reference } = known.record;
        const changes = incomingOf(request);
        // By its identity, which a change of account, region or id would be another's.
        const identity = { provider, cloud_service_group, cloud_service_type, account, region_code, reference };
        for (const key of ['account', 'region_code'] as const) {
          if (changes[key] !== undefined && changes[key] !== identity[key]) throw fixed(key);
        }
        if (changes.reference !== undefined && changes.reference.resource_id !== reference.resource_id) {
          throw fixed('reference.resource_id');
        }
        return merge({ ...identity, ...changes }, domainId);
      },
    ),
  });
}

/** The changes of a record tell what was written. */
function writing<Request>(target: (request: Request) => string) {
  return { role: 'operator', action: 'record.write', target, isToldElsewhere: true } as const;
}

/** The one that all of ours are in: we know no workspaces. */
const workspaceId = 'workspace-default';

function rulesOf(domain_id: string): RowRules {
  return {
    idKey: 'cloud_service_id',
    numberOf: (id) => storedId('cloud-svc', id) ?? -1,
    constants: { domain_id, workspace_id: workspaceId },
    areRecords: true,
    defaultSort: [],
    minimalFields: [
      ...['cloud_service_id', 'name', 'cloud_service_group', 'cloud_service_type', 'provider', 'region_code'],
      'reference.resource_id',
    ],
  };
}

function messageOf(stored: StoredRecord, domainId: string, accountOf: AccountOf, only: readonly string[]) {
  const { record, lastSeenAt } = stored;
  const { provider, tags, data } = record;
  const secret_id = secretIdOf(record, accountOf);
  const row = {
    cloud_service_id: wireId('cloud-svc', stored.id),
    ...commonRow(stored, 'v2', domainId),
    ...(data.hardware?.core === undefined ? {} : { instance_size: data.hardware.core }),
    tags: { [provider]: tags },
    tag_keys: { [provider]: Object.keys(tags) },
    collection_info: {
      ...(secret_id === undefined ? {} : { secret_id }),
      last_collected_at: new Date(lastSeenAt).toISOString(),
    },
    workspace_id: workspaceId,
  };
  return CloudServiceMessage.parse(projectRow(row, only));
}

function demand<T extends CreateServiceRequest | UpdateCloudServiceRequest>(
  request: T,
  ...keys: (keyof T & string)[]
): void {
  for (const key of keys) if (request[key] === undefined || request[key] === '') throw requiredParameter(key);
}

function unknownService(id: string): CollectError {
  return new CollectError('not_found', `Resource not found. (cloud_service_id = ${id})`);
}

function fixed(key: string): CollectError {
  return new CollectError('invalid_input', `${key} tells a record from the others, and cannot be changed`, {
    where: key,
    fix: 'create another one',
  });
}
