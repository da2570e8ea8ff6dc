import type { SourceRow } from '../../../src/server/source-api.ts';
import { formatCount, formatPart, formatTime } from '../format.ts';
import { text } from '../text.ts';

/** `Amazon Web Services · eu-west-1`, `Amazon Web Services · regions: 16` */
export function nameOf({
  id,
  provider,
  name,
  regions,
}: Pick<SourceRow, 'id' | 'provider' | 'name' | 'regions'>): string {
  if (id !== provider) return `${name} · ${id.slice(provider.length + 1)}`;
  const [only] = regions;
  if (only === undefined) return name;
  return regions.length === 1 ? `${name} · ${only}` : `${name} · ${text.sources.regions(formatCount(regions.length))}`;
}

/** The strip in one sentence. */
export function sentenceOf({ calls, failed, throttled }: SourceRow): string {
  if (calls === 0) return text.sources.noCalls;
  return text.sources.summary(formatCount(calls), formatPart(failed / calls), formatCount(throttled));
}

export interface StripTimes {
  readonly from: string;
  readonly cell_seconds: number;
}

/** When a cell of the strip begins, as an ISO time. */
export function timeOfCell({ from, cell_seconds }: StripTimes, cell: number): string {
  return new Date(Date.parse(from) + cell * cell_seconds * 1000).toISOString();
}

export function cellWords(times: StripTimes, { cells }: SourceRow, at: number): string {
  const [calls = 0, failed = 0, throttled = 0] = [cells.calls[at], cells.failed[at], cells.throttled[at]];
  const when = formatTime(timeOfCell(times, at));
  if (calls === 0) return text.sources.emptyCell(when);
  return text.sources.cell(when, formatCount(calls), formatCount(failed), formatCount(throttled));
}
