import { draw, drawInteger } from '../fleet/hash.ts';

/** A name and value that narrow a metric. */
export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** How CloudWatch's agent on a server names its memory series; each set of names stands in some real set-up. */
export type AgentStyle = 'none' | 'instance' | 'group' | 'host' | 'windows' | 'changed';

/** One memory series of a server: its exact dimension set and when it was written, `[from, to)` in epoch seconds. */
export interface AgentSeries {
  readonly metric: string;
  readonly dimensions: readonly Dimension[];
  readonly from: number;
  readonly to: number;
}

/** What the agent's dimensions are made of. */
export interface AgentHost {
  readonly seed: number;
  readonly id: string;
  readonly imageId: string;
  readonly typeName: string;
  readonly hostName: string;
  readonly groupName: string;
  readonly windows: boolean;
}

/** Memory metrics of the agent: Linux's and Windows's. */
export const agentMetrics = ['mem_used_percent', 'Memory % Committed Bytes In Use'] as const;

/** How a server's agent is set up: about 59 in 100 have none. */
export function agentStyleOf(seed: number, windows: boolean): AgentStyle {
  const chance = draw(seed, 31);
  if (chance < 0.59) return 'none';
  if (windows) return 'windows';
  if (chance < 0.74) return 'instance';
  if (chance < 0.9) return 'group';
  return chance < 0.96 ? 'host' : 'changed';
}

/** The memory series of a server; a changed set-up leaves two, the second from a moment 2 to 11 days before `anchor`. */
export function agentSeriesOf(style: AgentStyle, host: AgentHost, anchor: number): readonly AgentSeries[] {
  if (style === 'none') return [];
  if (style !== 'changed') return [always(style, host)];
  const changedAt = Math.floor((anchor - drawInteger(host.seed, 32, 2 * 86_400, 11 * 86_400)) / 300) * 300;
  return [
    { ...always('instance', host), to: changedAt },
    { ...always('group', host), from: changedAt },
  ];
}

function always(style: keyof typeof dimensionsOf, host: AgentHost): AgentSeries {
  const metric = style === 'windows' ? agentMetrics[1] : agentMetrics[0];
  const dimensions = Object.entries(dimensionsOf[style](host)).map(([name, value]) => ({ name, value }));
  return { metric, dimensions, from: 0, to: Number.POSITIVE_INFINITY };
}

const dimensionsOf = {
  instance: ({ id }: AgentHost) => ({ InstanceId: id }),
  group: ({ id, imageId, typeName, groupName }: AgentHost) => ({
    InstanceId: id,
    ImageId: imageId,
    InstanceType: typeName,
    AutoScalingGroupName: groupName,
  }),
  host: ({ hostName }: AgentHost) => ({ host: hostName }),
  windows: ({ id, imageId, typeName }: AgentHost) => ({
    InstanceId: id,
    ImageId: imageId,
    InstanceType: typeName,
    objectname: 'Memory',
  }),
};
