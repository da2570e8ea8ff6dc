import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ErrorReport } from '../../src/model/errors.ts';
import type { AccountDetail, AccountRow, ProviderDetail, ProviderRow } from '../../src/server/account-api.ts';
import type {
  ErrorReply,
  JobDetail,
  JobRow,
  Reply,
  RunCounts,
  ServerDetail,
  ServerHistory,
  ServerRow,
  Status,
  Summary,
} from '../../src/server/api.ts';
import type { BudgetReply } from '../../src/server/budget-api.ts';
import type { CollectionReply } from '../../src/server/collection-api.ts';
import type { DataReply, Diagnostics } from '../../src/server/data-api.ts';
import type { ErrorSummary, RetryErrorsBody } from '../../src/server/error-api.ts';
import type { ExportBody, ExportRow, ExportsReply } from '../../src/server/export-file-api.ts';
import type { ServerFacets } from '../../src/server/facets-api.ts';
import type { ApiKeyRow, SessionReply, UserRow } from '../../src/server/identity-api.ts';
import type { JobDuration } from '../../src/server/job-duration-routes.ts';
import type {
  DecisionBody,
  PolicyBody,
  PolicyChoices,
  PolicyReply,
  RightsizingDetail,
  RightsizingRow,
  RightsizingSummary,
} from '../../src/server/rightsizing-api.ts';
import type { PlanReply, RunBody, ScheduleRow } from '../../src/server/run-api.ts';
import type { ServerBins } from '../../src/server/server-bins-api.ts';
import type { ServerGroups } from '../../src/server/server-groups-api.ts';
import type { MetricSourcesReply, SourceDetail, SourcesReply } from '../../src/server/source-api.ts';
import type { JobState } from '../../src/store/jobs.ts';
import type { PercentKey } from '../../src/store/record-shapes.ts';
import { text } from './text.ts';

/** What the API refused, or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly report: Pick<ErrorReport, 'message' | 'where' | 'fix'> & {
    readonly code: ErrorReport['code'] | 'unreachable';
  };

  /** Nobody is signed in, or not any more. */
  readonly isSignedOut: boolean;
  /** By which the log of the server knows of it. */
  readonly requestId: string | undefined;
  /** Seconds that the API asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(report: ApiError['report'], headers = new Headers()) {
    super(report.message);
    this.report = report;
    // A wrong password is 401 as well, and no challenge.
    this.isSignedOut = headers.has('www-authenticate');
    this.requestId = headers.get('x-request-id') ?? undefined;
    this.retryAfter = Number(headers.get('retry-after')) || undefined;
  }
}

const unreachable = () =>
  new ApiError({ code: 'unreachable', message: text.states.unreachable, fix: text.states.unreachableFix });

async function read<T>(path: string, signal: AbortSignal): Promise<Reply<T>> {
  const answer = await fetch(`/api${path}`, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable();
  });
  return replyOf<T>(answer);
}

/** Changes something, or tries to. @param signal for what changes nothing @throws ApiError */
export async function send<T>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  signal: AbortSignal | null = null,
): Promise<Reply<T>> {
  const content =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`/api${path}`, { method, signal, ...content }).catch((error: unknown) => {
    throw signal?.aborted ? error : unreachable();
  });
  return replyOf<T>(answer);
}

/** Changes or tries something, and is told of it line by line. @throws ApiError */
export async function* sendForLines<T>(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<T> {
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify(body), signal };
  const answer = await fetch(`/api${path}`, asked).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable();
  });
  if (!answer.ok || answer.body === null) return void (await replyOf(answer));
  let begun = '';
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      const lines = `${begun}${piece.value}`.split('\n');
      begun = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line);
    }
  } catch (error) {
    throw signal.aborted ? error : unreachable();
  }
}

async function replyOf<T>(answer: Response): Promise<Reply<T>> {
  const body: Reply<T> | ErrorReply = await answer.json().catch(() => {
    throw unreachable();
  });
  if ('error' in body) throw new ApiError(body.error, answer.headers);
  return body;
}

/** How often what no stream tells is asked again, in milliseconds. */
const slowMs = 30_000;
export const fastMs = 3_000;

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => read<Status>('/status', signal),
  // The first run is about to begin.
  refetchInterval: ({ state: { data } }) => (data?.data.running || data?.data.last_job === null ? fastMs : slowMs),
});

export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => read<Summary>('/summary', signal),
  refetchInterval: slowMs,
});

/** Of all lists of servers. */
export const serversKey = ['servers'] as const;

/** What a list of servers is asked by. */
export interface ServersAsked {
  readonly q: string;
  readonly type: string;
  readonly sort: string;
  /** Of which the trend is read with the rows; 0 for none. */
  readonly days: number;
}

/** Rows that are read at once. */
export const rowsAtOnce = 100;

export const serverRowsQuery = ({ q, type, sort, days }: ServersAsked, from: number) =>
  queryOptions({
    queryKey: [...serversKey, q, type, sort, from, days],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ q, type, sort, from: String(from), limit: String(rowsAtOnce) });
      if (days > 0) query.set('trend', String(days));
      return read<readonly ServerRow[]>(`/servers?${query}`, signal);
    },
  });

/** Servers of all types that a search finds first. */
export const foundServersQuery = (q: string) =>
  queryOptions({
    queryKey: ['found', q],
    queryFn: ({ signal }) =>
      read<readonly ServerRow[]>(`/servers?${new URLSearchParams({ q, type: 'all', limit: '6' })}`, signal),
  });

/** The one row at a place of the order. */
export const serverRowQuery = ({ q, type, sort }: Omit<ServersAsked, 'days'>, from: number) =>
  queryOptions({
    queryKey: ['server-row', q, type, sort, from],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ q, type, sort, from: String(from), limit: '1' });
      const { data } = await read<readonly ServerRow[]>(`/servers?${query}`, signal);
      return data[0] ?? null;
    },
  });

/** How many there are, without a row. */
export const serverCountQuery = (q: string, type: string) =>
  queryOptions({
    queryKey: ['server-count', q, type],
    queryFn: async ({ signal }) => {
      const { meta } = await read(`/servers?${new URLSearchParams({ q, type, from: '0', limit: '1' })}`, signal);
      return meta.total ?? 0;
    },
  });

export const serverFacetsQuery = (q: string, type: string, stat: string) =>
  queryOptions({
    queryKey: ['server-facets', q, type, stat],
    queryFn: ({ signal }) => read<ServerFacets>(`/servers/facets?${new URLSearchParams({ q, type, stat })}`, signal),
    placeholderData: keepPreviousData,
  });

export interface BinsAsked {
  readonly q: string;
  readonly type: string;
  readonly x: PercentKey;
  readonly y: PercentKey;
}

export const serverBinsQuery = ({ q, type, x, y }: BinsAsked) =>
  queryOptions({
    queryKey: ['server-bins', q, type, x, y],
    queryFn: ({ signal }) => read<ServerBins>(`/servers/bins?${new URLSearchParams({ q, type, x, y })}`, signal),
  });

export const serverGroupsQuery = (q: string, type: string, key: PercentKey) =>
  queryOptions({
    queryKey: ['server-groups', q, type, key],
    queryFn: ({ signal }) => read<ServerGroups>(`/servers/groups?${new URLSearchParams({ q, type, key })}`, signal),
  });

export const serverQuery = (id: string) =>
  queryOptions({ queryKey: ['server', id], queryFn: ({ signal }) => read<ServerDetail>(`/servers/${id}`, signal) });

export const historyQuery = (id: string, days: number) =>
  queryOptions({
    queryKey: ['history', id, days],
    queryFn: ({ signal }) => read<ServerHistory>(`/servers/${id}/history?days=${days}`, signal),
    placeholderData: keepPreviousData,
  });

export const jobsQuery = (after: string | undefined, state?: JobState, source?: string) =>
  queryOptions({
    queryKey: ['jobs', after, state, source],
    queryFn: ({ signal }) => {
      const asked = {
        ...(after === undefined ? {} : { cursor: after }),
        ...(state === undefined ? {} : { state }),
        ...(source === undefined ? {} : { source }),
      };
      return read<readonly JobRow[]>(`/jobs?${new URLSearchParams(asked)}`, signal);
    },
    refetchInterval: ({ state }) => (state.data?.data.some((job) => job.state === 'RUNNING') ? fastMs : slowMs),
  });

export const jobCountsQuery = (source: string | undefined) =>
  queryOptions({
    queryKey: ['jobs', 'counts', source],
    queryFn: ({ signal }) =>
      read<RunCounts>(`/jobs/counts?${new URLSearchParams(source === undefined ? {} : { source })}`, signal),
    refetchInterval: ({ state }) => (state.data?.data.states.RUNNING === undefined ? slowMs : fastMs),
    placeholderData: keepPreviousData,
  });

/** Of the last runs; asked again as runs are. */
export const jobDurationsQuery = queryOptions({
  queryKey: ['jobs', 'durations'],
  queryFn: ({ signal }) => read<readonly JobDuration[]>('/jobs/durations', signal),
  refetchInterval: slowMs,
});

/** What runs may cost, and what this month has cost. */
export const budgetQuery = queryOptions({
  queryKey: ['budget'],
  queryFn: ({ signal }) => read<BudgetReply>('/budget', signal),
  refetchInterval: slowMs,
});

/** What runs read where they do not say it themselves. */
export const collectionQuery = queryOptions({
  queryKey: ['collection'],
  queryFn: ({ signal }) => read<CollectionReply>('/collection', signal),
});

export const dataQuery = queryOptions({
  queryKey: ['data'],
  queryFn: ({ signal }) => read<DataReply>('/data', signal),
});

/** As it was when it was asked for. */
export const diagnosticsQuery = queryOptions({
  queryKey: ['diagnostics'],
  queryFn: ({ signal }) => read<Diagnostics>('/diagnostics', signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
});

export const jobQuery = (id: number) =>
  queryOptions({ queryKey: ['job', id], queryFn: ({ signal }) => read<JobDetail>(`/jobs/${id}`, signal) });

/** Who asks, and what they may do. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => read<SessionReply>('/session', signal),
  // Every page waits for it.
  retry: false,
});

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => read<readonly UserRow[]>('/users', signal),
});

/** Of whoever signed in, or of a user. */
export type KeysPath = '/api-keys' | `/users/${string}/api-keys`;

export const apiKeysQuery = (path: KeysPath) =>
  queryOptions({ queryKey: ['keys', path], queryFn: ({ signal }) => read<readonly ApiKeyRow[]>(path, signal) });

/** Below this key lies all that a decision or another policy changes. */
export const rightsizingKey = ['rightsizing'] as const;

export const rightsizingSummaryQuery = queryOptions({
  queryKey: [...rightsizingKey, 'summary'],
  queryFn: ({ signal }) => read<RightsizingSummary>('/rightsizing/summary', signal),
  staleTime: slowMs,
});

/** What the address of the page may say; all of it optional. */
export interface RightsizingSearch {
  readonly class?: string;
  /** `any` for all; where absent, what is open, or of a class all. */
  readonly state?: string;
  readonly q?: string;
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  readonly after?: string;
}

export interface RightsizingPage {
  readonly rows: readonly RightsizingRow[];
  /** Cursor of what was not looked at yet. */
  readonly next: string | undefined;
}

const rightsizingPage = 100;
/** Of a fleet of a million, nobody waits for the end. */
const mostReads = 20;

export const rightsizingQuery = ({ after, ...search }: RightsizingSearch) =>
  queryOptions({
    queryKey: [...rightsizingKey, 'list', search, after],
    queryFn: ({ signal }) => readVerdicts(search, after, signal),
    placeholderData: keepPreviousData,
  });

/** Who asks for nothing in particular wants to see what there is to decide. */
export function shownState({ class: name, state }: RightsizingSearch): string | undefined {
  if (state === undefined) return name === undefined ? 'open' : undefined;
  return state === 'any' ? undefined : state;
}

/** All that narrows verdicts down but class and state, as a query. */
export function verdictQuery({ q = '', provider, account, region }: RightsizingSearch): string {
  const terms = Object.entries({ provider, account, region }).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field}:"${value.replaceAll('"', '')}"`],
  );
  return [q, ...terms].filter((term) => term !== '').join(' ');
}

/** A page of the API may hold a few servers, or none, and have a next one: reads on until there is something to show. */
async function readVerdicts(
  { class: name, state: asked, q = '', ...exact }: Omit<RightsizingSearch, 'after'>,
  after: string | undefined,
  signal: AbortSignal,
): Promise<RightsizingPage> {
  const all = verdictQuery({ q, ...exact });
  const state = shownState({ ...(name && { class: name }), ...(asked && { state: asked }) });
  const rows: RightsizingRow[] = [];
  let next = after;
  for (let reads = 0; reads < mostReads && rows.length < rightsizingPage; reads++) {
    const query = new URLSearchParams({
      ...(name === undefined ? {} : { class: name }),
      ...(state === undefined ? {} : { state }),
      ...(all === '' ? {} : { q: all }),
      ...(next === undefined ? {} : { cursor: next }),
      limit: String(rightsizingPage),
    });
    const { data, meta } = await read<readonly RightsizingRow[]>(`/rightsizing?${query}`, signal);
    rows.push(...data);
    next = meta.next;
    if (next === undefined) break;
  }
  return { rows, next };
}

export const serverRightsizingQuery = (id: string) =>
  queryOptions({
    queryKey: [...rightsizingKey, 'server', id],
    queryFn: ({ signal }) => read<RightsizingDetail>(`/servers/${id}/rightsizing`, signal),
  });

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: ({ signal }) => read<PolicyChoices>('/rightsizing/policies', signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const policyPreviewQuery = (policy: PolicyBody | undefined) =>
  queryOptions({
    queryKey: [...rightsizingKey, 'preview', policy],
    queryFn: ({ signal }) => send<RightsizingSummary>('POST', '/rightsizing/preview', policy, signal),
    enabled: policy !== undefined,
    placeholderData: keepPreviousData,
  });

export const savePolicy = (policy: PolicyBody) => send<PolicyReply>('PUT', '/rightsizing/policy', policy);

export const sendDecision = (decision: DecisionBody) =>
  send<readonly RightsizingRow[]>('POST', '/rightsizing/decisions', decision);

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => read<readonly ProviderRow[]>('/providers', signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const providerQuery = (id: string) =>
  queryOptions({
    queryKey: ['provider', id],
    queryFn: ({ signal }) => read<ProviderDetail>(`/providers/${encodeURIComponent(id)}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => read<readonly AccountRow[]>('/accounts', signal),
});

/** By id or name. */
export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: [...accountsQuery.queryKey, id],
    queryFn: ({ signal }) => read<AccountDetail>(`/accounts/${encodeURIComponent(id)}`, signal),
  });

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => read<readonly ScheduleRow[]>('/schedules', signal),
  refetchInterval: slowMs,
});

/** Below this key lies all that a retry changes. */
export const errorsKey = ['errors'] as const;
export const jobsKey = ['jobs'] as const;

export const errorSummaryQuery = (asked: Omit<RetryErrorsBody, 'max_cost'>) =>
  queryOptions({
    queryKey: [...errorsKey, asked],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(asked)) if (value !== undefined) query.set(key, value);
      return read<ErrorSummary>(`/errors/summary?${query}`, signal);
    },
    refetchInterval: slowMs,
    placeholderData: keepPreviousData,
  });

/** Below this key lies all that a test of a source changes. */
export const sourcesKey = ['sources'] as const;

export const sourcesQuery = queryOptions({
  queryKey: [...sourcesKey, 'list'],
  queryFn: ({ signal }) => read<SourcesReply>('/sources', signal),
  refetchInterval: slowMs,
});

export const sourceQuery = (id: string) =>
  queryOptions({
    queryKey: [...sourcesKey, 'one', id],
    queryFn: ({ signal }) => read<SourceDetail>(`/sources/${encodeURIComponent(id)}`, signal),
    refetchInterval: slowMs,
  });

export const metricSourcesQuery = (type: string, provider: string | undefined) =>
  queryOptions({
    queryKey: [...sourcesKey, 'metrics', type, provider],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ type, ...(provider === undefined ? {} : { provider }) });
      return read<MetricSourcesReply>(`/sources/metrics?${query}`, signal);
    },
    placeholderData: keepPreviousData,
  });

/** Below this key lie the files that are made in the background. */
export const exportsKey = ['exports'] as const;

/** While a file waits or is made, how often it is asked how far it is, in milliseconds. */
const makingMs = 1_000;

export const exportsQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: [...exportsKey, after],
    queryFn: ({ signal }) =>
      read<ExportsReply>(`/exports${after === undefined ? '' : `?${new URLSearchParams({ cursor: after })}`}`, signal),
    refetchInterval: ({ state: { data } }) =>
      data?.data.files.some(({ state }) => state === 'WAITING' || state === 'RUNNING') ? makingMs : slowMs,
  });

export const makeExport = (body: ExportBody) => send<ExportRow>('POST', '/exports', body);

/** Below this key lies what runs would cost: the settings of the collection, the accounts, and every run change it. */
export const planKey = ['plan'] as const;

export const planQuery = (run: RunBody) =>
  queryOptions({
    queryKey: [...planKey, run],
    queryFn: ({ signal }) => send<PlanReply>('POST', '/plan', run, signal),
    placeholderData: keepPreviousData,
    // It asks the clouds.
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });
