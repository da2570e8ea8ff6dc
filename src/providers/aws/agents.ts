import { type CloudWatchClient, type Dimension, ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { CollectError } from '#model/errors.ts';
import { type Cost, noCost } from '#model/fleet.ts';
import { type AgentPlatform, agentMetrics, agentPlatforms, prices } from './catalog.ts';
import type { Send } from './send.ts';
import type { Ec2Server } from './server.ts';

/** A series that an agent writes: dimensions must be given back exactly as they were found. */
export interface AgentSeries {
  readonly platform: AgentPlatform;
  readonly dimensions: readonly Dimension[];
}

const seriesPerPage = 500;

/** The memory series of a region, by what tells whose they are. */
export interface AgentIndex {
  readonly byInstance: ReadonlyMap<string, readonly AgentSeries[]>;
  readonly byHost: ReadonlyMap<string, readonly AgentSeries[]>;
  /** Why the series could not be listed: then nothing is known about any agent. */
  readonly error?: CollectError;
}

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
  const byInstance = new Map<string, AgentSeries[]>();
  const byHost = new Map<string, AgentSeries[]>();
  const seen = new Set<string>();
  try {
    for (const platform of agentPlatforms) {
      for await (const { Dimensions: dimensions = [] } of listSeries(client, send, region, platform, signal)) {
        const series = { platform, dimensions };
        const instance = dimensionOf(dimensions, 'InstanceId');
        const host = dimensionOf(dimensions, 'host');
        const name = JSON.stringify([platform, dimensions]);
        if (seen.has(name)) continue;
        seen.add(name);
        if (instance !== undefined) append(byInstance, instance, series);
        else if (host !== undefined) append(byHost, host, series);
      }
    }
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled' || error.code === 'budget_exceeded') throw error;
    return { byInstance: new Map(), byHost: new Map(), error };
  }
  return { byInstance, byHost };
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
  if (index === undefined)
    return [{ platform: platformOf(server), dimensions: [{ Name: 'InstanceId', Value: server.id }] }];
  return index.byInstance.get(server.id) ?? server.hostNames.flatMap((host) => index.byHost.get(host) ?? []);
}

export function platformOf(server: Ec2Server): AgentPlatform {
  return server.platform?.toLowerCase().includes('windows') ? 'windows' : 'linux';
}

function dimensionOf(dimensions: readonly Dimension[], name: string): string | undefined {
  return dimensions.find(({ Name }) => Name === name)?.Value;
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
