import type { CpuStatistic } from '../../src/store/inventory.ts';
import type { RightsizingSearch } from './api.ts';
import { termOf } from './servers/query-terms.ts';

/** What the addresses of the pages may say: the address is the state. */
export interface ServersAddress extends Readonly<Partial<Record<OlderKey, undefined>>> {
  /** The query, as it is typed. */
  readonly q?: string;
  readonly type?: string;
  readonly sort?: string;
  readonly stat?: CpuStatistic;
}

/** Of older links, what is a term of the query now. */
const termKeys = ['provider', 'account', 'region', 'state'] as const;
const olderKeys = ['search', ...termKeys] as const;
type OlderKey = (typeof olderKeys)[number];

export function serversAddress(search: Record<string, unknown>): ServersAddress {
  const { q, type, sort, search: word, ...named } = textsOf(search, ['q', 'type', 'sort', 'search', ...termKeys]);
  const terms = termKeys.flatMap((key) => (named[key] === undefined ? [] : [termOf(key, [named[key]])]));
  const query = [q, word, ...terms].filter((term) => term !== undefined).join(' ');
  const stat = serverStatistics.find((each) => each === search.stat);
  const older: { [k in OlderKey]?: undefined } = {};
  for (const key of olderKeys) if (search[key] !== undefined) older[key] = undefined;
  return {
    ...older,
    ...(query === '' ? {} : { q: query }),
    ...(type === undefined ? {} : { type }),
    ...(sort === undefined ? {} : { sort }),
    ...(stat === undefined ? {} : { stat }),
  };
}

export const serverStatistics = ['avg', 'max', 'p95'] as const satisfies readonly CpuStatistic[];

export const serverTabs = ['performance', 'history', 'rightsizing', 'raw'] as const;
export const historySpans = [7, 14, 30, 90] as const;

export interface ServerAddress {
  readonly tab?: (typeof serverTabs)[number];
  readonly form?: 'fields';
  readonly days?: (typeof historySpans)[number];
}

export function serverAddress(search: Record<string, unknown>): ServerAddress {
  const tab = serverTabs.find((one) => one === search.tab);
  const days = historySpans.find((one) => one === Number(search.days));
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(search.form === 'fields' ? { form: 'fields' } : {}),
    ...(days === undefined ? {} : { days }),
  };
}

export function rightsizingAddress(search: Record<string, unknown>): RightsizingSearch {
  return textsOf(search, ['class', 'state', 'q', 'provider', 'account', 'region', 'after']);
}

export function jobsAddress(search: Record<string, unknown>): { readonly after?: string } {
  return textsOf(search, ['after']);
}

export const connectSteps = ['provider', 'access', 'test', 'plan'] as const;

export interface ConnectAddress {
  readonly provider?: string;
  readonly step?: (typeof connectSteps)[number];
  /** The saved account whose run is planned. */
  readonly account?: string;
}

export function connectAddress(search: Record<string, unknown>): ConnectAddress {
  const step = connectSteps.find((one) => one === search.step);
  return { ...textsOf(search, ['provider', 'account']), ...(step === undefined ? {} : { step }) };
}

function textsOf<K extends string>(search: Record<string, unknown>, keys: readonly K[]): { [k in K]?: string } {
  const found: { [k in K]?: string } = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === 'string' && value !== '') found[key] = value;
  }
  return found;
}
