import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ErrorReport } from '../../src/model/errors.ts';
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
} from '../../src/server/api.ts';
import { text } from './text.ts';

/** What the API refused, or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly report: Pick<ErrorReport, 'message' | 'where' | 'fix'> & {
    readonly code: ErrorReport['code'] | 'unreachable';
  };

  constructor(report: ApiError['report']) {
    super(report.message);
    this.report = report;
  }
}

const unreachable = () =>
  new ApiError({ code: 'unreachable', message: text.states.unreachable, fix: text.states.unreachableFix });

async function read<T>(path: string, signal: AbortSignal): Promise<Reply<T>> {
  const answer = await fetch(`/api${path}`, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable();
  });
  const body: Reply<T> | ErrorReply = await answer.json().catch(() => {
    throw unreachable();
  });
  if ('error' in body) throw new ApiError(body.error);
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

/** What the address of the list may say; all of it optional. */
export interface ServersSearch {
  readonly search?: string;
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  readonly state?: string;
  readonly sort?: string;
  readonly after?: string;
}

export const serversPage = 100;

export const serversQuery = (search: ServersSearch) =>
  queryOptions({
    queryKey: ['servers', search],
    queryFn: ({ signal }) =>
      read<readonly ServerRow[]>(`/servers?${new URLSearchParams({ ...search, limit: String(serversPage) })}`, signal),
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
      read<readonly JobSummary[]>(`/jobs${after === undefined ? '' : `?after=${after}`}`, signal),
    refetchInterval: ({ state }) => (state.data?.data.some((job) => job.state === 'RUNNING') ? fastMs : slowMs),
  });

export const jobQuery = (id: number) =>
  queryOptions({ queryKey: ['job', id], queryFn: ({ signal }) => read<JobDetail>(`/jobs/${id}`, signal) });
