import type { Clock } from '#collect/clock.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricReader, Points, ReadStat, ReadWindow } from '#model/metric-reader.ts';
import { PlatformCode } from '#wire/platform-error.ts';
import type { CloudAccess } from '../collector/cloud-secret.ts';
import { type AlignedSeries, alignSeries } from './align.ts';
import { Gatherer } from './gatherer.ts';
import { planReads, type ReadPlan } from './long-periods.ts';
import { Sessions } from './sessions.ts';
import type { Located, MetricEntry, Source, SourceFacts } from './source.ts';
import { alignWindow, parseWindow, periodOf } from './window.ts';

/** What `get_data` of either generation asks. */
export interface DataQuery {
  /** By id of the resource: what it holds for this provider, or one metric of it. */
  readonly queries: ReadonlyMap<string, unknown>;
  /** Its name, for queries that do not say. */
  readonly metric: string;
  readonly start: string;
  readonly end: string;
  /** Seconds; 0 where not asked for. */
  readonly period: number;
  /** Empty where not asked for. */
  readonly stat: string;
}

/** A listed metric, and whether `get_data` finds it by the resource's own query and its key. */
export interface ListedEntry extends Omit<MetricEntry<unknown>, 'metric'> {
  readonly isFoundByKey: boolean;
}

/** One provider's data source. */
export interface DataSource extends Disposable {
  readonly facts: SourceFacts;
  /** Signs in and tries each kind of call. */
  verify(access: CloudAccess, signal: AbortSignal): Promise<void>;
  list(access: CloudAccess, query: unknown, signal: AbortSignal): Promise<ListedEntry[]>;
  /** All that was asked, or an error: never a part of it. */
  getData(access: CloudAccess, query: DataQuery, signal: AbortSignal): Promise<AlignedSeries>;
}

interface Session<Metric, Scope> {
  readonly reader: MetricReader<Metric, Scope>;
  readonly gatherer: Gatherer<Metric>;
  close(): void;
}

export function createDataSource<Metric, Scope>(source: Source<Metric, Scope>, clock: Clock): DataSource {
  const sessions = new Sessions<Session<Metric, Scope>>(clock);

  return {
    facts: source,
    verify: (access, signal) => withSession(access, ({ reader }) => reader.verify(signal), signal),

    list(access, query, signal) {
      const scopes = source.scopesOf(query);
      if (scopes.length === 0) return Promise.resolve([]);
      return withSession(access, ({ reader }) => listScopes(reader, scopes, query, signal), signal);
    },

    async getData(access, query, signal) {
      const stat = statOf(source, query.stat);
      const window = parseWindow(query.start, query.end);
      const wanted = [...query.queries].map(
        ([id, each]): Wanted<Metric> => ({
          id,
          ...blaming(id, () => source.metricOf(each, query.metric)),
        }),
      );
      if (wanted.length === 0) return alignSeries(new Map());
      return withSession(access, (session) => readAll(session, wanted, { ...query, stat, window }, signal), signal);
    },

    [Symbol.dispose]: () => sessions[Symbol.dispose](),
  };

  function withSession<R>(
    { provider, secret }: CloudAccess,
    work: (session: Session<Metric, Scope>) => Promise<R>,
    signal: AbortSignal,
  ): Promise<R> {
    const open = async (openSignal: AbortSignal) => {
      const gate = createGate({ limits: provider.limits, ledger: new Ledger(), clock });
      const reader = await source.connect(secret, { gate, now: clock.now, signal: openSignal });
      return { reader, gatherer: new Gatherer(reader, clock), close: () => reader.close() };
    };
    return sessions.use(secret, open, work, signal);
  }

  async function listScopes(
    reader: MetricReader<Metric, Scope>,
    scopes: readonly Scope[],
    query: unknown,
    signal: AbortSignal,
  ): Promise<ListedEntry[]> {
    const lists = await Promise.all(
      scopes.map(async (scope) => (await reader.list(scope, signal)).map((listed) => ({ ...listed, scope }))),
    );
    return source.entriesOf(lists.flat()).map(({ metric, ...entry }) => ({
      ...entry,
      isFoundByKey: JSON.stringify(source.metricOf(query, entry.key).metric) === JSON.stringify(metric),
    }));
  }
}

interface Wanted<Metric> extends Located<Metric> {
  readonly id: string;
}

interface DataRequest {
  readonly stat: ReadStat;
  readonly window: ReadWindow;
  readonly period: number;
}

async function readAll<Metric>(
  { reader, gatherer }: Session<Metric, never>,
  wanted: readonly Wanted<Metric>[],
  { stat, window: asked, period }: DataRequest,
  signal: AbortSignal,
): Promise<AlignedSeries> {
  const finestSeconds = reader.finestPeriodSeconds(asked.start);
  const periodSeconds = periodOf(period, asked, finestSeconds);
  const plan = planReads(stat, periodSeconds, reader.grainOf(periodSeconds));
  const window = alignWindow(asked, finestSeconds);
  const places = [...Map.groupBy(wanted, ({ place }) => place)];
  const parts = await Promise.all(
    places.map(([place, there]) => readPlace(gatherer, { place, window, plan, wanted: there }, signal)),
  );
  const series = new Map(parts.flat());
  return alignSeries(new Map(wanted.map(({ id }) => [id, series.get(id) ?? { timestamps: [], values: [] }])));
}

interface PlaceRequest<Metric> {
  readonly place: string | undefined;
  readonly window: ReadWindow;
  readonly plan: ReadPlan;
  readonly wanted: readonly Wanted<Metric>[];
}

async function readPlace<Metric>(
  gatherer: Gatherer<Metric>,
  { place, window, plan: { stats, periodSeconds, fold }, wanted }: PlaceRequest<Metric>,
  signal: AbortSignal,
): Promise<[id: string, points: Points][]> {
  const reads = wanted.flatMap(({ metric }) => stats.map((stat) => ({ metric, stat, periodSeconds })));
  const outcomes = await gatherer.read({ place, window, reads }, signal);
  return wanted.map(({ id }, at) => {
    const own = outcomes.slice(at * stats.length, (at + 1) * stats.length);
    const parts = own.map((outcome) => pointsOf(outcome, id));
    return [id, fold(parts, window)];
  });
}

function pointsOf(outcome: Points | CollectError, id: string): Points {
  return blaming(id, () => {
    if (outcome instanceof CollectError) throw outcome;
    return outcome;
  });
}

/** Says in an error whose query it was. */
function blaming<T>(id: string, work: () => T): T {
  try {
    return work();
  } catch (caught) {
    if (!(caught instanceof CollectError)) throw caught;
    const { code, message, where, fix, cause } = caught;
    throw new CollectError(code, `${id}: ${message}`, {
      cause,
      ...(where === undefined ? {} : { where }),
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

function statOf({ stats }: SourceFacts, asked: string): ReadStat {
  const [first] = stats.values();
  const stat = asked === '' ? first : stats.get(asked);
  if (stat !== undefined) return stat;
  const supported = [...stats.keys()].join(' | ');
  throw new CollectError('invalid_input', `Statistics option is invalid. (supported_stat = ${supported})`, {
    where: 'stat',
    cause: new PlatformCode('ERROR_NOT_SUPPORT_STAT'),
  });
}
