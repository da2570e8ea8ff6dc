import { type CloudWatchClient, ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { CollectError } from '#model/errors.ts';
import { type Cost, noCost } from '#model/fleet.ts';
import { AgentIndex, type AgentSeries } from './agent-index.ts';
import { type AgentPlatform, agentMetrics, agentPlatforms, prices } from './catalog.ts';
import type { Send } from './send.ts';
import type { Ec2Server } from './server.ts';

const seriesPerPage = 500;

/**
 * Finds the memory series that agents wrote in the last two weeks, whatever dimensions they were configured with.
 * Some two calls, and one more for each 500 series. Billed per call. A refusal costs the memory metrics alone.
 */
export async function listAgents(
  client: CloudWatchClient,
  send: Send,
  region: string,
  signal: AbortSignal,
): Promise<AgentIndex> {
  const index = new AgentIndex();
  try {
    for (const platform of agentPlatforms) {
      for await (const { Dimensions = [] } of listSeries(client, send, region, platform, signal))
        index.add(platform, Dimensions);
    }
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled' || error.code === 'budget_exceeded') throw error;
    return new AgentIndex(error);
  }
  return index;
}

/** One call for each agent platform, and one for each further 500 series: a server has one, rarely two. */
export function agentSurveyCost(servers: number): Cost {
  const calls = agentPlatforms.length + Math.ceil((2 * servers) / seriesPerPage);
  return { ...noCost, calls, usd: calls * prices.listMetricsCall, usdAtMost: calls * prices.listMetricsCall };
}

async function* listSeries(
  client: CloudWatchClient,
  send: Send,
  region: string,
  platform: AgentPlatform,
  signal: AbortSignal,
): AsyncGenerator<Metric> {
  const { namespace, metric } = agentMetrics[platform];
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

/** The series of one server; without an index (the plan is not agreed to yet) as if an agent ran on it. */
export function agentsOf(server: Ec2Server, index: AgentIndex | undefined): readonly AgentSeries[] {
  if (index !== undefined) return index.seriesOf(server);
  return [{ platform: platformOf(server), dimensions: [{ Name: 'InstanceId', Value: server.id }] }];
}

export function platformOf(server: Ec2Server): AgentPlatform {
  return server.platform?.toLowerCase().includes('windows') ? 'windows' : 'linux';
}
