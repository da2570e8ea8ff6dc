import type { LimitFunction } from 'p-limit';
import { CollectError } from '#model/errors.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { DataSource, Dialect, MetricSeries } from './dialect.ts';
import type { Points, Stat } from './native-cell.ts';
import { type PlanContext, pairsOf, queryOf } from './plan.ts';
import { withFix } from './platform-failure.ts';
import type { PlatformRequest } from './request.ts';

export interface AskContext extends PlanContext {
  readonly dialect: Dialect;
  /** Holds calls of the whole run to so many at once. */
  readonly inFlight: LimitFunction;
}

const stats = ['mean', 'max', 'min', 'sum'] as const satisfies readonly Stat[];

/** Makes every call of a request; one that fails does not end the others. */
export async function askAll(request: PlatformRequest, context: AskContext, signal: AbortSignal): Promise<Replies> {
  const { dialect, inFlight, reading, sources } = context;
  const source = sources[request.source];
  if (source === undefined) throw new CollectError('internal', 'a request names a data source that is not there');
  const span = reading.span(request.days);
  const replies = await Promise.all(
    callsOf(request, context).map(async (call): Promise<Reply> => {
      const stat = nameOf(call.stat, source, context);
      const ask = { dataSourceId: source.id, metric: call.metric, stat, ...span, queries: call.queries };
      try {
        return [idOf(call.metric, call.stat), await inFlight(() => dialect.getData(ask, signal))];
      } catch (caught) {
        return [idOf(call.metric, call.stat), withFix(CollectError.from(caught))];
      }
    }),
  );
  return new Replies(replies);
}

type Reply = readonly [id: string, outcome: MetricSeries | CollectError];

/** What came of the calls of one request. */
export class Replies {
  readonly #outcomes: ReadonlyMap<string, MetricSeries | CollectError>;
  readonly errors: readonly CollectError[];
  readonly haveAllFailed: boolean;

  constructor(replies: readonly Reply[]) {
    this.#outcomes = new Map(replies);
    this.errors = replies.flatMap(([, outcome]) => (outcome instanceof CollectError ? [outcome] : []));
    this.haveAllFailed = replies.length > 0 && this.errors.length === replies.length;
  }

  /** The points of a server, empty where it has none or they were not asked; the error of the first call that failed. */
  pointsOf(serverId: string, metric: string, asked: readonly Stat[]): Points | CollectError {
    const points: Record<Stat, readonly number[]> = { mean: [], max: [], min: [], sum: [] };
    for (const stat of stats) {
      if (!asked.includes(stat)) continue;
      const outcome = this.#outcomes.get(idOf(metric, stat));
      if (outcome instanceof CollectError) return outcome;
      points[stat] = outcome?.get(serverId) ?? [];
    }
    return points;
  }
}

interface MetricCall {
  readonly metric: string;
  readonly stat: Stat;
  readonly queries: Map<string, JsonObject>;
}

/** One call a metric and statistic, each with the servers that need it. */
function callsOf({ asked, wantsMin }: PlatformRequest, context: PlanContext): readonly MetricCall[] {
  const calls = new Map<string, MetricCall>();
  for (const each of asked) {
    for (const { metric, stat } of pairsOf(each, wantsMin, context)) {
      const query = queryOf(each.server, metric, context);
      if (query === undefined) continue;
      const id = idOf(metric, stat);
      const call = calls.get(id) ?? { metric, stat, queries: new Map() };
      call.queries.set(each.server.row.id, query);
      calls.set(id, call);
    }
  }
  return [...calls.values()];
}

function idOf(metric: string, stat: Stat): string {
  return `${metric} ${stat}`;
}

/** A data source's own word for a statistic. */
function nameOf(stat: Stat, { statistics }: DataSource, { provider }: PlanContext): string {
  if (stat !== 'mean') return stat.toUpperCase();
  return ['AVERAGE', 'MEAN'].find((name) => statistics.includes(name)) ?? provider.mean;
}
