import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { CollectError } from '#model/errors.ts';
import type { Failure } from '#model/fleet.ts';
import type { MissingReason } from '#model/missing.ts';
import { type DayRange, startOf } from '#model/window.ts';
import { maxPointsPerCall } from './catalog.ts';
import type { Measurement, PartReply, Points, Stat } from './measurement.ts';
import { costOf } from './plan.ts';
import type { Send } from './send.ts';

export interface ReadContext {
  readonly client: CloudWatchClient;
  readonly send: Send;
  readonly account: string;
  readonly region: string;
  readonly days: DayRange;
  readonly signal: AbortSignal;
}

/** What came back for each measurement: the replies to its parts, or why it has none. */
export interface Read {
  readonly measurement: Measurement;
  readonly outcome:
    | { readonly replies: readonly PartReply[] }
    | { readonly reason: MissingReason; readonly error: CollectError };
}

/** How often a result that CloudWatch itself marks as failed is asked for again. */
const maxRereads = 3;

/**
 * Reads measurements that fit one call, all pages of it. Results that CloudWatch could not complete are read again; a call
 * that it refuses as malformed is halved until the culprit stands alone.
 *
 * @throws CollectError where the call failed for a reason that has nothing to do with its queries
 */
export async function readMeasurements(
  context: ReadContext,
  measurements: readonly Measurement[],
  tries = maxRereads,
): Promise<Read[]> {
  const sent = await sendHalving(context, measurements);
  const again = sent.filter(({ status }) => status === 'incomplete');
  const done = sent.filter(({ status }) => status === 'done').map(({ read }) => read);
  if (again.length === 0) return done;
  if (tries === 0)
    return [
      ...done,
      ...again.map(({ read: { measurement } }) => failed(measurement, 'unavailable', incomplete(context))),
    ];
  return [
    ...done,
    ...(await readMeasurements(
      context,
      again.map(({ read }) => read.measurement),
      tries - 1,
    )),
  ];
}

interface Sent {
  readonly read: Read;
  readonly status: 'done' | 'incomplete';
}

async function sendHalving(context: ReadContext, measurements: readonly Measurement[]): Promise<Sent[]> {
  try {
    return await sendAll(context, measurements);
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code !== 'invalid_query') throw error;
    const [only] = measurements;
    if (measurements.length === 1 && only !== undefined)
      return [{ read: failed(only, 'unsupported', error), status: 'done' }];
    const half = Math.ceil(measurements.length / 2);
    return [
      ...(await sendHalving(context, measurements.slice(0, half))),
      ...(await sendHalving(context, measurements.slice(half))),
    ];
  }
}

/** One query of the call, and where its points go. */
interface Slot {
  readonly measurement: Measurement;
  readonly part: number;
  readonly stat: Stat;
  readonly period: number;
  readonly timestamps: number[];
  readonly values: number[];
  status: MetricDataResult['StatusCode'];
}

async function sendAll(context: ReadContext, measurements: readonly Measurement[]): Promise<Sent[]> {
  const slots = measurements.flatMap(slotsOf);
  const queries = slots.map(queryOf);
  const cost = costOf(measurements, context.days);
  let token: string | undefined;
  let pages = 0;
  do {
    const reply = await sendPage(context, queries, token, {
      points: Math.min(cost.points, maxPointsPerCall),
      usd: pages === 0 ? cost.usd : 0,
      metrics: pages === 0 ? cost.metrics : 0,
      usdAtMost: cost.usdAtMost,
    });
    for (const result of reply.MetricDataResults ?? []) take(slots, result, context);
    token = reply.NextToken || undefined;
    pages++;
  } while (token !== undefined);
  return collectSlots(measurements, slots, context);
}

function sendPage(
  { client, send, region, days, signal }: ReadContext,
  queries: readonly MetricDataQuery[],
  token: string | undefined,
  charge: { points: number; metrics: number; usd: number; usdAtMost: number },
) {
  const input = {
    MetricDataQueries: [...queries],
    StartTime: new Date(startOf(days.from) * 1000),
    EndTime: new Date(startOf(days.to) * 1000),
    ScanBy: 'TimestampAscending' as const,
    MaxDatapoints: maxPointsPerCall,
    ...(token === undefined ? {} : { NextToken: token }),
  };
  return send(
    { api: 'cloudwatch:GetMetricData', region, ...charge },
    (abortSignal) => client.send(new GetMetricDataCommand(input), { abortSignal }),
    signal,
  );
}

function slotsOf(measurement: Measurement): Slot[] {
  return measurement.parts.flatMap(({ queries }, part) =>
    queries.map(({ stat, period }) => ({
      measurement,
      part,
      stat,
      period,
      timestamps: [],
      values: [],
      status: undefined,
    })),
  );
}

function queryOf({ measurement, part, stat, period }: Slot, at: number): MetricDataQuery {
  const { metric, dimensions } = measurement.parts[part] ?? {};
  return {
    Id: `q${at}`,
    MetricStat: {
      Metric: { Namespace: metric?.namespace, MetricName: metric?.metric, Dimensions: [...(dimensions ?? [])] },
      Period: period,
      Stat: stat,
    },
    ReturnData: true,
  };
}

/** A page brings points of some queries; pages of one query follow each other in time. @throws CollectError `malformed_reply` */
function take(
  slots: readonly Slot[],
  { Id, Timestamps = [], Values = [], StatusCode }: MetricDataResult,
  { account, region }: ReadContext,
): void {
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

function collectSlots(measurements: readonly Measurement[], slots: readonly Slot[], context: ReadContext): Sent[] {
  const byMeasurement = Map.groupBy(slots, ({ measurement }) => measurement);
  return measurements.map((measurement) => {
    const own = byMeasurement.get(measurement) ?? [];
    if (own.some(({ status }) => status === 'Forbidden'))
      return { read: failed(measurement, 'denied', forbidden(context)), status: 'done' };
    const replies = measurement.parts.map((_, part) => replyOf(own.filter((slot) => slot.part === part)));
    return {
      read: { measurement, outcome: { replies } },
      status: own.every(({ status }) => status === 'Complete') ? 'done' : 'incomplete',
    };
  });
}

function replyOf(slots: readonly Slot[]): PartReply {
  return (stat, period): Points =>
    slots.find((slot) => slot.stat === stat && slot.period === period) ?? { timestamps: [], values: [] };
}

function failed(measurement: Measurement, reason: MissingReason, error: CollectError): Read {
  return { measurement, outcome: { reason, error } };
}

export function failuresOf({ measurement, outcome }: Read): Failure[] {
  if ('replies' in outcome) return [];
  return measurement.outputs.map(({ key }) => ({
    resourceId: measurement.resource.id,
    key,
    reason: outcome.reason,
    error: outcome.error,
  }));
}

function incomplete({ account, region }: ReadContext): CollectError {
  return new CollectError(
    'unavailable',
    'cloudwatch:GetMetricData kept answering InternalError or PartialData for some metrics',
    {
      where: `${account}/${region}`,
      fix: 'run `fleetgauge collect --resume` later',
    },
  );
}

function forbidden({ account, region }: ReadContext): CollectError {
  return new CollectError('access_denied', 'cloudwatch:GetMetricData answered Forbidden for some metrics', {
    where: `${account}/${region}`,
    fix: 'the metrics belong to another account: share them with this one, or collect that account itself',
  });
}
