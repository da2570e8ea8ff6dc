import { openToken, sealToken } from '../fleet/page-token.ts';
import type { Visible } from './align.ts';
import { ApiError, invalidField, rpcCodes } from './errors.ts';
import { bucketEnd, type Column, type Grid } from './grid.ts';
import type { SimProject } from './projects.ts';
import { type OutputSeries, runQuery } from './query.ts';
import { timestamp } from './query-params.ts';
import { findSeries } from './stored-series.ts';
import { readTimeSeriesRequest, type TimeSeriesRequest } from './time-series-request.ts';
import type { World } from './world.ts';

/** Points of Google's own metrics are kept for 24 months. */
const retentionMinutes = 730 * 1440;

/** What timeSeries.list needs to answer. */
export interface TimeSeriesCall {
  readonly params: URLSearchParams;
  readonly world: World;
  /** The project of the request's `name`: its metrics scope is searched. */
  readonly project: SimProject;
  /** Epoch seconds: samples of what came after are not published yet. */
  readonly horizon: number;
  readonly readable: (project: SimProject, place: string) => boolean;
  /** Series that a query can go through in time. */
  readonly mostSeries: number;
}

/** An answer, as JSON text, and what it counts. */
export interface TimeSeriesAnswer {
  readonly json: string;
  readonly series: number;
  readonly points: number;
}

/** Where a page begins: a series, how many of its points earlier pages held, and the horizon that all pages share. */
interface Cursor {
  readonly series: number;
  readonly points: number;
  readonly horizonMinute: number;
}

/** projects.timeSeries.list. Series fill a page in their order, newest point first; one that the page's end cuts goes on on the next. */
export function listTimeSeries(call: TimeSeriesCall): TimeSeriesAnswer {
  const request = readTimeSeriesRequest(call.params);
  const key = `${call.project.id}\n${request.fingerprint}`;
  const cursor = startOf(request, call, key);
  const visible: Visible = { from: cursor.horizonMinute - retentionMinutes, to: cursor.horizonMinute };
  const { series, unreadable, grid } = answerSeries(request, call, visible);
  const page = new Page(request, grid);
  let next: Cursor | undefined;
  for (let at = cursor.series; at < series.length && next === undefined; at++) {
    const one = series[at];
    const points = one && page.add(one, at === cursor.series ? cursor.points : 0);
    if (points !== undefined) next = { ...cursor, series: at, points };
  }
  const token = next && sealToken(key, [next.series, next.points, next.horizonMinute]);
  return { json: page.toJson(unreadable, token), series: page.series, points: page.points };
}

function startOf({ pageToken }: TimeSeriesRequest, { horizon }: TimeSeriesCall, key: string): Cursor {
  if (pageToken === undefined) return { series: 0, points: 0, horizonMinute: Math.floor(horizon / 60) };
  const [series, points, horizonMinute] = openToken(key, pageToken) ?? [];
  if (series === undefined || points === undefined || horizonMinute === undefined) {
    throw invalidField('pageToken', pageToken, 'The page token is not valid for this request.');
  }
  return { series, points, horizonMinute };
}

function answerSeries(
  request: TimeSeriesRequest,
  { world, project, readable, mostSeries }: TimeSeriesCall,
  visible: Visible,
) {
  const { metric, judge, start, end, primary, secondary } = request;
  const query = { start, end, visible, primary, secondary, projectId: project.id };
  const reach = 60 + (primary?.periodSeconds ?? 0) + (secondary?.periodSeconds ?? 0);
  const projects = [project, ...scopeOf(world, project)];
  const search = { world, projects, judge, start: start - reach, end, readable };
  const { series, unreadable } = findSeries(metric, search);
  if (series.length > mostSeries) {
    throw new ApiError('DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.');
  }
  return { ...runQuery(query, series), unreadable };
}

function scopeOf(world: World, { monitors = [] }: SimProject): readonly SimProject[] {
  return monitors.map((id) => world.findProject(id)).filter((project) => project !== undefined);
}

/** One page, written straight as JSON text. */
class Page {
  series = 0;
  points = 0;
  readonly #request: TimeSeriesRequest;
  readonly #grid: Grid;
  readonly #times: string[] = [];
  readonly #series: string[] = [];

  constructor(request: TimeSeriesRequest, grid: Grid) {
    this.#request = request;
    this.#grid = grid;
  }

  /** Adds what fits of a series, without its `skipped` newest points. Returns how many are told by now if some are left. */
  add(one: OutputSeries, skipped: number): number | undefined {
    const { headersOnly, pageSize } = this.#request;
    const full = (headersOnly ? this.series : this.points) >= pageSize;
    const column = one.column();
    const total = column.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
    if (total === skipped) return undefined;
    if (full) return skipped;
    const wanted = headersOnly ? 0 : Math.min(total - skipped, pageSize - this.points);
    this.#series.push(this.#seriesJson(one, headersOnly ? undefined : this.#pointsJson(column, skipped, wanted)));
    this.series++;
    this.points += wanted;
    return headersOnly || skipped + wanted === total ? undefined : skipped + wanted;
  }

  toJson(unreadable: readonly string[], nextPageToken: string | undefined): string {
    const executionErrors = unreadable.map((place) => ({
      code: rpcCodes.UNAVAILABLE,
      message: `Time series of ${place} could not be read.`,
    }));
    const rest = {
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
      ...(executionErrors.length === 0 ? {} : { executionErrors }),
      unit: this.#request.valueKind.unit,
    };
    const series = this.#series.length === 0 ? '' : `"timeSeries":[${this.#series.join()}],`;
    return `{${series}${JSON.stringify(rest).slice(1)}`;
  }

  #seriesJson({ resourceLabels, metricLabels }: OutputSeries, points: string | undefined): string {
    const { metric, valueKind } = this.#request;
    const { kind: metricKind, valueType } = valueKind;
    const labels = Object.keys(metricLabels).length === 0 ? {} : { labels: metricLabels };
    const header = JSON.stringify({
      metric: { ...labels, type: metric.descriptor.type },
      resource: { type: metric.resourceType, labels: resourceLabels },
      metricKind,
      valueType,
    });
    return points === undefined ? header : `${header.slice(0, -1)},"points":[${points}]}`;
  }

  /** `count` points, newest first, after the `skipped` newest. */
  #pointsJson(column: Column, skipped: number, count: number): string {
    const points: string[] = [];
    let left = skipped;
    for (let bucket = column.length - 1; points.length < count; bucket--) {
      const value = column[bucket] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (left > 0) left--;
      else points.push(`{"interval":${this.#time(bucket)},"value":${this.#valueJson(value)}}`);
    }
    return points.join();
  }

  #valueJson(value: number): string {
    return this.#request.valueKind.valueType === 'INT64'
      ? `{"int64Value":"${Math.round(value)}"}`
      : `{"doubleValue":${value}}`;
  }

  /** A gauge's point stands at its bucket's end; a delta's spans it. Series share their times: each text is made once. */
  #time(bucket: number): string {
    const known = this.#times[bucket];
    if (known !== undefined) return known;
    const end = bucketEnd(this.#grid, bucket);
    const start = this.#request.valueKind.kind === 'GAUGE' ? end : end - this.#grid.period;
    const text = `{"startTime":"${timestamp(start)}","endTime":"${timestamp(end)}"}`;
    this.#times[bucket] = text;
    return text;
  }
}
