import type { CollectError } from '#model/errors.ts';
import type { ReadStat, ReadWindow } from '#model/metric-reader.ts';
import { BatchReply, type Point, readsById, readsOf, SingleReply } from '../metric-reply.ts';
import type { Send } from '../send.ts';
import { intervalOf } from './grains.ts';

export interface AskContext {
  readonly send: Send;
  readonly resourceManager: string;
  /** With `{region}` for the name of a region. */
  readonly metrics: string;
  readonly signal: AbortSignal;
}

/** Metrics of resources of one subscription and namespace. */
export interface Question {
  readonly subscription: string;
  readonly namespace: string;
  /** Undefined where it is not known: then it is one resource. */
  readonly region: string | undefined;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly aggregations: readonly Aggregation[];
  readonly grainSeconds: number;
}

/** Azure's names of the statistics. */
export const aggregationOf = {
  avg: 'average',
  max: 'maximum',
  min: 'minimum',
  sum: 'total',
  count: 'count',
} as const satisfies Record<ReadStat, string>;
export type Aggregation = (typeof aggregationOf)[ReadStat];

/** By id in small letters, and by name of the metric likewise. */
export type Replies = ReadonlyMap<string, ReadonlyMap<string, readonly Point[] | CollectError>>;

/** All resources at once, by their region's metrics service. @throws CollectError */
export async function askForAll(
  { send, metrics, signal }: AskContext,
  question: Question & { readonly region: string },
  { start, end }: ReadWindow,
): Promise<Replies> {
  const { subscription, region, ids } = question;
  const query = queryOf(question, { starttime: isoOf(start), endtime: isoOf(end) });
  const reply = await send(
    {
      call: { api: 'monitor:getBatch', account: subscription, region },
      url: `${metrics.replaceAll('{region}', region)}/subscriptions/${subscription}/metrics:getBatch?${query}`,
      body: { resourceids: ids },
      audience: 'metrics',
      reply: BatchReply,
    },
    signal,
  );
  return readsById(reply, `${subscription}/${region}`);
}

/** One resource, by Resource Manager, wherever it is. @throws CollectError */
export async function askForOne(
  { send, resourceManager, signal }: AskContext,
  question: Question,
  id: string,
  { start, end }: ReadWindow,
): Promise<Replies> {
  const { subscription } = question;
  const query = queryOf(question, { timespan: `${isoOf(start)}/${isoOf(end)}` });
  const { value } = await send(
    {
      call: { api: 'monitor:metrics', account: subscription, region: 'global' },
      url: `${resourceManager}${encodeURI(id)}/providers/Microsoft.Insights/metrics?${query}`,
      audience: 'resourceManager',
      reply: SingleReply,
    },
    signal,
  );
  return new Map([[id, readsOf(value, subscription)]]);
}

function queryOf({ namespace, names, aggregations, grainSeconds }: Question, span: Record<string, string>): string {
  const parameters = {
    ...span,
    interval: intervalOf(grainSeconds),
    metricnamespace: namespace,
    metricnames: names.join(','),
    aggregation: aggregations.join(','),
    'api-version': '2023-10-01',
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
