import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';
import { type DayRange, dayCount, daySeconds, isoOf } from '#model/window.ts';
import { type Aggregation, bucketSecondsOf, paramsOf } from './aggregation.ts';
import { type MonitoredType, maxPointsPerPage, type NativeMetric, prices } from './catalog.ts';
import { Columns, Rows } from './columns.ts';
import { fromExecution, TooHeavyError } from './errors.ts';
import { seriesIdOf, seriesIdsOf, seriesIn } from './resource.ts';
import type { Rest } from './rest.ts';
import { filterOf, type Place, zonesOf } from './where.ts';

export interface SeriesContext {
  readonly rest: Rest;
  /** The project that is asked: the one that is measured, or the scoping project of several. */
  readonly project: string;
  readonly scoped: boolean;
  readonly signal: AbortSignal;
}

/** Values of one metric and statistic, of all resources of a place. */
export interface SeriesQuery {
  readonly type: MonitoredType;
  readonly native: Pick<NativeMetric, 'metric' | 'labels'>;
  readonly aggregation: Aggregation;
  readonly days: DayRange;
  readonly place: Place;
}

/** What came back; a resource that is in neither has no data. */
export interface SeriesRead {
  readonly columns: Columns;
  /** By resource id, those that could not be read. */
  readonly failed: ReadonlyMap<string, CollectError>;
  /** Why more may be missing, where the query did not say of whom it was. */
  readonly partial?: CollectError;
}

const TypedValue = z.object({
  doubleValue: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).optional(),
  int64Value: z
    .string()
    .regex(/^-?\d+$/)
    .optional(),
});

const Series = z.object({
  metric: z.object({ labels: z.record(z.string(), z.string()).default({}) }).optional(),
  resource: z.object({ labels: z.record(z.string(), z.string()) }),
  points: z.array(z.object({ interval: z.object({ endTime: z.string() }), value: TypedValue })).default([]),
});

/** Its series are checked one by one as they are taken: a page holds a hundred thousand points, and a check copies them. */
const Page = z.object({
  timeSeries: z.array(z.unknown()).default([]),
  nextPageToken: z.string().optional(),
  executionErrors: z.array(z.object({ code: z.int().default(14), message: z.string().default('') })).default([]),
});
type Page = z.infer<typeof Page>;

const fields = 'timeSeries(metric/labels,resource/labels,points(interval/endTime,value)),nextPageToken,executionErrors';

/** How often a query that was answered in part is put again. */
const maxRereads = 2;

/**
 * Reads a query, all pages of it. One that is too heavy is put zone by zone, and then for half of the days.
 *
 * @param rows of columns that it shares them with; where absent, those of its place, or of whatever comes if that names none
 * @throws CollectError where nothing of it could be read
 */
export async function readSeries(
  context: SeriesContext,
  query: SeriesQuery,
  rows = rowsOf(query.place, context),
): Promise<SeriesRead> {
  const { days, aggregation, place } = query;
  const columns = new Columns(days, bucketSecondsOf(aggregation), rows, seriesIn(place.resources));
  const failed = await readInto(columns, context, query);
  const { partial } = failed;
  return { columns, failed, ...(partial === undefined ? {} : { partial }) };
}

function rowsOf({ resources }: Place, context: SeriesContext): Rows {
  if (resources.length === 0) return new Rows();
  return new Rows(new Set(resources.flatMap((resource) => seriesIdsOf(resource, context))));
}

/** By resource id. */
class Failed extends Map<string, CollectError> {
  partial: CollectError | undefined;
}

async function readInto(columns: Columns, context: SeriesContext, query: SeriesQuery): Promise<Failed> {
  try {
    return await readWhole(columns, context, query);
  } catch (caught) {
    if (!(caught instanceof TooHeavyError)) throw caught;
    const smaller = smallerThan(query);
    if (smaller.length === 0)
      throw new CollectError('timeout', caught.message, { where: context.project, cause: caught });
    return readApart(columns, context, smaller);
  }
}

async function readApart(columns: Columns, context: SeriesContext, queries: readonly SeriesQuery[]): Promise<Failed> {
  const failed = new Failed();
  for (const query of queries) {
    try {
      const part = await readInto(columns, context, query);
      for (const [id, error] of part) failed.set(id, error);
      failed.partial ??= part.partial;
    } catch (caught) {
      const error = CollectError.from(caught);
      if (!error.retryable) throw error;
      for (const { id } of query.place.resources) failed.set(id, error);
    }
  }
  return failed;
}

function smallerThan(query: SeriesQuery): SeriesQuery[] {
  const zones = zonesOf(query.place, query.type);
  if (zones !== undefined) return zones.map((place) => ({ ...query, place }));
  const { from, to } = query.days;
  if (to - from < 2) return [];
  const middle = Math.floor((from + to) / 2);
  return [
    { ...query, days: { from, to: middle } },
    { ...query, days: { from: middle, to } },
  ];
}

/** An answer in part counts for the resources that it has; the others failed, they are not without data. */
async function readWhole(
  columns: Columns,
  context: SeriesContext,
  query: SeriesQuery,
  rereads = maxRereads,
): Promise<Failed> {
  const error = await readPages(columns, context, query);
  if (error === undefined) return new Failed();
  if (rereads > 0) return readWhole(columns, context, query, rereads - 1);
  const missing = query.place.resources.filter((resource) =>
    seriesIdsOf(resource, context).every((id) => !columns.has(id)),
  );
  const failed = new Failed(missing.map(({ id }) => [id, error]));
  failed.partial = error;
  return failed;
}

async function readPages(
  columns: Columns,
  context: SeriesContext,
  query: SeriesQuery,
): Promise<CollectError | undefined> {
  const { project } = context;
  let error: CollectError | undefined;
  let pageToken: string | undefined;
  let pages = 0;
  do {
    const page = await readPage(context, query, pageToken, pages);
    take(columns, page, context, query);
    const [partial] = page.executionErrors;
    if (partial !== undefined) error = fromExecution(partial, project);
    pageToken = page.nextPageToken || undefined;
    pages++;
  } while (pageToken !== undefined);
  return error;
}

async function readPage(
  { rest, project, scoped, signal }: SeriesContext,
  query: SeriesQuery,
  pageToken: string | undefined,
  pages: number,
): Promise<Page> {
  const { type, native, aggregation, days, place } = query;
  const cost = costOf(seriesIn(place.resources) + (place.bystanders ?? 0), days, bucketSecondsOf(aggregation));
  try {
    return await rest(
      {
        api: 'monitoring:timeSeries.list',
        service: 'monitoring',
        path: `/v3/projects/${project}/timeSeries`,
        query: {
          // A project whose metrics scope shows others has their series too, and charges for them.
          filter: filterOf(type, native, scoped ? place.where : { ...place.where, projects: [project] }),
          'interval.startTime': isoOf(days.from),
          'interval.endTime': isoOf(days.to),
          ...paramsOf(aggregation, groupLabelsOf(type, scoped)),
          view: 'FULL',
          pageSize: String(maxPointsPerPage),
          fields,
          pageToken,
        },
        reply: Page,
        charge: {
          points: Math.min(cost.points, maxPointsPerPage),
          metrics: pages === 0 ? cost.metrics : 0,
          usd: pages === 0 ? cost.usd : 0,
          usdAtMost: pages === 0 ? cost.usdAtMost : 0,
        },
      },
      signal,
    );
  } catch (caught) {
    // A metric that nobody ever wrote to is not known to the project: there is no data then.
    if (caught instanceof CollectError && caught.code === 'not_found' && /\bmetric/i.test(caught.message))
      return Page.parse({});
    throw caught;
  }
}

/** Of one query for so many series, its pages included. */
export function costOf(series: number, days: DayRange, bucketSeconds: number): Cost {
  const points = (series * dayCount(days) * daySeconds) / bucketSeconds;
  const calls = Math.max(1, Math.ceil(points / maxPointsPerPage));
  const usd = Math.max(1, series) * prices.series;
  // A series that straddles two pages may count on both.
  return { calls, metrics: series, points, usd, usdAtMost: usd + (calls - 1) * prices.series };
}

function groupLabelsOf({ idLabel, partLabel }: MonitoredType, scoped: boolean): string[] {
  return [
    `resource.label.${idLabel}`,
    ...(partLabel === undefined ? [] : [`metric.label.${partLabel}`]),
    ...(scoped ? ['resource.label.project_id'] : []),
  ];
}

/** @throws CollectError `malformed_reply` */
function take(
  columns: Columns,
  { timeSeries }: Page,
  { project, scoped }: SeriesContext,
  { type, aggregation }: SeriesQuery,
) {
  const malformed = (what: string) =>
    new CollectError('malformed_reply', `monitoring:timeSeries.list: ${what}`, { where: project });
  const ends = new Map<string, number>();
  for (const [at, each] of timeSeries.entries()) {
    const series = Series.safeParse(each);
    if (!series.success) {
      const [issue] = series.error.issues;
      throw malformed(`timeSeries.${[at, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'malformed'}`);
    }
    const { metric, resource, points } = series.data;
    const { [type.idLabel]: id, project_id: owner } = resource.labels;
    const part = type.partLabel === undefined ? undefined : metric?.labels[type.partLabel];
    if (id === undefined || (scoped && owner === undefined)) throw malformed(`a series without ${type.idLabel}`);
    if (type.partLabel !== undefined && part === undefined) throw malformed(`a series without ${type.partLabel}`);
    const name = seriesIdOf(part === undefined ? { id } : { id, part }, scoped ? owner : undefined);
    for (const { interval, value } of points) {
      const end = ends.get(interval.endTime) ?? Date.parse(interval.endTime) / 1000;
      if (Number.isNaN(end)) throw malformed('a point without a time');
      ends.set(interval.endTime, end);
      const number = Number(value.doubleValue ?? value.int64Value);
      if (value.doubleValue === undefined && value.int64Value === undefined)
        throw malformed('a point without a number');
      if (Number.isFinite(number)) columns.set(name, end, number * aggregation.factor);
    }
  }
}
