import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ErrorReport } from '../../src/model/errors.ts';
import type { AccountRow, ProviderDetail, ProviderRow } from '../../src/server/account-api.ts';
import type {
  ErrorReply,
  JobDetail,
  JobSummary,
  Reply,
  ServerDetail,
  ServerHistory,
  ServerRow,
  Status,
  Summary,
  TaskProblem,
} from '../../src/server/api.ts';
import type { ServerFacets } from '../../src/server/facets-api.ts';
import type { ApiKeyRow, SessionReply, UserRow } from '../../src/server/identity-api.ts';
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
import { text } from './text.ts';

/** What the API refused, or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly report: Pick<ErrorReport, 'message' | 'where' | 'fix'> & {
    readonly code: ErrorReport['code'] | 'unreachable';
  };

  /** Nobody is signed in, or not any more. */
  readonly isSignedOut: boolean;
  /** Seconds that the API asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(report: ApiError['report'], headers = new Headers()) {
    super(report.message);
    this.report = report;
    // A wrong password is 401 as well, and no challenge.
    this.isSignedOut = headers.has('www-authenticate');
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

/** Changes something, or tries to. @throws ApiError */
export async function send<T>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Reply<T>> {
  const content =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`/api${path}`, { method, ...content }).catch(() => {
    throw unreachable();
  });
  return replyOf<T>(answer);
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
  refetchInterval: ({ state }) => (state.data?.data.running ? fastMs : slowMs),
});

export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => read<Summary>('/summary', signal),
  refetchInterval: slowMs,
});

/** What a list of servers is asked by. */
export interface ServersAsked {
  readonly q: string;
  readonly type: string;
  readonly sort: string;
}

/** Rows that are read at once. */
export const rowsAtOnce = 100;

export const serverRowsQuery = ({ q, type, sort }: ServersAsked, from: number) =>
  queryOptions({
    queryKey: ['servers', q, type, sort, from],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ q, type, sort, from: String(from), limit: String(rowsAtOnce) });
      return read<readonly ServerRow[]>(`/servers?${query}`, signal);
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

export const serverQuery = (id: string) =>
  queryOptions({ queryKey: ['server', id], queryFn: ({ signal }) => read<ServerDetail>(`/servers/${id}`, signal) });

export const historyQuery = (id: string, days: number) =>
  queryOptions({
    queryKey: ['history', id, days],
    queryFn: ({ signal }) => read<ServerHistory>(`/servers/${id}/history?days=${days}`, signal),
    placeholderData: keepPreviousData,
  });

export const jobsQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: ['jobs', after],
    queryFn: ({ signal }) =>
      read<readonly JobSummary[]>(`/jobs${after === undefined ? '' : `?cursor=${after}`}`, signal),
    refetchInterval: ({ state }) => (state.data?.data.some((job) => job.state === 'RUNNING') ? fastMs : slowMs),
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

/** A page of the API may hold a few servers, or none, and have a next one: reads on until there is something to show. */
async function readVerdicts(
  { class: name, state: asked, q = '', ...exact }: Omit<RightsizingSearch, 'after'>,
  after: string | undefined,
  signal: AbortSignal,
): Promise<RightsizingPage> {
  const terms = Object.entries(exact).map(([field, value]) => `${field}:"${value.replaceAll('"', '')}"`);
  const all = [q, ...terms].filter((term) => term !== '').join(' ');
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
    queryFn: () => send<RightsizingSummary>('POST', '/rightsizing/preview', policy),
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

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => read<readonly ScheduleRow[]>('/schedules', signal),
  refetchInterval: slowMs,
});

export const errorsQuery = queryOptions({
  queryKey: ['errors'],
  queryFn: ({ signal }) => read<readonly TaskProblem[]>('/errors?limit=200', signal),
  refetchInterval: slowMs,
});

export const planQuery = (run: RunBody) =>
  queryOptions({
    queryKey: ['plan', run],
    queryFn: () => send<PlanReply>('POST', '/plan', run),
    placeholderData: keepPreviousData,
    // It asks the clouds.
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });
