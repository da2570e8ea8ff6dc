import { type Channel, minuteAt, valueAt } from '../fleet/channel.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import type { Cell } from './cell.ts';
import { findManaged } from './managed/kinds.ts';
import { type Range, truthOfManaged } from './managed/truth.ts';
import { truthOfVolume } from './managed/volumes.ts';
import { agentSeries, hasEbsMetrics, instanceSeries, volumeSeries } from './metrics.ts';
import type { Series, Stretch } from './series.ts';
import type { Server } from './simulated-server.ts';
import type { Truth, Truths } from './truths.ts';
import { findServer } from './world.ts';

/**
 * Computes what a perfect collector would find, straight from the generator and not by way of the API.
 *
 * @param range `[start, end)`, epoch seconds on the five-minute grid
 * @param horizon epoch seconds; what lies from there on has not been published and is left out
 * @param instanceId or the id of a resource of another kind: its ARN
 * @returns undefined if the cell has no such instance
 */
export function truthOf(
  cell: Cell,
  instanceId: string,
  range: { readonly start: number; readonly end: number },
  horizon: number,
): Truths | undefined {
  const server = findServer(cell, instanceId);
  if (server === undefined) return truthOfOther(cell, instanceId, { ...range, end: Math.min(range.end, horizon) });
  const truths: Record<string, Truth> = {};
  for (const { key, perSecond, groups } of quantitiesOf(server)) {
    const found = measure(groups, range.start, Math.min(range.end, horizon), perSecond);
    if (found) truths[key] = found;
  }
  return truths;
}

function truthOfOther(cell: Cell, id: string, range: Range): Truths | undefined {
  const managed = findManaged(cell, id);
  return managed === undefined ? truthOfVolume(cell, id, range) : truthOfManaged(managed, range);
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
