import { hashText, mix } from '../fleet/hash.ts';
import type { Luck } from '../fleet/luck.ts';
import { openToken, sealToken } from '../fleet/page-token.ts';
import type { Cell } from './cell.ts';
import { invalid, type JsonObject } from './cloudwatch-request.ts';
import { ApiError } from './errors.ts';
import type { Faults } from './faults.ts';
import { type Points, pointReader } from './metric-data.ts';
import { type MetricDataRequest, type MetricQuery, readMetricDataRequest } from './metric-query.ts';

/** What GetMetricData needs to answer. */
export interface MetricDataCall {
  readonly body: JsonObject;
  readonly cell: Cell;
  /** Epoch seconds. */
  readonly now: number;
  /** Epoch seconds: samples from there on are not published yet. */
  readonly horizon: number;
  readonly faults: Faults;
  readonly luck: Luck;
  /** Called with the checked request before any work. @throws ApiError when a quota is spent */
  readonly admit: (request: MetricDataRequest) => void;
}

/** An answer, as JSON text, and what it counts. */
export interface MetricDataAnswer {
  readonly json: string;
  readonly queries: number;
  readonly datapoints: number;
}

/** Where a page begins: a query, the points of it that earlier pages held, and the clock that all pages share. */
interface Cursor {
  readonly query: number;
  readonly point: number;
  readonly now: number;
  readonly horizon: number;
}

/**
 * GetMetricData. Queries fill a page in their order; a series that the page's border cuts is PartialData there and goes on,
 * under the same id, on the page after; series that have not begun are left to it too.
 */
export function getMetricData(call: MetricDataCall): MetricDataAnswer {
  const request = readMetricDataRequest(call.body);
  refusePoisoned(request, call.faults);
  call.admit(request);
  const key = `${call.cell.seed}/${fingerprintOf(request)}`;
  const cursor = startOf(request, call, key);
  const read = pointReader(call.cell, request, cursor.now, cursor.horizon);
  const page = new Page(request, pageSize(request, call));
  let next: Cursor | undefined;
  for (let index = cursor.query; index < request.queries.length && next === undefined; index++) {
    const query = request.queries[index];
    if (query === undefined || !query.returned) continue;
    const failure = failureOf(query, index, call);
    if (failure !== undefined) page.addFailure(query, failure);
    else {
      const from = index === cursor.query ? cursor.point : 0;
      const point = page.add(query, read(query), from);
      if (point !== undefined) next = { ...cursor, query: index, point };
    }
  }
  const token = next && sealToken(key, [next.query, next.point, next.now, next.horizon]);
  return { json: page.toJson(token), queries: request.queries.length, datapoints: page.datapoints };
}

function refusePoisoned({ queries }: MetricDataRequest, { poisonedInstances }: Faults): void {
  if (poisonedInstances.length === 0) return;
  for (const { metric } of queries) {
    const poisoned = metric.dimensions.find(({ value }) => poisonedInstances.includes(value));
    if (poisoned) throw invalid(`The value ${poisoned.value} for parameter Dimensions is not valid.`);
  }
}

function fingerprintOf({ queries, start, end, newestFirst }: MetricDataRequest): number {
  const seed = mix(Math.floor(start), Math.floor(end)) ^ Number(newestFirst);
  return queries.reduce(
    (hash, { id, key, statistic }) => hashText(hash, `${id}${key}${JSON.stringify(statistic)}`),
    seed,
  );
}

function startOf({ nextToken }: MetricDataRequest, { now, horizon }: MetricDataCall, key: string): Cursor {
  if (nextToken === undefined) return { query: 0, point: 0, now, horizon };
  const [query, point, then, thenHorizon] = openToken(key, nextToken) ?? [];
  if (query === undefined || point === undefined || then === undefined || thenHorizon === undefined) {
    throw new ApiError('InvalidNextToken', 'The next token specified is invalid.');
  }
  return { query, point, now: then, horizon: thenHorizon };
}

/** Points that this page may hold: fewer than asked for when luck has it cut short. */
function pageSize({ maxDatapoints, queries }: MetricDataRequest, { faults, luck }: MetricDataCall): number {
  if (luck.draw('partial') >= faults.partialDataRate) return maxDatapoints;
  return Math.min(maxDatapoints, 1 + Math.floor(luck.draw('partial size') * queries.length * 10));
}

function failureOf(
  { metric }: MetricQuery,
  index: number,
  { faults, luck }: MetricDataCall,
): 'Forbidden' | 'InternalError' | undefined {
  if (faults.forbiddenMetrics.includes(`${metric.namespace}/${metric.name}`)) return 'Forbidden';
  if (faults.internalErrorRate === 0) return undefined;
  return luck.draw(`internal error ${index}`) < faults.internalErrorRate ? 'InternalError' : undefined;
}

/** One page of results, written straight as JSON text. */
class Page {
  datapoints = 0;
  readonly #newestFirst: boolean;
  readonly #size: number;
  readonly #results: string[] = [];
  #lastTimestamps: readonly number[] = [];
  #lastTimestampsJson = '[]';

  constructor({ newestFirst }: MetricDataRequest, size: number) {
    this.#newestFirst = newestFirst;
    this.#size = size;
  }

  /** Adds the points from number `from` on, as many as fit. Returns the number of the first that did not. */
  add(query: MetricQuery, points: Points, from: number): number | undefined {
    const count = points.values.length;
    const end = Math.min(count, from + this.#size - this.datapoints);
    if (end === from && count > from) return from;
    this.datapoints += end - from;
    const timestamps = this.#timestampsJson(this.#cut(points.timestamps, from, end));
    this.#write(
      query,
      end < count ? 'PartialData' : 'Complete',
      timestamps,
      `[${this.#cut(points.values, from, end).join()}]`,
    );
    return end < count ? end : undefined;
  }

  addFailure(query: MetricQuery, status: 'Forbidden' | 'InternalError'): void {
    const message = status === 'Forbidden' ? 'Not authorized to read this metric' : 'An internal error has occurred';
    this.#write(query, status, '[]', '[]', `,"Messages":[{"Code":"${status}","Value":"${message}"}]`);
  }

  toJson(nextToken: string | undefined): string {
    const token = nextToken === undefined ? '' : `,"NextToken":${JSON.stringify(nextToken)}`;
    return `{"Messages":[],"MetricDataResults":[${this.#results.join()}]${token}}`;
  }

  #cut(points: readonly number[], from: number, end: number): readonly number[] {
    if (!this.#newestFirst) return end - from === points.length ? points : points.slice(from, end);
    return points.slice(points.length - end, points.length - from).reverse();
  }

  /** Most series of a page have the same timestamps: their text is made once. */
  #timestampsJson(timestamps: readonly number[]): string {
    const last = this.#lastTimestamps;
    if (timestamps.length !== last.length || !timestamps.every((time, i) => time === last[i])) {
      this.#lastTimestamps = timestamps;
      this.#lastTimestampsJson = `[${timestamps.join()}]`;
    }
    return this.#lastTimestampsJson;
  }

  #write({ id, label }: MetricQuery, status: string, timestamps: string, values: string, messages = ''): void {
    this.#results.push(
      `{"Id":"${id}","Label":${JSON.stringify(label)},"StatusCode":"${status}","Timestamps":${timestamps},"Values":${values}${messages}}`,
    );
  }
}
