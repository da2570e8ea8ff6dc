import { CollectError } from '#model/errors.ts';
import type { Points, ReadWindow, SeriesRead } from '#model/metric-reader.ts';
import { daySeconds } from '#model/window.ts';
import { maxDaysPerCall, maxIdsPerCall, maxPointsPerCall } from '../catalog.ts';
import type { Point } from '../metric-reply.ts';
import { type AskContext, aggregationOf, askForAll, askForOne, type Question, type Replies } from './ask.ts';
import type { AzureMetric } from './metric.ts';

export interface SeriesContext extends AskContext {
  readonly window: ReadWindow;
  /** By id; absent where it is not known. */
  readonly regions: ReadonlyMap<string, string>;
}

interface Slot {
  readonly read: SeriesRead<AzureMetric>;
  outcome: CollectError | undefined;
  /** Times, epoch seconds, and values. */
  points: [time: number, value: number][];
}

/** A limit of the API. Source: "Migrate from the metrics API to the getBatch API". */
const maxNamesPerCall = 20;

/** How often a metric that Azure could not read just then is asked for again. */
const maxRereads = 2;

/** Reads any number of series: by fifty resources and twenty metrics a call where their region is known. */
export async function readSeries(
  context: SeriesContext,
  reads: readonly SeriesRead<AzureMetric>[],
): Promise<(Points | CollectError)[]> {
  const slots = reads.map((read): Slot => ({ read, outcome: undefined, points: [] }));
  await readSlots(context, slots, maxRereads);
  return slots.map(({ outcome, points }) => outcome ?? inOrder(points));
}

async function readSlots(context: SeriesContext, slots: readonly Slot[], rereads: number): Promise<void> {
  await Promise.all(
    piecesOf(slots, context).map(async ({ question, window, slots: own }) => {
      const bySlot = Map.groupBy(own, ({ read }) => keyOf(read.metric.resource.id, read.metric.name));
      await answer(context, question, window, bySlot);
    }),
  );
  const again = slots.filter(({ outcome }) => outcome instanceof UnreadError);
  if (again.length === 0 || rereads === 0) return;
  for (const slot of again) {
    slot.outcome = undefined;
    slot.points = [];
  }
  return readSlots(context, again, rereads - 1);
}

/** Azure answered the call, and not this metric of it. */
class UnreadError extends CollectError {}

interface Piece {
  readonly question: Question;
  readonly window: ReadWindow;
  readonly slots: readonly Slot[];
}

function piecesOf(slots: readonly Slot[], { window, regions }: SeriesContext): Piece[] {
  const alike = Map.groupBy(slots, ({ read: { metric, periodSeconds } }) => {
    const { id, subscription, namespace } = metric.resource;
    const region = regions.get(id);
    return JSON.stringify([subscription, namespace, region ?? id, periodSeconds]);
  });
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { metric, periodSeconds: grainSeconds } = first.read;
    const { id, subscription, namespace } = metric.resource;
    const frame = { subscription, namespace, region: regions.get(id), grainSeconds };
    return spansOf(window, grainSeconds).flatMap((span) => inCalls(frame, span, group));
  });
}

/** As many resources with the same metrics, and as many of their metrics, as a call may ask for. */
function inCalls(frame: Omit<Question, 'ids' | 'names' | 'aggregations'>, window: ReadWindow, slots: readonly Slot[]) {
  const byId = Map.groupBy(slots, ({ read }) => read.metric.resource.id);
  const points = Math.ceil((window.end - window.start) / frame.grainSeconds);
  const bySignature = Map.groupBy(byId, ([, own]) => JSON.stringify(namesOf(own)));
  return [...bySignature.values()].flatMap((resources): Piece[] => {
    const [first] = resources;
    return chunks(namesOf(first?.[1] ?? []), maxNamesPerCall).flatMap((names) => {
      const most = Math.floor(maxPointsPerCall / (points * names.length));
      return chunks(resources, Math.max(1, Math.min(maxIdsPerCall, most))).map((some): Piece => {
        const own = some.flatMap(([, each]) => each).filter(({ read }) => names.includes(read.metric.name));
        const aggregations = [...new Set(own.map(({ read }) => aggregationOf[read.stat]))];
        return { question: { ...frame, ids: some.map(([id]) => id), names, aggregations }, window, slots: own };
      });
    });
  });
}

function namesOf(slots: readonly Slot[]): string[] {
  return [...new Set(slots.map(({ read }) => read.metric.name))].sort();
}

/** Spans that one call may ask for, whole buckets each; buckets are counted from a span's start. */
function spansOf({ start, end }: ReadWindow, grainSeconds: number): ReadWindow[] {
  const longest = Math.floor((maxDaysPerCall * daySeconds) / grainSeconds) * grainSeconds;
  const count = Math.ceil((end - start) / longest);
  return Array.from({ length: count }, (_, at) => ({
    start: start + at * longest,
    end: Math.min(end, start + (at + 1) * longest),
  }));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

type Slots = ReadonlyMap<string, readonly Slot[]>;

/** One metric or resource that Azure does not take fails the whole of a call: then it is halved until that stands alone. */
async function answer(context: SeriesContext, question: Question, window: ReadWindow, slots: Slots): Promise<void> {
  const [id = ''] = question.ids;
  try {
    const { region } = question;
    const replies =
      region === undefined
        ? await askForOne(context, question, id, window)
        : await askForAll(context, { ...question, region }, window);
    take(replies, question, slots);
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled') throw error;
    const isOfTheQuestion = error.code === 'invalid_query' || error.code === 'not_found';
    const halves = isOfTheQuestion ? halvesOf(question, isUnknown(error)) : [];
    if (halves.length > 0) await Promise.all(halves.map((half) => answer(context, half, window, slots)));
    else if (isOfTheQuestion && question.region !== undefined && !isUnknown(error)) {
      await answer(context, { ...question, region: undefined }, window, slots);
    } else if (error.code !== 'not_found' && !isUnknown(error)) {
      for (const slot of slotsOf(question, slots)) slot.outcome = error;
    }
  }
}

/** @param isOfMetrics whether a metric is at fault, and not a resource */
function halvesOf(question: Question, isOfMetrics: boolean): Question[] {
  const { names, ids } = question;
  if (!isOfMetrics && ids.length > 1) return halves(ids).map((some) => ({ ...question, ids: some }));
  return names.length > 1 ? halves(names).map((some) => ({ ...question, names: some })) : [];
}

function halves<T>(items: readonly T[]): T[][] {
  const half = Math.ceil(items.length / 2);
  return [items.slice(0, half), items.slice(half)];
}

/** A metric that the resource's type has not got is one without data, and so is a resource that is gone. */
function isUnknown({ message }: CollectError): boolean {
  return message.toLowerCase().includes('failed to find metric configuration');
}

function slotsOf({ ids, names }: Question, slots: Slots): Slot[] {
  return ids.flatMap((id) => names.flatMap((name) => slots.get(keyOf(id, name)) ?? []));
}

function take(replies: Replies, { ids, names, subscription }: Question, slots: Slots): void {
  for (const id of ids) {
    for (const name of names) {
      const points = replies.get(id)?.get(name.toLowerCase());
      for (const slot of slots.get(keyOf(id, name)) ?? []) {
        if (points === undefined) slot.outcome = leftOut(name, subscription);
        else if (points instanceof CollectError) slot.outcome = unread(points);
        else append(slot, points);
      }
    }
  }
}

/** A point without the statistic is a bucket without samples. */
function append(slot: Slot, points: readonly Point[]): void {
  const aggregation = aggregationOf[slot.read.stat];
  for (const point of points) {
    const value = point[aggregation];
    if (typeof value === 'number') slot.points.push([Date.parse(point.timeStamp) / 1000, value]);
  }
}

/** Spans of a window come as they are answered. */
function inOrder(points: readonly [number, number][]): Points {
  const ascending = points.toSorted(([a], [b]) => a - b);
  return { timestamps: ascending.map(([time]) => time), values: ascending.map(([, value]) => value) };
}

function leftOut(name: string, where: string): CollectError {
  return new UnreadError('malformed_reply', `Azure Monitor left out ${name}`, { where });
}

function unread({ code, message, where }: CollectError): CollectError {
  return new UnreadError(code, message, where === undefined ? {} : { where });
}

function keyOf(id: string, name: string): string {
  return `${id} ${name}`;
}
