import { isoOf } from '#model/window.ts';
import { BatchReply, type MetricReads, readsById, readsOf, SingleReply } from './metric-reply.ts';
import { grains } from './native-metric.ts';
import type { AzureRequest, BatchCall } from './request.ts';
import type { Send } from './send.ts';

export interface AskContext {
  readonly send: Send;
  readonly subscription: string;
  /** Base URLs; the metrics service's is of the request's region. */
  readonly resourceManager: string;
  readonly metrics: string;
  readonly signal: AbortSignal;
}

/** What of a call is asked: some of its resources, and some of its metrics. */
export interface Question {
  readonly request: AzureRequest;
  readonly call: BatchCall;
  readonly metrics: readonly string[];
  readonly ids: readonly string[];
}

/** All resources at once, by `idKey`. @throws CollectError `invalid_query` where one of them spoils it */
export async function askForAll(
  { send, subscription, metrics, signal }: AskContext,
  question: Question,
): Promise<ReadonlyMap<string, MetricReads>> {
  const { request, call, ids } = question;
  const { from, to } = call.days;
  const query = { starttime: isoOf(from), endtime: isoOf(to), ...parametersOf(question) };
  const reply = await send(
    {
      call: {
        api: 'monitor:getBatch',
        account: subscription,
        region: request.region,
        ...chargeOf(question, ids.length),
      },
      url: `${metrics}/subscriptions/${subscription}/metrics:getBatch?${queryText(query)}`,
      body: { resourceids: ids },
      audience: 'metrics',
      reply: BatchReply,
    },
    signal,
  );
  return readsById(reply, `${subscription}/${request.region}`);
}

/** One resource, by Resource Manager, which limits reads by subscription, whatever the region. */
export async function askForOne(
  { send, subscription, resourceManager, signal }: AskContext,
  question: Question,
  id: string,
): Promise<MetricReads> {
  const { request, call } = question;
  const { from, to } = call.days;
  const query = { timespan: `${isoOf(from)}/${isoOf(to)}`, ...parametersOf(question) };
  const reply = await send(
    {
      call: { api: 'monitor:metrics', account: subscription, region: 'global', ...chargeOf(question, 1) },
      url: `${resourceManager}${encodeURI(id)}/providers/Microsoft.Insights/metrics?${queryText(query)}`,
      audience: 'resourceManager',
      reply: SingleReply,
    },
    signal,
  );
  return readsOf(reply.value, `${subscription}/${request.region}`);
}

/** Of the call's cost, the part for so many of its resources and those of its metrics that are asked for. */
function chargeOf({ call, metrics }: Question, ids: number) {
  const share = (ids * metrics.length) / (call.ids.length * call.metrics.length);
  const { cost } = call;
  return {
    metrics: Math.round(cost.metrics * share),
    points: Math.round(cost.points * share),
    usd: cost.usd * share,
    usdAtMost: cost.usdAtMost * share,
  };
}

function parametersOf({ request, call: { grain, aggregations }, metrics }: Question) {
  return {
    interval: grains[grain].interval,
    metricnamespace: request.family.namespace,
    metricnames: metrics.join(','),
    aggregation: aggregations.join(','),
    'api-version': '2023-10-01',
  };
}

/** With `%20` for a space, as Azure's own clients write it. */
function queryText(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}
