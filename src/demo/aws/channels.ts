import type { Channel } from '../fleet/channel.ts';
import { draw } from '../fleet/hash.ts';
import { loads } from '../fleet/loads.ts';
import { shapes } from '../fleet/shapes.ts';
import type { Server } from './simulated-server.ts';

/** What flows through a server, in operations or packets. */
export type Flow = 'networkIn' | 'networkOut' | 'ebsRead' | 'ebsWrite' | 'storeRead' | 'storeWrite';

interface FlowTraits {
  readonly salt: number;
  readonly load: 'packets' | 'operations';
  /** Of the load's rate. */
  readonly weight: number;
  /** Bytes of one packet or operation: a base, doubled up to `doublings` times by server. */
  readonly bytes: number;
  readonly doublings: number;
}

const flows: Readonly<Record<Flow, FlowTraits>> = {
  networkIn: { salt: 0x1a01, load: 'packets', weight: 1, bytes: 256, doublings: 1 },
  networkOut: { salt: 0x1b02, load: 'packets', weight: 1.4, bytes: 256, doublings: 2 },
  ebsRead: { salt: 0x2a03, load: 'operations', weight: 0.7, bytes: 4096, doublings: 3 },
  ebsWrite: { salt: 0x2b04, load: 'operations', weight: 1, bytes: 4096, doublings: 2 },
  storeRead: { salt: 0x3a05, load: 'operations', weight: 2, bytes: 8192, doublings: 3 },
  storeWrite: { salt: 0x3b06, load: 'operations', weight: 1.5, bytes: 8192, doublings: 2 },
};

/** CPU utilisation, percent. Nitro rounds what is below 1 %. */
export function cpuChannel(server: Server): Channel {
  const load = loads[server.profile.load];
  return {
    ...common(server, 0x0c01),
    floor: load.cpuFloor,
    span: load.cpuSpan * factorOf(server, 41),
    cap: load.cpuCap,
    wholeBelow: server.type.hypervisor === 'nitro' ? 1 : 0,
    kind: 'percent',
  };
}

/** Memory in use, percent: calm, and higher where there is little of it. */
export function memoryChannel(server: Server): Channel {
  return {
    ...common(server, 0x0d02),
    floor: 22 + 38 * draw(server.seed, 42),
    span: 25,
    cap: 97,
    spikes: 0,
    kind: 'calm-percent',
  };
}

/** Operations or packets of a flow per sample. `share` is the part that a volume takes. */
export function countChannel(server: Server, flow: Flow, share = 1): Channel {
  const traits = flows[flow];
  const perSecond = loads[server.profile.load][traits.load] * traits.weight * server.type.vcpus;
  const full = perSecond * 300 * factorOf(server, traits.salt);
  return {
    ...common(server, traits.salt),
    floor: full * 0.04,
    span: full,
    cap: Number.MAX_SAFE_INTEGER,
    stepsPerUnit: 1 / 16,
    shareOfStep: 16 * share,
    kind: 'amount',
  };
}

/** Bytes of a flow per sample: its operations, each of a server's typical size. */
export function bytesChannel(server: Server, flow: Flow, share = 1): Channel {
  const { salt, bytes, doublings } = flows[flow];
  const unitBytes = bytes << Math.floor(draw(server.seed, salt + 1) * (doublings + 1));
  return { ...countChannel(server, flow, share), unitBytes };
}

/** The part of a server's operations that its volume number `ordinal` takes: the root a quarter, the other the rest. */
export function volumeShare(server: Server, ordinal: number): number {
  if (server.volumeIds.length === 1) return 1;
  return ordinal === 0 ? 0.25 : 0.75;
}

/** Operations that wait for a volume, on average of five minutes. */
export function queueChannel(server: Server, share: number): Channel {
  return { ...common(server, 0x4c07), floor: 0.02, span: 2.5 * share, cap: 64, kind: 'percent' };
}

/** A quantity that is published and always 0. */
export function zeroChannel(server: Server): Channel {
  return { ...common(server, 0), floor: 0, span: 0, cap: 0, spikes: 0, kind: 'amount' };
}

function common(server: Server, salt: number) {
  const load = loads[server.profile.load];
  return {
    seed: server.seed,
    salt: Math.imul(salt, 0x9e3779b1),
    shape: shapes[load.shape],
    utcOffsetHours: server.cell.region.utcOffsetHours,
    spikes: Math.round(load.spikes * 65_536),
    stepsPerUnit: 256,
    shareOfStep: 1 / 256,
    wholeBelow: 0,
    unitBytes: 0,
  };
}

/** Servers of one group differ: 0.6 to 1.3. */
function factorOf(server: Server, n: number): number {
  return 0.6 + 0.7 * draw(server.seed, n);
}
