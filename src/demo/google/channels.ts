import type { Channel } from '../fleet/channel.ts';
import { draw } from '../fleet/hash.ts';
import { loads } from '../fleet/loads.ts';
import { shapes } from '../fleet/shapes.ts';
import type { Database } from './database.ts';
import type { Vm } from './vm.ts';

/** Whatever works: a VM or a database. */
export interface Host {
  readonly seed: number;
  readonly load: keyof typeof loads;
  readonly utcOffsetHours: number;
  readonly vcpus: number;
}

/** A VM as a host. */
export function hostOfVm({ seed, group, cell, type }: Vm): Host {
  return { seed, load: group.load, utcOffsetHours: cell.zone.utcOffsetHours, vcpus: type.vcpus };
}

/** What flows through a host, in operations or packets. */
export type Flow = 'received' | 'sent' | 'read' | 'write';

interface FlowTraits {
  readonly salt: number;
  readonly load: 'packets' | 'operations';
  /** Of the load's rate. */
  readonly weight: number;
  /** Bytes of one packet or operation: a base, doubled up to `doublings` times by host. */
  readonly bytes: number;
  readonly doublings: number;
}

const flows: Readonly<Record<Flow, FlowTraits>> = {
  received: { salt: 0x1a01, load: 'packets', weight: 1, bytes: 256, doublings: 1 },
  sent: { salt: 0x1b02, load: 'packets', weight: 1.4, bytes: 256, doublings: 2 },
  read: { salt: 0x2a03, load: 'operations', weight: 0.7, bytes: 4096, doublings: 3 },
  write: { salt: 0x2b04, load: 'operations', weight: 1, bytes: 4096, doublings: 2 },
};

/** CPU utilisation, percent of what the machine type promises. */
export function cpuChannel(host: Host): Channel {
  const load = loads[host.load];
  return {
    ...common(host, 0x0c01),
    floor: load.cpuFloor,
    span: load.cpuSpan * factorOf(host, 41),
    cap: load.cpuCap,
    kind: 'percent',
  };
}

/** By how much shared-core VMs overshoot their promise when they burst; others cannot. */
export function burstOf({ type }: Vm): number {
  return type.sharedCore ? 1.25 : 1;
}

/** Memory in use, in hundredths of what {@link memoryStep} makes of the total: calm. */
export function memoryChannel(host: Host): Channel {
  return {
    ...common(host, 0x0d02),
    floor: 22 + 38 * draw(host.seed, 42),
    span: 25,
    cap: 97,
    spikes: 0,
    kind: 'calm-percent',
  };
}

/** Bytes of a hundredth of memory or disk: a multiple of 65,536, so that amounts of bytes are whole numbers. */
export function memoryStep(totalBytes: number): number {
  return Math.floor(totalBytes / 100 / 65_536) * 65_536;
}

/** Disk space in use, in hundredths as {@link memoryStep} has them. */
export function spaceChannel(host: Host): Channel {
  return { ...memoryChannel(host), salt: saltOf(0x0e03), floor: 10 + 60 * draw(host.seed, 43), span: 6 };
}

/** Open connections to a part of an instance's databases, five minutes' worth in a slot. */
export function connectionsChannel(database: Database, part = 0, share = 1): Channel {
  const full = 5 * 40 * database.vcpus * share;
  return { ...amount(database, 0x0f04 + part * 0x0111), floor: full * 0.2, span: full };
}

/** Operations that wait for a disk, on average over a minute. */
export function queueChannel(host: Host, part: number): Channel {
  return {
    ...common(host, 0x1005 + part * 0x0111),
    floor: 0.25,
    span: 14 * factorOf(host, 44),
    cap: 64,
    kind: 'percent',
  };
}

/**
 * Operations or packets of a flow per five minutes.
 *
 * @param part which of the flow's parts (device, or way through the load balancer); each has its own ups and downs
 * @param share of the host's whole flow that it takes
 */
export function countChannel(host: Host, flow: Flow, part = 0, share = 1): Channel {
  const { salt, load, weight } = flows[flow];
  const full = loads[host.load][load] * weight * host.vcpus * 300 * factorOf(host, salt) * share;
  return { ...amount(host, salt + part * 0x0111), floor: full * 0.04, span: full };
}

/** Bytes of a flow per five minutes: its operations, each of the host's typical size. */
export function bytesChannel(host: Host, flow: Flow, part = 0, share = 1): Channel {
  const { salt, bytes, doublings } = flows[flow];
  const unitBytes = bytes << Math.floor(draw(host.seed, salt + 1) * (doublings + 1));
  return { ...countChannel(host, flow, part, share), unitBytes };
}

/** Amounts are multiples of 16, as the channel deals them to minutes in sixteenths. */
function amount(host: Host, salt: number) {
  const cap = Number.MAX_SAFE_INTEGER;
  return { ...common(host, salt), cap, stepsPerUnit: 1 / 16, shareOfStep: 16, kind: 'amount' as const };
}

function common(host: Host, salt: number) {
  const load = loads[host.load];
  return {
    seed: host.seed,
    salt: saltOf(salt),
    shape: shapes[load.shape],
    utcOffsetHours: host.utcOffsetHours,
    spikes: Math.round(load.spikes * 65_536),
    stepsPerUnit: 256,
    shareOfStep: 1 / 256,
    wholeBelow: 0,
    unitBytes: 0,
  };
}

function saltOf(salt: number): number {
  return Math.imul(salt, 0x9e3779b1);
}

/** Hosts of one group differ: 0.6 to 1.3. */
function factorOf(host: Host, n: number): number {
  return 0.6 + 0.7 * draw(host.seed, n);
}
