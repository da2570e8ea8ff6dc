import type { DayCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { Answer, Failure, MetricReply } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { reasonOf } from '#model/missing.ts';
import { type Day, type DayRange, dayCount, daySeconds, daysOf, startOf } from '#model/window.ts';
import { type PrometheusApi, partialAnswer } from './api.ts';
import { cellsOf } from './cells.ts';
import { QueryFailed } from './errors.ts';
import { expressionsOf, overDay, type Scope } from './expressions.ts';
import { type KeyMeasure, type PrometheusRequest, type Query, queriesFor } from './plan.ts';
import { oneOf } from './promql.ts';
import { ReadingsByServer } from './readings.ts';
import { lastOf, type PrometheusServer } from './server.ts';

export interface ReadContext {
  readonly api: PrometheusApi;
  readonly account: string;
  /** That every query carries. */
  readonly matchers: readonly string[];
  readonly signal: AbortSignal;
}

/** What the same queries are sent for: a request, or a part of one that failed as a whole. */
interface Piece {
  readonly request: PrometheusRequest;
  readonly servers: readonly PrometheusServer[];
  readonly keys: readonly KeyMeasure[];
  readonly days: DayRange;
}

/** What became of a key of a server: its cells, or why it has none. */
type Outcome = { readonly cells: ReadonlyMap<Day, DayCell> } | { readonly error: CollectError };

/** By server id and key. */
type Outcomes = ReadonlyMap<string, ReadonlyMap<MetricKey, Outcome>>;

/**
 * Sends the queries of one request. What the server cannot carry out is halved, until it can or a single server, key and day is
 * left that it cannot.
 *
 * @throws CollectError where the server refused for a reason that has nothing to do with the query
 */
export async function fetchRequest(
  request: PrometheusRequest,
  context: ReadContext,
): Promise<MetricReply<PrometheusRequest>> {
  const { servers, keys, spans, days } = request;
  const outcomes = await readDays({ request, servers, keys, days }, spans, context);
  const answers: Answer[] = [];
  const failures: Failure[] = [];
  for (const { id: resourceId } of servers) {
    for (const { key } of keys) {
      const outcome = outcomes.get(resourceId)?.get(key) ?? { cells: new Map() };
      if ('cells' in outcome) answers.push({ resourceId, key, cells: outcome.cells });
      else failures.push({ resourceId, key, reason: reasonFor(outcome.error), error: outcome.error });
    }
  }
  return { answers, failures, followUps: [] };
}

/** A query that took too long says nothing about what the server offers. */
function reasonFor(error: CollectError) {
  return error instanceof QueryFailed && error.ranOutOfTime ? 'unavailable' : reasonOf(error);
}

/** Stretches of days one after the other. A key that failed on one of them failed. */
async function readDays(piece: Piece, spans: readonly DayRange[], context: ReadContext): Promise<Outcomes> {
  const parts: Outcomes[] = [];
  for (const days of spans) {
    const part = await readPiece({ ...piece, days }, context);
    parts.push(part);
    if ([...part.values()].every((keys) => [...keys.values()].every((outcome) => 'error' in outcome))) break;
  }
  return mergeOutcomes(piece, parts);
}

function mergeOutcomes({ servers, keys }: Piece, parts: readonly Outcomes[]): Outcomes {
  return new Map(
    servers.map(({ id }) => [
      id,
      new Map(
        keys.map(({ key }): [MetricKey, Outcome] => {
          const own = parts.flatMap((part) => part.get(id)?.get(key) ?? []);
          const failed = own.find((outcome) => 'error' in outcome);
          return [
            key,
            failed ?? { cells: new Map(own.flatMap((outcome) => ('cells' in outcome ? [...outcome.cells] : []))) },
          ];
        }),
      ),
    ]),
  );
}

async function readPiece(piece: Piece, context: ReadContext): Promise<Outcomes> {
  try {
    return await readAtOnce(piece, context);
  } catch (caught) {
    const error = CollectError.from(caught);
    if (!(error instanceof QueryFailed)) throw error;
    return readHalves(piece, error, context);
  }
}

/** Servers first, since one of them may be the culprit; then keys, then days. */
async function readHalves(piece: Piece, error: QueryFailed, context: ReadContext): Promise<Outcomes> {
  const { servers, keys, days } = piece;
  if (servers.length > 1) {
    const parts: Outcomes[] = [];
    for (const half of halves(servers)) parts.push(await readPiece({ ...piece, servers: half }, context));
    return new Map(parts.flatMap((part) => [...part]));
  }
  if (keys.length > 1) {
    const parts: Outcomes[] = [];
    for (const half of halves(keys)) parts.push(await readPiece({ ...piece, keys: half }, context));
    return new Map(servers.map(({ id }) => [id, new Map(parts.flatMap((part) => [...(part.get(id) ?? [])]))]));
  }
  if (dayCount(days) > 1) {
    const middle = days.from + Math.ceil(dayCount(days) / 2);
    const spans = [
      { from: days.from, to: middle },
      { from: middle, to: days.to },
    ];
    return readDays(piece, spans, context);
  }
  return failed(piece, error);
}

async function readAtOnce(piece: Piece, context: ReadContext): Promise<Outcomes> {
  const { request, servers, keys, days } = piece;
  const { by, slot } = request.scope;
  const readings = new ReadingsByServer(by);
  const countedBy = new Map(keys.map(({ key }) => [key, keys[0]?.key ?? key]));
  const queries: Query[] = queriesFor({ keys, statistics: request.statistics });
  for (const query of queries) {
    const reply = await send(query, piece, context);
    const [warning] = reply.warnings;
    if (warning !== undefined) return failed(piece, partialAnswer('prometheus:query_range', warning, context.account));
    readings.take(reply.series, query.key, query.statistic);
    // Of exporters that tell only some of a family's keys.
    if (query.statistic === 'sum' && readings.hasUncounted(query.key, countedBy.get(query.key) ?? query.key)) {
      countedBy.set(query.key, query.key);
      queries.push({ ...query, statistic: 'count' });
    }
  }
  const wantsMin = request.statistics.includes('min');
  const outcomeOf = (name: string, key: MetricKey): Outcome => {
    const { count } = readings.of(name, countedBy.get(key) ?? key);
    return { cells: cellsOf({ ...readings.of(name, key), count }, daysOf(days), slot.seconds, wantsMin) };
  };
  return new Map(
    servers.map(({ id, measuredAs = '' }) => [id, new Map(keys.map(({ key }) => [key, outcomeOf(measuredAs, key)]))]),
  );
}

function send(
  { measure, statistic }: Query,
  { request, servers, days }: Piece,
  { api, matchers, signal }: ReadContext,
) {
  const { by, slot } = request.scope;
  const names = servers.map(({ measuredAs = '' }) => lastOf(measuredAs));
  const scope: Scope = { ...request.scope, matchers: [...matchers, oneOf(by.at(-1) ?? '', new Set(names))] };
  const { mean, highest, lowest } = expressionsOf(measure, scope);
  const [start, end] = [startOf(days.from), startOf(days.to)];
  const metrics = statistic === 'sum' || statistic === 'slots' ? servers.length : 0;
  if (statistic === 'slots') {
    const points = (servers.length * (end - start)) / slot.seconds;
    const range = { start: start + slot.seconds, end, step: slot.seconds };
    return api.range(mean, range, { metrics, points, usd: 0 }, signal);
  }
  const expression = { sum: mean, count: mean, max: highest, min: lowest }[statistic];
  const range = { start: start + daySeconds, end, step: daySeconds };
  const charge = { metrics, points: servers.length * dayCount(days), usd: 0 };
  return api.range(overDay(statistic, expression, slot), range, charge, signal);
}

function failed({ servers, keys }: Piece, error: CollectError): Outcomes {
  return new Map(servers.map(({ id }) => [id, new Map(keys.map(({ key }): [MetricKey, Outcome] => [key, { error }]))]));
}

function halves<T>(items: readonly T[]): [T[], T[]] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
