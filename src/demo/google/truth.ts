import { type Channel, fillValues, minuteAt } from '../fleet/channel.ts';
import {
  burstOf,
  bytesChannel,
  connectionsChannel,
  countChannel,
  cpuChannel,
  type Flow,
  type Host,
  hostOfVm,
  memoryChannel,
  memoryStep,
  queueChannel,
  spaceChannel,
} from './channels.ts';
import { type Database, isPostgres, postgresDatabases } from './database.ts';
import type { PersistentDisk } from './disks.ts';
import type { Vm } from './vm.ts';
import { diskParts, type FlowPart, networkParts } from './vm-flows.ts';

/** What really happened to one quantity of one server. */
export interface Truth {
  /** Over the minutes in which it ran. */
  readonly avg: number;
  /** The largest and the smallest minute. */
  readonly max: number;
  readonly min: number;
  /** Seconds of the range in which it ran. */
  readonly seconds: number;
}

/**
 * Truths by key: `cpu.utilization` and `memory.usage` in percent, `memory.total` and `memory.used` in bytes, rates per
 * second. A key that nothing reports of this server is absent, and so are all of one that did not run.
 */
export type Truths = Readonly<Record<string, Truth>>;

/** The minutes `[from, to)` since 1970. */
export interface MinuteRange {
  readonly from: number;
  readonly to: number;
}

/** A quantity: channels that are added up minute by minute, and what one unit of their sum is. */
interface Quantity {
  readonly key: string;
  readonly channels: readonly Channel[];
  readonly scale: number;
  /** Added to each minute. */
  readonly base?: number;
}

/** What a perfect collector would find of a VM: straight from the generator, minute by minute, and not by way of the API. */
export function truthOfVm(vm: Vm, range: MinuteRange): Truths {
  const host = hostOfVm(vm);
  const seesMemory = vm.opsAgent || vm.type.e2;
  const quantities: Quantity[] = [
    { key: 'cpu.utilization', channels: [cpuChannel(host)], scale: burstOf(vm) },
    ...memoryQuantities(host, vm.type.memoryMb, seesMemory),
    ...rates('disk', { read: 'read', write: 'write' }, host, diskParts(vm)),
    ...rates('network', { received: 'received', sent: 'sent' }, host, networkParts(vm)),
  ];
  return truths(quantities, vm.life.runs, range);
}

/** The same of a database; `storage.*` and `connections.active` are its own. */
export function truthOfDatabase(database: Database, range: MinuteRange): Truths {
  const diskBytes = database.diskGb * 2 ** 30;
  const space = [spaceChannel(database)];
  const whole = [{ part: 0, share: 1 }];
  const quantities: Quantity[] = [
    { key: 'cpu.utilization', channels: [cpuChannel(database)], scale: 1 },
    ...memoryQuantities(database, database.memoryMb, true),
    { key: 'storage.total', channels: space, scale: 0, base: diskBytes },
    { key: 'storage.used', channels: space, scale: memoryStep(diskBytes) },
    { key: 'storage.usage', channels: space, scale: (memoryStep(diskBytes) / diskBytes) * 100 },
    { key: 'connections.active', channels: connectionChannels(database), scale: 1 },
    ...rates('disk', { read: 'read', write: 'write' }, database, whole),
    ...rates('network', { received: 'received', sent: 'sent' }, database, whole),
  ];
  return truths(quantities, database.life.runs, range);
}

function connectionChannels(database: Database): readonly Channel[] {
  if (!isPostgres(database)) return [connectionsChannel(database)];
  return Object.values(postgresDatabases).map((share, part) => connectionsChannel(database, part, share));
}

/** What went through a persistent disk, over all VMs that it is attached to; those that share one are always on. */
export function truthOfDisk({ attachments, sizeGb }: PersistentDisk, range: MinuteRange): Truths {
  const [first] = attachments;
  if (first === undefined) return {};
  const parts = attachments.flatMap(({ vm, disk }) =>
    diskParts(vm)
      .filter((each) => each.disk.ordinal === disk.ordinal)
      .map(({ part, share }) => ({ host: hostOfVm(vm), part, share })),
  );
  const rate = (name: string, of: (part: (typeof parts)[number]) => Channel): Quantity => ({
    key: `disk.${name}`,
    channels: parts.map(of),
    scale: 1 / 60,
  });
  const flows = (['read', 'write'] as const).flatMap((flow) => [
    rate(`${flow}_iops`, ({ host, part, share }) => countChannel(host, flow, part, share)),
    rate(`${flow}_throughput`, ({ host, part, share }) => bytesChannel(host, flow, part, share)),
  ]);
  const queue = parts.map(({ host, part }) => queueChannel(host, part));
  const quantities: Quantity[] = [
    ...flows,
    { key: 'disk.queue_length', channels: queue, scale: 1 },
    { key: 'storage.total', channels: queue, scale: 0, base: sizeGb * 2 ** 30 },
  ];
  return truths(quantities, first.vm.life.runs, range);
}

function memoryQuantities(host: Host, memoryMb: number, seen: boolean): readonly Quantity[] {
  const total = memoryMb * 2 ** 20;
  const channels = [memoryChannel(host)];
  const constant: Quantity = { key: 'memory.total', channels, scale: 0, base: total };
  if (!seen) return [constant];
  return [
    constant,
    { key: 'memory.used', channels, scale: memoryStep(total) },
    { key: 'memory.usage', channels, scale: (memoryStep(total) / total) * 100 },
  ];
}

function rates(
  group: 'disk' | 'network',
  flows: Readonly<Record<string, Flow>>,
  host: Host,
  parts: readonly FlowPart[],
): readonly Quantity[] {
  const counts = group === 'disk' ? 'iops' : 'pps';
  return Object.entries(flows).flatMap(([name, flow]) => [
    {
      key: `${group}.${name}_throughput`,
      channels: parts.map(({ part, share }) => bytesChannel(host, flow, part, share)),
      scale: 1 / 60,
    },
    {
      key: `${group}.${name}_${counts}`,
      channels: parts.map(({ part, share }) => countChannel(host, flow, part, share)),
      scale: 1 / 60,
    },
  ]);
}

function truths(quantities: readonly Quantity[], runs: readonly number[], range: MinuteRange): Truths {
  const entries = quantities.map((quantity) => [quantity.key, measure(quantity, runs, range)] as const);
  return Object.fromEntries(entries.flatMap(([key, truth]) => (truth ? [[key, truth]] : [])));
}

function measure(
  { channels, scale, base = 0 }: Quantity,
  runs: readonly number[],
  range: MinuteRange,
): Truth | undefined {
  let [minutes, sum, max, min] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const from = Math.max(range.from, (runs[i] ?? 0) / 60);
    const to = Math.min(range.to, (runs[i + 1] ?? 0) / 60);
    forEachMinute(channels, from, to, (value) => {
      minutes++;
      sum += value;
      if (value > max) max = value;
      if (value < min) min = value;
    });
  }
  if (minutes === 0) return undefined;
  return {
    avg: base + (scale * sum) / minutes,
    max: base + scale * max,
    min: base + scale * min,
    seconds: minutes * 60,
  };
}

function forEachMinute(channels: readonly Channel[], from: number, to: number, each: (value: number) => void): void {
  if (from >= to) return;
  const first = Math.floor(from / 5);
  const slots = Math.ceil(to / 5) - first;
  const columns = channels.map((channel) => {
    const values = new Float64Array(slots);
    fillValues(channel, first, slots, values);
    return { channel, values };
  });
  for (let minute = from; minute < to; minute++) {
    const slot = Math.floor(minute / 5);
    let total = 0;
    for (const { channel, values } of columns) {
      const value = values[slot - first] ?? -1;
      total = value < 0 ? -1 : total + minuteAt(channel, slot, value, minute % 5);
      if (total < 0) break;
    }
    if (total >= 0) each(total);
  }
}
