import type { Clock } from '#collect/clock.ts';
import type { OwnSource } from '#platform/monitoring/own-plugin.ts';
import type { DataSource } from '#plugins/datasource/data-source.ts';
import { metadataOf } from '#plugins/datasource/metadata.ts';
import { sources } from '#plugins/datasource/sources.ts';
import { queryOfRecord } from '#plugins/datasource/v1-queries.ts';
import { loadProvider } from '#providers/registry.ts';

/** Our data sources, in process, for accounts as they are stored. */
export interface OwnSources extends Disposable {
  readonly all: readonly OwnSource[];
}

export function ownSources(clock: Clock): OwnSources {
  const opened = Object.entries(sources).map(([provider, create]) => ({ provider, source: create(clock) }));
  return {
    all: opened.map(({ provider, source }) => ownSource(provider, source)),
    [Symbol.dispose]() {
      for (const { source } of opened) source[Symbol.dispose]();
    },
  };
}

function ownSource(id: string, source: DataSource): OwnSource {
  const open = async (stored: unknown) => {
    const provider = await loadProvider(id);
    return { provider, secret: provider.parseSecret(stored) };
  };
  return {
    provider: id,
    metadata: (generation) => metadataOf(generation, source.facts),
    verify: async (secret, signal) => source.verify(await open(secret), signal),
    async list(secret, query, generation, signal) {
      const asked = generation === 'v1' ? queryOfRecord(query, source.facts) : query;
      const listed = await source.list(await open(secret), asked, signal);
      return listed
        .filter(({ isFoundByKey }) => generation === 'v2' || isFoundByKey)
        .map(({ key, group, unit = '', query: own }) => ({
          ...{ key, name: key, group, query: own },
          unit: { x: 'Timestamp', y: unit },
        }));
    },
    getData: async (secret, queries, ask, signal) => source.getData(await open(secret), { ...ask, queries }, signal),
  };
}
