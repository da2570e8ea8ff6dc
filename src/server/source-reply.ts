import { latencyAt } from '#platform/health/call-figures.ts';
import type { OutsideSource } from '#platform/health/outside-sources.ts';
import { type Source, stripStart } from '#platform/health/sources.ts';
import { type AccountCalls, quarterMs } from '#store/call-quarters.ts';
import { isoTime } from './iso-time.ts';
import type { OutsideSourceRow, SourcePlace, SourceRow } from './source-api.ts';

/** Where the strip begins, and how long its cells are. */
export function stripReply(now: number): { readonly from: string; readonly cell_seconds: number } {
  return { from: isoTime(stripStart(now) * quarterMs), cell_seconds: quarterMs / 1000 };
}

export function sourceRow({ id, provider, regions, accounts, figures, quota }: Source, now: number): SourceRow {
  const timeOf = (cell: number | undefined) =>
    cell === undefined ? null : isoTime((stripStart(now) + cell) * quarterMs);
  const { state, since, error, calls, failed, throttled, last, p50Ms, p95Ms, cells } = figures;
  return {
    id,
    provider: provider.id,
    name: provider.name,
    api: provider.metricApi,
    regions,
    accounts,
    state,
    since: timeOf(since),
    error: error ?? null,
    calls,
    failed,
    throttled,
    last_at: timeOf(last),
    p50_ms: rounded(p50Ms),
    p95_ms: rounded(p95Ms),
    quota: quota ?? null,
    cells: {
      calls: cells.map((cell) => cell.calls),
      failed: cells.map((cell) => cell.failed),
      throttled: cells.map((cell) => cell.throttled),
    },
  };
}

export function outsideRow({ provider, at, error, ...source }: OutsideSource): OutsideSourceRow {
  return { ...source, provider: provider ?? null, at: isoTime(at), error: error ?? null };
}

export function placeRow({ account, region, calls, failed, throttled, error, bands, last }: AccountCalls): SourcePlace {
  const isSlowedDown = failed > 0 && throttled * 2 >= failed;
  return {
    account,
    region,
    calls,
    failed,
    throttled,
    error: isSlowedDown ? 'rate_limited' : error,
    p95_ms: rounded(latencyAt(bands, 0.95)),
    last_at: isoTime(last * quarterMs),
  };
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
