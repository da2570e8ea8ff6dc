import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type DataSource, type DataSourceState, dataSourceStates } from '#store/data-sources.ts';
import type { Json } from '#store/query/condition.ts';
import { fits, valuesAt } from '#store/query/fits.ts';
import { DataSourceDefinition as DataSourceV1 } from '#wire/gen/v1/spaceone/api/monitoring/v1/data_source.ts';
import {
  DataSourceInfo_State,
  DataSourcePluginInfo_UpgradeMode,
  DataSourceDefinition as DataSourceV2,
  MonitoringType,
} from '#wire/gen/v2/spaceone/api/monitoring/v1/data_source.ts';
import type { Generation } from '#wire/generation.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import { implement, type Service } from '#wire/service.ts';
import type { Caller, Gate } from '../identity/grpc-caller.ts';
import { projectRow } from '../inventory/project-row.ts';
import { storedId, wireId } from '../inventory/wire-id.ts';
import { type RowRules, readQuery, type WireQuery } from '../inventory/wire-query.ts';
import type { DataSources } from './data-sources.ts';
import { schemaOf } from './plugin-secret.ts';

interface ListRequest {
  readonly query: WireQuery | undefined;
  readonly data_source_id: string;
  readonly name: string;
  readonly state: string;
  readonly monitoring_type: MonitoringType;
  readonly provider: string;
}

interface RegisterRequest {
  readonly name: string;
  readonly plugin_info:
    | {
        readonly plugin_id: string;
        readonly version: string;
        readonly options: object | undefined;
        readonly secret_id?: string | undefined;
        readonly provider?: string | undefined;
      }
    | undefined;
  readonly tags: object | undefined;
}

interface IdRequest {
  readonly data_source_id: string;
}

const v1 = DataSourceV1.methods;
const v2 = DataSourceV2.methods;
/** What is served of it; the others change what was registered, or answer a bare Struct. */
const SourcesV1 = { ...DataSourceV1, methods: { get: v1.get, list: v1.list } } as const;
const SourcesV2 = {
  ...DataSourceV2,
  methods: {
    register: v2.register,
    enable: v2.enable,
    disable: v2.disable,
    verify_plugin: v2.verify_plugin,
    get: v2.get,
    list: v2.list,
  },
} as const;

/** DataSource of the first generation, to be read. */
export function dataSourceV1(gate: Gate, sources: DataSources, now: () => number): Service {
  return implement(SourcesV1, {
    list: gate.method('viewer', (request, caller) => listSources('v1', request, caller, sources, now())),
    get: gate.method('viewer', async ({ data_source_id, only }, { domainId }) =>
      messageOf(projectRow(rowOf(await find(sources, data_source_id), 'v1', domainId, sources), only)),
    ),
  });
}

/** DataSource of today's generation. `plugin_info.plugin_id` of one to be registered is where its plugin listens. */
export function dataSourceV2(gate: Gate, sources: DataSources, now: () => number): Service {
  const told = (source: DataSource, { domainId }: Caller) => messageOf(rowOf(source, 'v2', domainId, sources));
  const change = (state: DataSourceState) => async (request: IdRequest, caller: Caller) => {
    const { id } = await find(sources, request.data_source_id);
    return told(await sources.setState(id, state), caller);
  };
  return implement(SourcesV2, {
    list: gate.method('viewer', (request, caller) => listSources('v2', request, caller, sources, now())),
    get: gate.method('viewer', async ({ data_source_id }, caller) => told(await find(sources, data_source_id), caller)),
    register: gate.change(
      { role: 'admin', action: 'data_source.add', target: ({ name }) => name },
      async (request, caller, { signal }) => told(await register(request, sources, signal), caller),
    ),
    enable: gate.change(changeOfState, change('ENABLED')),
    disable: gate.change(changeOfState, change('DISABLED')),
    verify_plugin: gate.method('admin', async ({ data_source_id }, _caller, { signal }) => {
      const { id } = await find(sources, data_source_id);
      await sources.verify(id, signal);
      return {};
    }),
  });
}

const changeOfState = {
  role: 'admin',
  action: 'data_source.change',
  target: ({ data_source_id }: IdRequest) => data_source_id,
} as const;

async function find(sources: DataSources, id: string): Promise<DataSource> {
  if (id === '') throw requiredParameter('data_source_id');
  return sources.get(id);
}

const Tags = z.record(z.string(), z.string());

function register({ name, plugin_info, tags = {} }: RegisterRequest, sources: DataSources, signal: AbortSignal) {
  if (name === '') throw requiredParameter('name');
  if (plugin_info === undefined) throw requiredParameter('plugin_info');
  const { plugin_id, version, options = {}, secret_id, provider = '' } = plugin_info;
  if (plugin_id === '') throw requiredParameter('plugin_info.plugin_id');
  if (provider === '') throw requiredParameter('plugin_info.provider');
  const parsed = Tags.safeParse(tags);
  if (!parsed.success) throw new CollectError('invalid_input', 'tags: are no texts', { where: 'tags' });
  const draft = { name, provider, pluginId: plugin_id, version, options: { ...options }, tags: parsed.data };
  if (secret_id === undefined || secret_id === '') return sources.register(draft, signal);
  const account = storedId('secret', secret_id);
  if (account === undefined) throw new CollectError('not_found', 'there is no such secret', { where: secret_id });
  return sources.register({ ...draft, account }, signal);
}

/** Their ids are texts, as they are stored. */
const rules = (domain_id: string): RowRules => ({
  idKey: '',
  numberOf: () => -1,
  constants: { domain_id },
  areRecords: false,
  defaultSort: [],
  minimalFields: ['data_source_id', 'name', 'state', 'monitoring_type', 'provider'],
});

/** They are few: the language of queries is read in memory. */
async function listSources(
  generation: Generation,
  { query, data_source_id, name, state, monitoring_type, provider }: ListRequest,
  { domainId }: Caller,
  sources: DataSources,
  now: number,
) {
  const type =
    monitoring_type === MonitoringType.LOG ? 'LOG' : monitoring_type === MonitoringType.METRIC ? 'METRIC' : '';
  const shortcuts = { data_source_id, name, state, monitoring_type: type, provider };
  const read = readQuery(query, shortcuts, rules(domainId), now);
  const rows = (await sources.list(generation)).map((source) => rowOf(source, generation, domainId, sources));
  const found = rows.filter((row) => fits(read.condition, jsonOf(row)));
  for (const { path, descending } of read.sort.toReversed()) {
    const key = (row: Row) => String(valuesAt(jsonOf(row), path)[0] ?? '');
    found.sort((a, b) => (descending ? -1 : 1) * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  }
  const end = read.limit === 0 ? found.length : read.offset + read.limit;
  const page = read.countOnly ? [] : found.slice(read.offset, end);
  return { results: page.map((row) => messageOf(projectRow(row, read.only))), total_count: found.length };
}

type Row = ReturnType<typeof rowOf>;

function rowOf(source: DataSource, generation: Generation, domainId: string, sources: DataSources) {
  const { id, name, state, provider, plugin, tags, createdAt } = source;
  const secret = plugin.account === undefined ? { provider } : { secret_id: wireId('secret', plugin.account) };
  const schema = schemaOf(provider);
  return {
    data_source_id: id,
    name,
    state,
    monitoring_type: 'METRIC',
    provider,
    capability: {
      monitoring_type: 'METRIC',
      supported_schema: schema === '' ? [] : [schema],
      use_resource_secret: plugin.account === undefined,
    },
    plugin_info: {
      plugin_id: plugin.id,
      version: plugin.version,
      options: plugin.options,
      metadata: sources.metadataOf(source, generation),
      ...secret,
    },
    tags,
    domain_id: domainId,
    created_at: new Date(createdAt).toISOString(),
  };
}

const Struct = z.record(z.string(), z.unknown()).optional();
const Text = z.string().optional();

/** A row of which only some fields may be left. */
const DataSourceMessage = z.object({
  data_source_id: Text,
  name: Text,
  state: z
    .enum(dataSourceStates)
    .transform((state) => DataSourceInfo_State[state])
    .optional(),
  monitoring_type: z
    .literal('METRIC')
    .transform((type) => MonitoringType[type])
    .optional(),
  provider: Text,
  capability: Struct,
  plugin_info: z
    .object({ plugin_id: Text, version: Text, options: Struct, metadata: Struct, secret_id: Text, provider: Text })
    .transform((info) => ({ ...info, upgrade_mode: DataSourcePluginInfo_UpgradeMode.MANUAL }))
    .optional(),
  tags: Struct,
  domain_id: Text,
  created_at: Text,
});

function messageOf(row: Readonly<Record<string, unknown>>) {
  return DataSourceMessage.parse(row);
}

function jsonOf(row: Row): Json {
  return z.json().parse(row);
}
