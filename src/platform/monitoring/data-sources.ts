import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { newId } from '#platform/identity/random.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Account } from '#store/accounts.ts';
import type { DataSource, DataSourceState } from '#store/data-sources.ts';
import type { Store } from '#store/store.ts';
import { Endpoint } from '#wire/endpoint.ts';
import type { Generation } from '#wire/generation.ts';
import { PlatformCode } from '#wire/platform-error.ts';
import type { MetricFacts, MetricPlugin } from './metric-plugin.ts';
import { type OwnSource, ownPlugin } from './own-plugin.ts';
import { initPlugin, type RemotePlugin, remotePlugin } from './remote-plugin.ts';

/** What a plugin has to tell of itself. */
const Metadata = z.looseObject({
  supported_stat: z.array(z.string()).min(1),
  required_keys: z.array(z.string()).min(1),
});

export interface NewDataSource {
  readonly name: string;
  readonly provider: string;
  /** `grpc://host:port` */
  readonly pluginId: string;
  readonly version: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The account that it signs in with, in place of each resource's own. */
  readonly account?: number;
}

/** A data source, and whom it asks. */
export interface OpenSource {
  readonly source: DataSource;
  readonly plugin: MetricPlugin;
}

/** The data sources of this platform: of each provider that has one our own, and those that were registered. */
export interface DataSources extends Disposable {
  list(generation: Generation): Promise<readonly DataSource[]>;
  get(id: string): Promise<DataSource>;
  /** Asks the plugin what it can do. @throws CollectError `invalid_input` for one that does not say it; what its call comes to */
  register(draft: NewDataSource, signal: AbortSignal): Promise<DataSource>;
  setState(id: string, state: DataSourceState): Promise<DataSource>;
  /** Has the plugin sign in, with the source's own account or the provider's first. */
  verify(id: string, signal: AbortSignal): Promise<void>;
  /** @throws CollectError `not_found`; `invalid_input` for one that is disabled */
  open(id: string): Promise<OpenSource>;
  /** As its generation is told. */
  metadataOf(source: DataSource, generation: Generation): Readonly<Record<string, unknown>>;
}

export interface DataSourceParts {
  readonly store: Store;
  readonly masterKey: MasterKey;
  readonly own: readonly OwnSource[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Makes our own known where they are not yet. @throws CollectError `store_failed` */
export async function openDataSources({ store, masterKey, own, now }: DataSourceParts): Promise<DataSources> {
  const ownPlugins = new Map(own.map((each) => [ownId(each.provider), ownPlugin(each, store, masterKey)]));
  const remote = new Map<string, RemotePlugin>();
  for (const { provider } of own) await store.dataSources.add(ownRow(provider, now()));

  const pluginOf = (source: DataSource): MetricPlugin => {
    const known = ownPlugins.get(source.plugin.id) ?? remote.get(source.id);
    if (known !== undefined) return known;
    const plugin = remotePlugin(endpointOf(source.plugin.id), source.plugin, store, masterKey);
    remote.set(source.id, plugin);
    return plugin;
  };

  return {
    async list(generation) {
      const all = await store.dataSources.list();
      return all.filter((source) => isHere(source) && pluginOf(source).metadata(generation) !== undefined);
    },
    get: (id) => store.dataSources.get(id),
    async register({ name, provider, pluginId, version, options, tags, account }, signal) {
      const metadata = readMetadata(await initPlugin(endpointOf(pluginId), options, signal));
      const plugin = { id: pluginId, version, options, metadata, ...(account === undefined ? {} : { account }) };
      const source = { id: newId('ds'), name, provider, state: 'ENABLED', plugin, tags, createdAt: now() } as const;
      return store.dataSources.add(source);
    },
    setState: (id, state) => store.dataSources.setState(id, state),
    async verify(id, signal) {
      const source = await store.dataSources.get(id);
      await pluginOf(source).verify(await accountOf(source), signal);
    },
    async open(id) {
      const source = await store.dataSources.get(id);
      if (source.state === 'DISABLED') throw disabled(id);
      return { source, plugin: pluginOf(source) };
    },
    metadataOf: (source, generation) => pluginOf(source).metadata(generation) ?? source.plugin.metadata,
    [Symbol.dispose]() {
      for (const plugin of remote.values()) plugin[Symbol.dispose]();
    },
  };

  /** One of ours whose provider is gone from this release is nobody to ask. */
  function isHere({ plugin }: DataSource): boolean {
    return ownPlugins.has(plugin.id) || Endpoint.safeParse(plugin.id).success;
  }

  async function accountOf({ provider, plugin }: DataSource): Promise<Account> {
    if (plugin.account !== undefined) return store.accounts.get(plugin.account);
    const first = (await store.accounts.list()).find((account) => account.provider === provider);
    if (first !== undefined) return first;
    throw new CollectError('not_found', 'there is no account that it could sign in with', {
      where: provider,
      fix: `fleetgauge account add ${provider}`,
    });
  }
}

/** @throws CollectError `invalid_input` */
export function factsOf(plugin: MetricPlugin, generation: Generation, id: string): MetricFacts {
  const metadata = plugin.metadata(generation);
  if (metadata === undefined) {
    throw new CollectError('invalid_input', 'the plugin speaks the other generation of the platform', { where: id });
  }
  const { supported_stat, required_keys } = readMetadata(metadata);
  return { supportedStats: supported_stat, requiredKey: required_keys[0] ?? '' };
}

function readMetadata(metadata: object): z.infer<typeof Metadata> {
  const parsed = Metadata.safeParse(metadata);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `metadata.${issue?.path.join('.')}`;
  throw new CollectError('invalid_input', `the plugin does not say what it can do: ${where}: ${issue?.message}`, {
    where,
  });
}

function ownId(provider: string): string {
  return `fleetgauge-${provider.replaceAll('_', '-')}`;
}

function ownRow(provider: string, createdAt: number): DataSource {
  const plugin = { id: ownId(provider), version: '', options: {}, metadata: {} };
  const id = `ds-${plugin.id}`;
  return { id, name: plugin.id, provider, state: 'ENABLED', plugin, tags: {}, createdAt };
}

function endpointOf(pluginId: string): Endpoint {
  const parsed = Endpoint.safeParse(pluginId);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', `plugin_info.plugin_id ${parsed.error.issues[0]?.message ?? ''}`, {
    where: 'plugin_info.plugin_id',
    fix: 'where the plugin listens: grpc://host:port',
  });
}

function disabled(id: string): CollectError {
  return new CollectError('invalid_input', `Data source state is disabled. (data_source_id = ${id})`, {
    cause: new PlatformCode('ERROR_DATA_SOURCE_STATE_DISABLED'),
  });
}
