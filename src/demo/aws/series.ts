import type { Channel } from '../fleet/channel.ts';
import type { AgentSeries } from './agent.ts';
import type { Server } from './simulated-server.ts';

/** A stretch `[from, to)` of epoch seconds in which samples of one length exist. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly sampleSeconds: 60 | 300 | 86_400;
}

/** One CloudWatch metric of one resource: what is sampled, and when. */
export interface Series {
  readonly channel: Channel;
  readonly stretches: readonly Stretch[];
  readonly unit: 'Percent' | 'Bytes' | 'Count' | 'Count/Second' | 'Bytes/Second' | 'Seconds' | 'Milliseconds';
  /** AWS/EBS `Volume*Bytes`: a sample is one operation, so SampleCount counts operations. */
  readonly perOperation: boolean;
  /** A sample is one event and counts 1; the channel tells how many there are in five minutes. */
  readonly isEvents?: boolean;
  /** Nothing is sent where the value is zero. */
  readonly sparse?: boolean;
  /** What is published is the channel's value times this; 1 where absent. */
  readonly scale?: number;
}

/** When AWS/EC2 samples a server, by its monitoring. NetworkPackets* and AWS/EBS are `always` five-minute samples. */
export function stretchesOf(server: Server, always?: 60 | 300): readonly Stretch[] {
  const { runs } = server.life;
  const { before, after, switchedAt } = server.monitoring;
  const stretches: Stretch[] = [];
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const run = { from: runs[i] ?? 0, to: runs[i + 1] ?? 0 };
    if (always !== undefined) stretches.push({ ...run, sampleSeconds: always });
    else {
      stretches.push({ from: run.from, to: Math.min(run.to, switchedAt), sampleSeconds: before });
      stretches.push({ from: Math.max(run.from, switchedAt), to: run.to, sampleSeconds: after });
    }
  }
  return stretches.filter(({ from, to }) => from < to);
}

/** When the agent wrote a memory series: each minute, while its server ran and its dimensions were these. */
export function agentStretchesOf(server: Server, agent: AgentSeries): readonly Stretch[] {
  return stretchesOf(server, 60)
    .map((stretch) => ({ ...stretch, from: Math.max(stretch.from, agent.from), to: Math.min(stretch.to, agent.to) }))
    .filter(({ from, to }) => from < to);
}
