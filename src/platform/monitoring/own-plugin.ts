import { openSecret } from '#platform/secret/accounts.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Account } from '#store/accounts.ts';
import type { Store } from '#store/store.ts';
import type { Generation } from '#wire/generation.ts';
import type { ListedMetric, MetricAnswer, MetricAsk, MetricPlugin, Query } from './metric-plugin.ts';

/** A data source that runs in this process. Secrets are as they are stored. All methods throw CollectError. */
export interface OwnSource {
  readonly provider: string;
  metadata(generation: Generation): Readonly<Record<string, unknown>>;
  verify(secret: unknown, signal: AbortSignal): Promise<void>;
  /** Those that `getData` of this generation finds. */
  list(secret: unknown, query: Query, generation: Generation, signal: AbortSignal): Promise<ListedMetric[]>;
  getData(
    secret: unknown,
    queries: ReadonlyMap<string, Query>,
    ask: MetricAsk,
    signal: AbortSignal,
  ): Promise<MetricAnswer>;
}

/** Opens an account's secret for each call: nothing of it stays here. */
export function ownPlugin(source: OwnSource, store: Store, masterKey: MasterKey): MetricPlugin {
  const open = (account: Account) => openSecret(store, masterKey, account);
  return {
    metadata: (generation) => source.metadata(generation),
    verify: async (account, signal) => source.verify(await open(account), signal),
    list: async ({ generation, account, query }, signal) => source.list(await open(account), query, generation, signal),
    getData: async ({ account, region, queries, ask }, signal) =>
      source.getData(await open(account), withRegion(queries, region), ask, signal),
  };
}

/** As the second generation has it: the query of each resource says its region, unless it says another. */
export function withRegion(queries: ReadonlyMap<string, Query>, region: string): ReadonlyMap<string, Query> {
  if (region === '') return queries;
  return new Map([...queries].map(([id, query]) => [id, { region_name: region, ...query }]));
}
