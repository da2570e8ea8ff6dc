import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { AgentIndex, type AgentSeries } from './agent-index.ts';
import { type AgentPlatform, agentMetrics, agentPlatforms } from './catalog.ts';
import { listSeries } from './list-metrics.ts';
import type { Send } from './send.ts';
import type { Ec2Server } from './server.ts';

/** Finds the memory series that agents wrote. Some two calls, and one more for each 500 series. */
export async function listAgents(
  client: CloudWatchClient,
  send: Send,
  region: string,
  signal: AbortSignal,
): Promise<AgentIndex> {
  const index = new AgentIndex();
  for (const platform of agentPlatforms) {
    for await (const { Dimensions = [] } of listSeries(client, send, region, agentMetrics[platform], signal))
      index.add(platform, Dimensions);
  }
  return index;
}

/** The series of one server; without an index (the plan is not agreed to yet) as if an agent ran on it. */
export function agentsOf(server: Ec2Server, index: AgentIndex | undefined): readonly AgentSeries[] {
  if (index !== undefined) return index.seriesOf(server);
  return [{ platform: platformOf(server), dimensions: [{ Name: 'InstanceId', Value: server.id }] }];
}

export function platformOf(server: Ec2Server): AgentPlatform {
  return server.platform?.toLowerCase().includes('windows') ? 'windows' : 'linux';
}
