import { type CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import type { Send } from '../send.ts';
import { type AwsMetric, dimensionsOf } from './metric.ts';

export interface ListContext {
  readonly client: CloudWatchClient;
  readonly send: Send;
  readonly region: string;
  readonly signal: AbortSignal;
}

/** Series with samples in the last two weeks, by namespace and some of their dimensions: one call for each 500. */
export async function* listSeries(
  { client, send, region, signal }: ListContext,
  { namespace, dimensions }: Pick<AwsMetric, 'namespace' | 'dimensions'>,
): AsyncGenerator<AwsMetric> {
  let token: string | undefined;
  do {
    const input = {
      Namespace: namespace,
      Dimensions: [...dimensions],
      ...(token === undefined ? {} : { NextToken: token }),
    };
    const reply = await send(
      { api: 'cloudwatch:ListMetrics', region },
      (abortSignal) => client.send(new ListMetricsCommand(input), { abortSignal }),
      signal,
    );
    for (const { MetricName, Dimensions } of reply.Metrics ?? []) {
      if (MetricName !== undefined) yield { namespace, metric: MetricName, dimensions: dimensionsOf(Dimensions) };
    }
    token = reply.NextToken || undefined;
  } while (token !== undefined);
}
