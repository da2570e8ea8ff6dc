import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { CollectError } from '#model/errors.ts';
import type { Points, ReadStat, ReadWindow, SeriesRead } from '#model/metric-reader.ts';
import { maxPointsPerCall, maxQueriesPerCall } from '../catalog.ts';
import type { Send } from '../send.ts';
import type { AwsMetric } from './metric.ts';

/** CloudWatch's names of the statistics. */
const statistics = {
  avg: 'Average',
  max: 'Maximum',
  min: 'Minimum',
  sum: 'Sum',
  count: 'SampleCount',
} as const satisfies Record<ReadStat, string>;

export interface SeriesContext {
  readonly client: CloudWatchClient;
  readonly send: Send;
  readonly account: string;
  readonly region: string;
  readonly window: ReadWindow;
  readonly signal: AbortSignal;
}

/** How often a result that CloudWatch itself marks as failed is asked for again. */
const maxRereads = 3;

/**
 * Reads any number of series in as few calls as the limits allow. Statistics of one series are never parted, so that they
 * are billed as one metric. A result that CloudWatch could not complete is read again; a call that it refuses as malformed
 * is halved until the culprit stands alone.
 *
 * @returns for each read, in order, its points or why it has none
 * @throws CollectError `cancelled`
 */
export async function readSeries(
  context: SeriesContext,
  reads: readonly SeriesRead<AwsMetric>[],
): Promise<(Points | CollectError)[]> {
  const slots = reads.map((read): Slot => ({ read, timestamps: [], values: [], status: undefined, error: undefined }));
  await Promise.all(pack(slots, context.window).map((call) => fill(context, call, maxRereads)));
  return slots.map(({ error, timestamps, values }) => error ?? { timestamps, values });
}

/** One query, and what came back for it. */
interface Slot {
  readonly read: SeriesRead<AwsMetric>;
  timestamps: number[];
  values: number[];
  status: MetricDataResult['StatusCode'];
  error: CollectError | undefined;
}

function pack(slots: readonly Slot[], { start, end }: SeriesContext['window']): Slot[][] {
  const calls: Slot[][] = [];
  let points = 0;
  for (const group of Map.groupBy(slots, ({ read }) => JSON.stringify(read.metric)).values()) {
    const ofGroup = group.reduce((sum, { read }) => sum + Math.ceil((end - start) / read.periodSeconds), 0);
    const last = calls.at(-1);
    if (last !== undefined && last.length + group.length <= maxQueriesPerCall && points + ofGroup <= maxPointsPerCall) {
      last.push(...group);
      points += ofGroup;
    } else {
      calls.push(group);
      points = ofGroup;
    }
  }
  return calls;
}

async function fill(context: SeriesContext, slots: readonly Slot[], rereads: number): Promise<void> {
  for (const slot of slots) empty(slot);
  try {
    await readPages(context, slots);
  } catch (caught) {
    return refill(context, slots, rereads, CollectError.from(caught));
  }
  for (const slot of slots) if (slot.status === 'Forbidden') slot.error = forbidden(context);
  const again = slots.filter(({ status, error }) => status !== 'Complete' && error === undefined);
  if (again.length === 0) return;
  if (rereads > 0) return fill(context, again, rereads - 1);
  for (const slot of again) slot.error = incomplete(context);
}

/** Before it is asked for again: what came of it so far may be a part. */
function empty(slot: Slot): void {
  slot.timestamps = [];
  slot.values = [];
  slot.status = undefined;
}

async function refill(
  context: SeriesContext,
  slots: readonly Slot[],
  rereads: number,
  error: CollectError,
): Promise<void> {
  if (error.code === 'cancelled') throw error;
  if (error.code === 'invalid_query' && slots.length > 1) {
    const half = Math.ceil(slots.length / 2);
    const halves = [slots.slice(0, half), slots.slice(half)];
    await Promise.all(halves.map((part) => fill(context, part, rereads)));
  } else for (const slot of slots) slot.error = error;
}

async function readPages(context: SeriesContext, slots: readonly Slot[]): Promise<void> {
  const { client, send, region, window, signal } = context;
  const points = slots.reduce((sum, { read }) => sum + (window.end - window.start) / read.periodSeconds, 0);
  let token: string | undefined;
  do {
    const input = {
      MetricDataQueries: slots.map(queryOf),
      StartTime: new Date(window.start * 1000),
      EndTime: new Date(window.end * 1000),
      ScanBy: 'TimestampAscending' as const,
      MaxDatapoints: maxPointsPerCall,
      ...(token === undefined ? {} : { NextToken: token }),
    };
    const reply = await send(
      { api: 'cloudwatch:GetMetricData', region, points: Math.min(points, maxPointsPerCall) },
      (abortSignal) => client.send(new GetMetricDataCommand(input), { abortSignal }),
      signal,
    );
    for (const result of reply.MetricDataResults ?? []) take(slots, result, context);
    token = reply.NextToken || undefined;
  } while (token !== undefined);
}

function queryOf({ read: { metric, stat, periodSeconds } }: Slot, at: number): MetricDataQuery {
  return {
    Id: `q${at}`,
    MetricStat: {
      Metric: { Namespace: metric.namespace, MetricName: metric.metric, Dimensions: [...metric.dimensions] },
      Period: periodSeconds,
      Stat: statistics[stat],
    },
  };
}

/** A page brings points of some queries; pages of one query follow each other in time. @throws CollectError `malformed_reply` */
function take(slots: readonly Slot[], result: MetricDataResult, { account, region }: SeriesContext): void {
  const { Id, Timestamps = [], Values = [], StatusCode } = result;
  const slot = slots[Number(Id?.slice(1))];
  if (slot === undefined || Timestamps.length !== Values.length) {
    throw new CollectError('malformed_reply', 'cloudwatch:GetMetricData answered what was not asked', {
      where: `${account}/${region}`,
    });
  }
  for (const timestamp of Timestamps) slot.timestamps.push(timestamp.getTime() / 1000);
  for (const value of Values) slot.values.push(value);
  slot.status = StatusCode;
}

function incomplete({ account, region }: SeriesContext): CollectError {
  return new CollectError('unavailable', 'cloudwatch:GetMetricData kept answering InternalError or PartialData', {
    where: `${account}/${region}`,
  });
}

function forbidden({ account, region }: SeriesContext): CollectError {
  return new CollectError('access_denied', 'cloudwatch:GetMetricData answered Forbidden', {
    where: `${account}/${region}`,
    fix: 'the metric belongs to another account: share it with this one',
  });
}
