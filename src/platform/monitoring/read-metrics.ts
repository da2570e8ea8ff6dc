import pLimit from 'p-limit';
import { CollectError } from '#model/errors.ts';
import type { Account } from '#store/accounts.ts';
import type { StoredRecord } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import type { Generation } from '#wire/generation.ts';
import { PlatformCode } from '#wire/platform-error.ts';
import { accountFinder } from '../inventory/account-of.ts';
import { monitoringKeyOf } from '../inventory/monitoring-key.ts';
import type { OpenSource } from './data-sources.ts';
import { mergeAnswers } from './merge-answers.ts';
import type { MetricAnswer, MetricAsk, MetricFacts, Query } from './metric-plugin.ts';

/** A plugin is asked for so many resources at once, and so many times at once. */
const [mostOfCall, mostCalls] = [200, 5] as const;

/** A resource that a data source can be asked about. */
export interface AskedResource {
  /** As the platform's generation has it. */
  readonly id: string;
  readonly record: StoredRecord['record'];
  readonly account: Account;
}

/** What a record holds at the data source's key; undefined where there is nothing. */
export function queryOf(
  record: StoredRecord['record'],
  requiredKey: string,
  generation: Generation,
): Query | undefined {
  const data = { ...monitoringKeyOf(record, generation), ...record.data };
  const found = requiredKey
    .split('.')
    .reduce<unknown>((value, key) => (isQuery(value) ? value[key] : undefined), { ...record, data });
  return isQuery(found) && Object.keys(found).length > 0 ? found : undefined;
}

/**
 * The account that each resource is asked with: the source's own, or the resource's.
 *
 * @returns without one, undefined
 */
export async function accountsFor(
  store: Store,
  { source }: OpenSource,
): Promise<(record: StoredRecord['record']) => Account | undefined> {
  if (source.plugin.account !== undefined) {
    const own = await store.accounts.get(source.plugin.account);
    return () => own;
  }
  const find = accountFinder(await store.accounts.list());
  return (record) => (record.provider === source.provider ? find(record) : undefined);
}

/** @throws CollectError `invalid_input` for a statistic that the source has not */
export function checkStat({ supportedStats }: MetricFacts, stat: string): void {
  if (stat === '' || supportedStats.includes(stat)) return;
  throw new CollectError(
    'invalid_input',
    `Data source not support metric stat. (supported_stat = ${supportedStats.join(' | ')})`,
    {
      where: 'stat',
      cause: new PlatformCode('ERROR_NOT_SUPPORT_METRIC_STAT'),
    },
  );
}

/**
 * Asks a plugin for the resources of each account and region together. A part that fails has no values in the answer, as the
 * platform has it; where every part fails, that is an error.
 *
 * @throws CollectError of the first part, where none was answered
 */
export async function readMetrics(
  { plugin }: OpenSource,
  resources: readonly (AskedResource & { readonly query: Query })[],
  { generation, ask, signal }: { generation: Generation; ask: MetricAsk; signal: AbortSignal },
): Promise<MetricAnswer> {
  const inFlight = pLimit(mostCalls);
  const parts = [...Map.groupBy(resources, ({ account, record }) => `${account.id} ${record.region_code}`).values()];
  const outcomes = await Promise.all(
    parts.flatMap(chunksOf).map((chunk) =>
      inFlight(async (): Promise<MetricAnswer | CollectError> => {
        const [first] = chunk;
        if (first === undefined) return { labels: [], values: {} };
        const queries = new Map(chunk.map(({ id, query }) => [id, query]));
        const call = { generation, account: first.account, region: first.record.region_code, queries, ask };
        return plugin.getData(call, signal).catch((caught) => CollectError.from(caught));
      }),
    ),
  );
  signal.throwIfAborted();
  const errors = outcomes.filter((outcome) => outcome instanceof CollectError);
  const [error] = errors;
  if (error !== undefined && errors.length === outcomes.length) throw error;
  return mergeAnswers(outcomes.filter((outcome): outcome is MetricAnswer => !(outcome instanceof CollectError)));
}

function chunksOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / mostOfCall) }, (_, at) =>
    items.slice(at * mostOfCall, (at + 1) * mostOfCall),
  );
}

function isQuery(value: unknown): value is Query {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
