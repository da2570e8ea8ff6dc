import { type Channel, minuteAt, valueAt } from '../fleet/channel.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import type { Cell } from './cell.ts';
import { agentSeries, hasEbsMetrics, instanceSeries, volumeSeries } from './metrics.ts';
import type { Series, Stretch } from './series.ts';
import type { Server } from './simulated-server.ts';
import { findServer } from './world.ts';

/** What really happened to one quantity of one server. */
export interface Truth {
  /** Time-weighted over the seconds observed. */
  readonly avg: number;
  /** The largest sample, as a rate: over 60 s where every source is sampled by the minute, else over 300 s. */
  readonly max: number;
  /** Seconds of the range in which the server ran (and, for memory, its agent wrote). */
  readonly seconds: number;
}

/** Truths by key (`cpu.utilization` %, `memory.usage` %, rates per second); a key without data is absent. */
export type Truths = Readonly<Record<string, Truth>>;

/**
 * Computes what a perfect collector would find, straight from the generator and not by way of the API.
 *
 * @param range `[start, end)`, epoch seconds on the five-minute grid
 * @param horizon epoch seconds; what lies from there on has not been published and is left out
 * @returns undefined if the cell has no such instance
 */
export function truthOf(
  cell: Cell,
  instanceId: string,
  range: { readonly start: number; readonly end: number },
  horizon: number,
): Truths | undefined {
  const server = findServer(cell, instanceId);
  if (server === undefined) return undefined;
  const truths: Record<string, Truth> = {};
  for (const { key, perSecond, groups } of quantitiesOf(server)) {
    const found = measure(groups, range.start, Math.min(range.end, horizon), perSecond);
    if (found) truths[key] = found;
  }
  return truths;
}

/** A quantity: groups of series that follow one another in time; the series of a group are added sample by sample. */
interface Quantity {
  readonly key: string;
  readonly perSecond: boolean;
  readonly groups: readonly (readonly Series[])[];
}

function quantitiesOf(server: Server): readonly Quantity[] {
  const rate = (key: string, series: readonly (Series | undefined)[]): Quantity => ({
    key,
    perSecond: true,
    groups: [series.filter((one) => one !== undefined)],
  });
  const ec2 = (name: string) => instanceSeries(server, name);
  return [
    { ...rate('cpu.utilization', [ec2('CPUUtilization')]), perSecond: false },
    { key: 'memory.usage', perSecond: false, groups: server.agent.map((agent) => [agentSeries(server, agent)]) },
    rate('network.received_throughput', [ec2('NetworkIn')]),
    rate('network.sent_throughput', [ec2('NetworkOut')]),
    rate('network.received_pps', [ec2('NetworkPacketsIn')]),
    rate('network.sent_pps', [ec2('NetworkPacketsOut')]),
    rate('disk.read_iops', diskSeries(server, 'ReadOps')),
    rate('disk.write_iops', diskSeries(server, 'WriteOps')),
    rate('disk.read_throughput', diskSeries(server, 'ReadBytes')),
    rate('disk.write_throughput', diskSeries(server, 'WriteBytes')),
  ];
}

/** EBS, from the instance or from its volumes, and the instance store if there is one. */
function diskSeries(server: Server, what: string): readonly (Series | undefined)[] {
  const ebs = hasEbsMetrics(server)
    ? [instanceSeries(server, `EBS${what}`)]
    : server.volumeIds.map((_, ordinal) => volumeSeries(server, ordinal, `Volume${what}`));
  return server.type.instanceStorageGb > 0 ? [...ebs, instanceSeries(server, `Disk${what}`)] : ebs;
}

interface Tally {
  slots: number;
  sum: number;
  max: number;
}

function measure(groups: Quantity['groups'], start: number, end: number, perSecond: boolean): Truth | undefined {
  const tally: Tally = { slots: 0, sum: 0, max: Number.NEGATIVE_INFINITY };
  for (const group of groups) {
    const finest =
      group.find((series) => series.stretches.some(({ sampleSeconds }) => sampleSeconds === 300)) ?? group[0];
    for (const stretch of finest?.stretches ?? []) {
      const to = Math.min(stretch.to, end);
      tallyStretch(tally, group, { ...stretch, from: Math.max(stretch.from, start), to }, perSecond);
    }
  }
  if (tally.slots === 0) return undefined;
  const divisor = tally.slots * (perSecond ? slotSeconds : 1);
  return { avg: tally.sum / divisor, max: tally.max, seconds: tally.slots * slotSeconds };
}

function tallyStretch(tally: Tally, group: readonly Series[], stretch: Stretch, perSecond: boolean): void {
  const channels = group.map(({ channel }) => channel);
  for (let slot = Math.ceil(stretch.from / slotSeconds); slot * slotSeconds < stretch.to; slot++) {
    const values = channels.map((channel) => valueAt(channel, slot));
    const total = values.reduce((sum, value) => sum + value, 0);
    if (values.some((value) => value < 0)) continue;
    tally.slots++;
    tally.sum += total;
    const sampleSeconds = perSecond ? stretch.sampleSeconds : 1;
    tally.max = Math.max(tally.max, largestSample(channels, values, slot, stretch.sampleSeconds) / sampleSeconds);
  }
}

function largestSample(channels: readonly Channel[], values: readonly number[], slot: number, seconds: number): number {
  const parts = seconds === 300 ? [-1] : [0, 1, 2, 3, 4];
  return Math.max(
    ...parts.map((part) =>
      channels.reduce((sum, channel, i) => {
        const value = values[i] ?? 0;
        return sum + (part < 0 ? value : minuteAt(channel, slot, value, part));
      }, 0),
    ),
  );
}
