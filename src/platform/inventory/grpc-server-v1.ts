import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { StoredRecord } from '#store/inventory.ts';
import type { Condition } from '#store/query/condition.ts';
import type { Store } from '#store/store.ts';
import { ServerDefinition } from '#wire/gen/v1/spaceone/api/inventory/v1/server.ts';
import { implement, type Service } from '#wire/service.ts';
import type { Gate } from '../identity/grpc-caller.ts';
import { type AccountOf, accountFinder } from './account-of.ts';
import { serverKinds } from './monitoring-key.ts';
import { projectRow } from './project-row.ts';
import { searchRows } from './search-rows.ts';
import { storedId, wireId } from './wire-id.ts';
import { type RowRules, readQuery } from './wire-query.ts';
import { commonRow, secretIdOf } from './wire-row.ts';

/** What is served of it; the others write, or answer a bare Struct. */
const Servers = {
  ...ServerDefinition,
  methods: { list: ServerDefinition.methods.list, get: ServerDefinition.methods.get },
} as const;

const Struct = z.record(z.string(), z.unknown()).optional();

/** A row of which only some fields may be left. */
const ServerMessage = z.object({
  server_id: z.string().optional(),
  name: z.string().optional(),
  state: z.string().optional(),
  account: z.string().optional(),
  instance_type: z.string().optional(),
  provider: z.string().optional(),
  cloud_service_group: z.string().optional(),
  cloud_service_type: z.string().optional(),
  region_code: z.string().optional(),
  data: Struct,
  metadata: Struct,
  reference: z.object({ resource_id: z.string().optional(), external_link: z.string().optional() }).optional(),
  tags: Struct,
  collection_info: Struct,
  domain_id: z.string().optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
  deleted_at: z.string().optional(),
});

const onlyServers: Condition = {
  any: serverKinds.map(({ group, type }) => ({
    all: [
      { path: ['cloud_service_group'], is: 'equal', value: group },
      { path: ['cloud_service_type'], is: 'equal', value: type },
    ],
  })),
};

/** Server of the first generation, to be read: the servers of the inventory, as many as are asked for. */
export function serverV1(gate: Gate, store: Store, now: () => number): Service {
  return implement(Servers, {
    list: gate.method('viewer', async (request, { domainId }) => {
      const { query, server_id, name, state, account, instance_type, provider } = request;
      const { cloud_service_group, cloud_service_type, region_code, project_id } = request;
      const { primary_ip_address, ip_addresses } = request;
      const shortcuts = {
        ...{ server_id, name, state, account, instance_type, provider, cloud_service_group, cloud_service_type },
        ...{ region_code, project_id, primary_ip_address, ip_addresses },
      };
      const read = readQuery(query, shortcuts, rulesOf(domainId), now());
      const { rows, total } = await searchRows(store, read, [onlyServers]);
      const accountOf = accountFinder(await store.accounts.list());
      return { results: rows.map((row) => messageOf(row, domainId, accountOf, read.only)), total_count: total };
    }),
    get: gate.method('viewer', async ({ server_id, only }, { domainId }) => {
      const read = readQuery(undefined, { server_id }, rulesOf(domainId), now());
      const { rows } = await searchRows(store, { ...read, limit: 1 }, [onlyServers]);
      const [row] = rows;
      if (row === undefined) throw unknownServer(server_id);
      return messageOf(row, domainId, accountFinder(await store.accounts.list()), only);
    }),
  });
}

function rulesOf(domain_id: string): RowRules {
  return {
    idKey: 'server_id',
    numberOf: (id) => storedId('server', id) ?? -1,
    constants: { domain_id },
    areRecords: true,
    defaultSort: ['name'],
    minimalFields: [
      ...['server_id', 'name', 'state', 'provider', 'cloud_service_group', 'cloud_service_type', 'region_code'],
      'reference.resource_id',
    ],
  };
}

function messageOf(stored: StoredRecord, domainId: string, accountOf: AccountOf, only: readonly string[]) {
  const secret = secretIdOf(stored.record, accountOf);
  const row = {
    server_id: wireId('server', stored.id),
    ...commonRow(stored, 'v1', domainId),
    tags: stored.record.tags,
    collection_info: { collectors: [], service_accounts: [], secrets: secret === undefined ? [] : [secret] },
  };
  return ServerMessage.parse(projectRow(row, only));
}

function unknownServer(id: string): CollectError {
  return new CollectError('not_found', `Resource not found. (server_id = ${id})`);
}
