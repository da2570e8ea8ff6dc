import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Points, ReadWindow, SeriesRead } from '#model/metric-reader.ts';
import { bucketSecondsOf, paramsOf } from '../aggregation.ts';
import { maxPointsPerPage, sampleSecondsAt } from '../catalog.ts';
import { fromExecution, TooHeavyError } from '../errors.ts';
import type { Rest } from '../rest.ts';
import { combined } from './combined.ts';
import type { Descriptor } from './descriptors.ts';
import type { GoogleMetric, Label } from './metric.ts';

export interface SeriesContext {
  readonly rest: Rest;
  readonly project: string;
  /** @returns undefined for a metric that the project does not know */
  readonly describe: (type: string) => Promise<Descriptor | undefined>;
  readonly window: ReadWindow;
  /** Epoch seconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** One read, and what came of it. */
interface Slot {
  readonly read: SeriesRead<GoogleMetric>;
  /** The value by which a call tells its resource from others; '' where a call is for it alone. */
  readonly id: string;
  outcome: Points | CollectError;
}

/** Reads that one call can answer: alike in all but the resource. */
interface Question {
  readonly metric: GoogleMetric;
  readonly stat: SeriesRead<GoogleMetric>['stat'];
  readonly periodSeconds: number;
  /** The label by which resources are told apart; undefined where the metric names none. */
  readonly idKey: string | undefined;
  readonly slots: readonly Slot[];
}

const nothing: Points = { timestamps: [], values: [] };

/** Of the characters that a filter may have. Source: API reference of timeSeries.list. */
const longestFilter = 2048;

/** How often a query that was answered in part is put again. */
const maxRereads = 2;

/** Reads any number of series: one call for each metric, statistic and period, of as many resources as a filter can name. */
export async function readSeries(
  context: SeriesContext,
  reads: readonly SeriesRead<GoogleMetric>[],
): Promise<(Points | CollectError)[]> {
  const slots = reads.map((read): Slot => ({ read, id: idOf(read.metric), outcome: nothing }));
  await Promise.all(questionsOf(slots).map((question) => answer(context, question)));
  return slots.map(({ outcome }) => outcome);
}

function questionsOf(slots: readonly Slot[]): Question[] {
  const alike = Map.groupBy(slots, ({ read: { metric, stat, periodSeconds } }) => {
    const idKey = idKeyOf(metric);
    const fixed = metric.labels.filter(({ key }) => key !== idKey);
    return JSON.stringify([metric.type, metric.resourceType, idKey, fixed, stat, periodSeconds]);
  });
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { metric, stat, periodSeconds } = first.read;
    const question = { metric, stat, periodSeconds, idKey: idKeyOf(metric) };
    return inFilters(question, group).map((own) => ({ ...question, slots: own }));
  });
}

/** The first label of the resource, in the order that they have. */
function idKeyOf({ labels }: GoogleMetric): string | undefined {
  return labels.find(({ key }) => key.startsWith('resource.'))?.key;
}

function idOf(metric: GoogleMetric): string {
  const idKey = idKeyOf(metric);
  return metric.labels.find(({ key }) => key === idKey)?.value ?? '';
}

function inFilters(question: Omit<Question, 'slots'>, slots: readonly Slot[]): Slot[][] {
  const frame = filterOf(question, ['']).length;
  const groups: Slot[][] = [];
  let room = 0;
  for (const slot of slots) {
    const length = quoted(slot.id).length + 1;
    const last = groups.at(-1);
    if (last === undefined || length > room) {
      groups.push([slot]);
      room = longestFilter - frame - 'one_of()'.length - length;
    } else {
      last.push(slot);
      room -= length;
    }
  }
  return groups;
}

async function answer(context: SeriesContext, question: Question, rereads = maxRereads): Promise<void> {
  try {
    const descriptor = await context.describe(question.metric.type);
    if (descriptor === undefined) return;
    const { points, partial } = await readPages(context, question, descriptor);
    if (partial !== undefined && rereads > 0) return await answer(context, question, rereads - 1);
    for (const slot of question.slots) slot.outcome = partial ?? points.get(slot.id) ?? nothing;
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled') throw error;
    if (error instanceof TooHeavyError && question.slots.length > 1) return answerApart(context, question);
    const told = error instanceof TooHeavyError ? new CollectError('timeout', error.message, { cause: error }) : error;
    for (const slot of question.slots) slot.outcome = told;
  }
}

async function answerApart(context: SeriesContext, question: Question): Promise<void> {
  const half = Math.ceil(question.slots.length / 2);
  const halves = [question.slots.slice(0, half), question.slots.slice(half)];
  await Promise.all(halves.map((slots) => answer(context, { ...question, slots })));
}

const Value = z
  .object({
    doubleValue: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).optional(),
    int64Value: z
      .string()
      .regex(/^-?\d+$/)
      .optional(),
  })
  .transform(({ doubleValue, int64Value }) => Number(doubleValue ?? int64Value));

const Page = z.object({
  timeSeries: z
    .array(
      z.object({
        resource: z.object({ labels: z.record(z.string(), z.string()).default({}) }).optional(),
        points: z
          .array(
            z.object({
              interval: z.object({ endTime: z.iso.datetime().transform((text) => Date.parse(text) / 1000) }),
              value: Value,
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
  executionErrors: z.array(z.object({ code: z.int().default(14), message: z.string().default('') })).default([]),
});

const fields = 'timeSeries(resource/labels,points(interval/endTime,value)),nextPageToken,executionErrors';

interface Read {
  /** By id of the resource. */
  readonly points: ReadonlyMap<string, Points>;
  /** Why it is not all. */
  readonly partial: CollectError | undefined;
}

async function readPages(context: SeriesContext, question: Question, descriptor: Descriptor): Promise<Read> {
  const { rest, project, window, now, signal } = context;
  const { stat, periodSeconds, idKey, slots } = question;
  const aggregation = combined(descriptor, stat, sampleSecondsAt(window.start, now), periodSeconds);
  const bucketSeconds = bucketSecondsOf(aggregation);
  // Google counts buckets back from the end: a last one that is only partly in the window is asked for whole.
  const end = window.start + Math.ceil((window.end - window.start) / bucketSeconds) * bucketSeconds;
  const query = {
    filter: filterOf(question, [...new Set(slots.map(({ id }) => id))]),
    'interval.startTime': isoOf(window.start),
    'interval.endTime': isoOf(end),
    ...paramsOf(aggregation, idKey === undefined ? [] : [idKey]),
    view: 'FULL',
    pageSize: String(maxPointsPerPage),
    fields,
  };
  const values = new Map<string, [number, number][]>();
  let partial: CollectError | undefined;
  let pageToken: string | undefined;
  do {
    const page = await rest(
      {
        api: 'monitoring:timeSeries.list',
        service: 'monitoring',
        path: `/v3/projects/${project}/timeSeries`,
        query: { ...query, pageToken },
        reply: Page,
      },
      signal,
    );
    for (const { resource, points } of page.timeSeries) {
      const id = idKey === undefined ? '' : (resource?.labels[labelName(idKey)] ?? '');
      const own = values.get(id) ?? [];
      values.set(id, own);
      for (const { interval, value } of points)
        if (Number.isFinite(value)) own.push([interval.endTime - bucketSeconds, value * aggregation.factor]);
    }
    const [error] = page.executionErrors;
    if (error !== undefined) partial = fromExecution(error, project);
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
  return { points: new Map([...values].map(([id, own]) => [id, inOrder(own)])), partial };
}

/** Newest first, as they come. */
function inOrder(points: readonly [number, number][]): Points {
  const ascending = points.toSorted(([a], [b]) => a - b);
  return { timestamps: ascending.map(([time]) => time), values: ascending.map(([, value]) => value) };
}

function filterOf({ metric, idKey }: Omit<Question, 'slots'>, ids: readonly string[]): string {
  const fixed = metric.labels.filter(({ key }) => key !== idKey);
  return [
    `metric.type = ${quoted(metric.type)}`,
    ...(metric.resourceType === undefined ? [] : [`resource.type = ${quoted(metric.resourceType)}`]),
    ...fixed.map(({ key, value }: Label) => `${key} = ${quoted(value)}`),
    ...(idKey === undefined ? [] : [`${idKey} = ${oneOf(ids)}`]),
  ].join(' AND ');
}

function oneOf(values: readonly string[]): string {
  const [only = ''] = values;
  return values.length === 1 ? quoted(only) : `one_of(${values.map(quoted).join(',')})`;
}

/** `instance_id` of `resource.labels.instance_id` */
function labelName(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
