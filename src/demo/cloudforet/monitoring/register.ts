import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { Secrets } from '../inventory/secrets.ts';
import { type DataSource, type DataSourceSpec, schemas } from './data-source.ts';
import { metadataOf, type PluginMetadata } from './metadata.ts';
import type { MetricBackend } from './metric-backend.ts';
import type { Plugin } from './plugin.ts';
import { readMetadata } from './plugin-metadata.ts';
import { connectPluginV1 } from './plugin-v1.ts';
import { connectPluginV2 } from './plugin-v2.ts';
import { syntheticBackend } from './synthetic-backend.ts';

/** What data sources are registered with. */
interface Registrar {
  readonly generation: Generation;
  readonly secrets: Secrets;
  /** Wraps each backend. */
  watch(backend: MetricBackend): MetricBackend;
}

interface Registered {
  readonly sources: readonly DataSource[];
  close(): void;
}

const connectors = { v1: connectPluginV1, v2: connectPluginV2 } as const satisfies Record<
  Generation,
  (url: string, options: JsonObject) => Plugin
>;

/** Registers data sources; plugins are initialised and verified, with the provider's first secret or their own. @throws CollectError */
export async function registerDataSources(specs: readonly DataSourceSpec[], registrar: Registrar): Promise<Registered> {
  const plugins: Plugin[] = [];
  const close = () => {
    for (const plugin of plugins) plugin.close();
  };
  try {
    const sources: DataSource[] = [];
    for (const spec of specs) sources.push(await register(spec, registrar, plugins));
    return { sources, close };
  } catch (caught) {
    close();
    throw caught;
  }
}

async function register(spec: DataSourceSpec, registrar: Registrar, plugins: Plugin[]): Promise<DataSource> {
  const { provider, dataSourceId = `ds-${provider}`, options = {}, secretId } = spec;
  const { metadata, backend } = await answerer(spec, registrar, plugins);
  return {
    dataSourceId,
    name: spec.name ?? dataSourceId,
    monitoringType: spec.monitoringType ?? 'METRIC',
    provider,
    options,
    secretId,
    schemas: [schemas[provider]],
    metadata,
    backend: registrar.watch(backend),
  };
}

interface Answerer {
  readonly metadata: PluginMetadata;
  readonly backend: MetricBackend;
}

async function answerer(
  { provider, source, options = {}, secretId }: DataSourceSpec,
  { generation, secrets }: Registrar,
  plugins: Plugin[],
): Promise<Answerer> {
  if ('backend' in source) {
    const metadata = source.metadata === undefined ? undefined : readMetadata(generation, source.metadata);
    return { metadata: metadata ?? metadataOf(provider, generation), backend: source.backend };
  }
  if ('synthetic' in source) {
    return { metadata: metadataOf(provider, generation), backend: syntheticBackend(provider, source.synthetic) };
  }
  const plugin = connectors[generation](source.plugin, options);
  plugins.push(plugin);
  const secretIds = secretId === undefined ? [] : [secretId];
  const metadata = await plugin.register(secrets.find({ provider, secretIds, schemas: [] }));
  return { metadata, backend: plugin.backend(metadata) };
}
