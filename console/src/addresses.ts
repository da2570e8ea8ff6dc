import type { ErrorCode } from '../../src/model/errors.ts';
import type { ErrorSpan } from '../../src/server/error-api.ts';
import type { CpuStatistic } from '../../src/store/inventory.ts';
import type { PercentKey } from '../../src/store/record-shapes.ts';
import type { RightsizingSearch } from './api.ts';
import { percentKeys } from './parts/percent-keys.ts';
import { termOf } from './servers/query-terms.ts';
import { text } from './text.ts';

/** What the addresses of the pages may say: the address is the state. */
export interface ServersAddress extends Readonly<Partial<Record<OlderKey, undefined>>> {
  /** The query, as it is typed. */
  readonly q?: string;
  readonly type?: string;
  readonly sort?: string;
  readonly stat?: CpuStatistic;
  /** The table where absent. */
  readonly view?: (typeof serverViews)[number];
  /** What the charts show: along, up, and by colour. */
  readonly x?: PercentKey;
  readonly y?: PercentKey;
  readonly color?: PercentKey;
  /** Columns of the table, in order: `name,cpu,trend`. */
  readonly cols?: string;
  readonly rows?: 'compact';
  /** Of the server that is looked at beside the list. */
  readonly peek?: string;
  /** Days of the trends; what is counted and sorted is of the window that was collected. */
  readonly win?: number | undefined;
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
  const view = serverViews.find((each) => each === search.view);
  const [x, y, color] = [search.x, search.y, search.color].map((key) => percentKeys.find((each) => each === key));
  const { cols, peek } = textsOf(search, ['cols', 'peek']);
  const win = daysOf(search.win, longestTrend);
  const older: { [k in OlderKey]?: undefined } = {};
  for (const key of olderKeys) if (search[key] !== undefined) older[key] = undefined;
  return {
    ...older,
    ...(query === '' ? {} : { q: query }),
    ...(type === undefined ? {} : { type }),
    ...(sort === undefined ? {} : { sort }),
    ...(stat === undefined ? {} : { stat }),
    ...(view === undefined ? {} : { view }),
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(color === undefined ? {} : { color }),
    ...(cols === undefined ? {} : { cols }),
    ...(search.rows === 'compact' ? { rows: 'compact' } : {}),
    ...(peek === undefined || !/^\d{1,15}$/.test(peek) ? {} : { peek }),
    ...(search.win === undefined ? {} : { win }),
  };
}

export const serverViews = ['map', 'scatter'] as const;
export const serverStatistics = ['avg', 'max', 'p95'] as const satisfies readonly CpuStatistic[];

export const serverTabs = ['performance', 'history', 'rightsizing', 'sources', 'raw'] as const;
/** In days: as far as trends of a list go, and the history of one server. */
export const longestTrend = 90;
export const longestHistory = 400;

/** `30`, or `30d`. */
function daysOf(asked: unknown, most: number): number | undefined {
  const days = Number(/^(\d{1,3})d?$/.exec(String(asked))?.[1]);
  return days >= 1 && days <= most ? days : undefined;
}

export interface ServerAddress {
  readonly tab?: (typeof serverTabs)[number];
  readonly form?: 'fields';
  /** Days of the history. */
  readonly win?: number | undefined;
  readonly days?: undefined;
}

export function serverAddress(search: Record<string, unknown>): ServerAddress {
  const tab = serverTabs.find((one) => one === search.tab);
  // Older links say `days`.
  const win = daysOf(search.win ?? search.days, longestHistory);
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(search.form === 'fields' ? { form: 'fields' } : {}),
    ...(search.win === undefined && win === undefined ? {} : { win }),
    ...(search.days === undefined ? {} : { days: undefined }),
  };
}

export function rightsizingAddress(search: Record<string, unknown>): RightsizingSearch {
  return textsOf(search, ['class', 'state', 'q', 'provider', 'account', 'region', 'after']);
}

/** What a run by hand reads in the place of what is set for all. */
export interface RunChoice {
  /** Days of its window. */
  readonly win?: number;
  /** Whether the percentile is read, too. */
  readonly p95?: 'yes' | 'no';
  /** USD that it may cost; what its plan could cost at most where absent. */
  readonly most?: number | undefined;
}

/** As the API takes it. */
const longestRun = 455;

function runChoice(search: Record<string, unknown>): RunChoice {
  const win = daysOf(search.win, longestRun);
  const p95 = (['yes', 'no'] as const).find((each) => each === search.p95);
  const most = Number(search.most);
  return {
    ...(win === undefined ? {} : { win }),
    ...(p95 === undefined ? {} : { p95 }),
    ...(most > 0 && Number.isFinite(most) ? { most } : {}),
  };
}

export interface CollectAddress extends RunChoice {
  /** Only servers that fit it are read. */
  readonly q?: string;
  /** Accounts that are left out, by name, none of which has a comma: `lab,pay-dev`. */
  readonly without?: string;
  /** Only these, by id: `12,15`. */
  readonly servers?: string;
}

export function collectAddress(search: Record<string, unknown>): CollectAddress {
  const servers = String(search.servers ?? '');
  const scope = /^\d{1,15}(,\d{1,15})*$/.test(servers) ? { servers } : textsOf(search, ['q', 'without']);
  return { ...scope, ...runChoice(search) };
}

export const jobStatuses = ['running', 'failed', 'partial', 'succeeded', 'canceled', 'interrupted'] as const;

export interface JobsAddress {
  readonly after?: string;
  readonly status?: (typeof jobStatuses)[number];
  /** Only those that read this account, by the name it is saved under or by its id. */
  readonly source?: string;
}

export function jobsAddress(search: Record<string, unknown>): JobsAddress {
  const status = jobStatuses.find((one) => one === search.status);
  return { ...textsOf(search, ['after', 'source']), ...(status === undefined ? {} : { status }) };
}

export const jobTabs = ['tasks', 'timeline', 'errors', 'events'] as const;

export interface JobAddress {
  readonly tab?: (typeof jobTabs)[number];
  /** What regions or events are filtered by. */
  readonly q?: string;
  /** What is shown of the time: `1200-5600`, in milliseconds since the run began. */
  readonly time?: string;
}

export function jobAddress(search: Record<string, unknown>): JobAddress {
  const tab = jobTabs.find((one) => one === search.tab);
  return { ...(tab === undefined ? {} : { tab }), ...textsOf(search, ['q', 'time']) };
}

export interface SourcesAddress {
  /** Health where absent. */
  readonly tab?: 'metrics';
  readonly provider?: string;
  readonly type?: string;
}

export function sourcesAddress(search: Record<string, unknown>): SourcesAddress {
  return { ...(search.tab === 'metrics' ? { tab: 'metrics' } : {}), ...textsOf(search, ['provider', 'type']) };
}

export function sourceAddress(search: Record<string, unknown>): { readonly show?: 'table' } {
  return search.show === 'table' ? { show: 'table' } : {};
}

export const errorGroups = ['account,region', 'account', 'region'] as const;
export const errorSpans = ['1h', '24h', '7d', '30d', 'all'] as const satisfies readonly ErrorSpan[];

export interface ErrorsAddress {
  /** Both where absent. */
  readonly group?: (typeof errorGroups)[number];
  /** Seven days where absent. */
  readonly since?: ErrorSpan;
  readonly code?: ErrorCode;
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
}

export function errorsAddress(search: Record<string, unknown>): ErrorsAddress {
  const group = errorGroups.find((each) => each === search.group);
  const since = errorSpans.find((each) => each === search.since);
  return {
    ...(group === undefined ? {} : { group }),
    ...(since === undefined ? {} : { since }),
    ...(isErrorCode(search.code) ? { code: search.code } : {}),
    ...textsOf(search, ['provider', 'account', 'region']),
  };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(text.errorCodes, code);
}

export function exportsAddress(search: Record<string, unknown>): { readonly after?: string } {
  return textsOf(search, ['after']);
}

export const connectSteps = ['provider', 'access', 'test', 'plan'] as const;

/** With what is chosen of the first run. */
export interface ConnectAddress extends RunChoice {
  readonly provider?: string;
  readonly step?: (typeof connectSteps)[number];
  /** The saved account whose run is planned. */
  readonly account?: string;
}

export function connectAddress(search: Record<string, unknown>): ConnectAddress {
  const step = connectSteps.find((one) => one === search.step);
  return { ...textsOf(search, ['provider', 'account']), ...(step === undefined ? {} : { step }), ...runChoice(search) };
}

function textsOf<K extends string>(search: Record<string, unknown>, keys: readonly K[]): { [k in K]?: string } {
  const found: { [k in K]?: string } = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === 'string' && value !== '') found[key] = value;
  }
  return found;
}
