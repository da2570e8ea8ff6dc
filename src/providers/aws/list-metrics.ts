import { type CloudWatchClient, ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { type Cost, noCost } from '#model/fleet.ts';
import { type MetricName, prices } from './catalog.ts';
import type { Send } from './send.ts';

const seriesPerPage = 500;

/** The series of a metric that were written to in the last two weeks, whatever dimensions they have. Billed per call. */
export async function* listSeries(
  client: CloudWatchClient,
  send: Send,
  region: string,
  { namespace, metric }: MetricName,
  signal: AbortSignal,
): AsyncGenerator<Metric> {
  let token: string | undefined;
  do {
    const input = { Namespace: namespace, MetricName: metric, ...(token === undefined ? {} : { NextToken: token }) };
    const reply = await send(
      { api: 'cloudwatch:ListMetrics', region, usd: prices.listMetricsCall, usdAtMost: prices.listMetricsCall },
      (abortSignal) => client.send(new ListMetricsCommand(input), { abortSignal }),
      signal,
    );
    yield* reply.Metrics ?? [];
    token = reply.NextToken || undefined;
  } while (token !== undefined);
}

/** At most what listing so many metrics costs, of which there are so many series in all. */
export function listingCost(metrics: number, series: number): Cost {
  const calls = metrics + Math.ceil(series / seriesPerPage);
  return { ...noCost, calls, usd: calls * prices.listMetricsCall, usdAtMost: calls * prices.listMetricsCall };
}
