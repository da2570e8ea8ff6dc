import { draw, drawInteger, hex8, mix, pick } from '../fleet/hash.ts';
import { type Life, lifeOf } from '../fleet/life.ts';
import { slotSeconds } from '../fleet/shapes.ts';
import { type AgentSeries, agentSeriesOf, agentStyleOf } from './agent.ts';
import { type Cell, idOf } from './cell.ts';
import { type InstanceType, instanceTypeNamed } from './instance-types.ts';
import { type Profile, profileOf } from './profiles.ts';

/** How often a server's metrics are sampled. */
export interface Monitoring {
  /** Detailed monitoring, as DescribeInstances shows it now. */
  readonly detailed: boolean;
  /** Seconds of one sample before `switchedAt`. */
  readonly before: 60 | 300;
  /** Seconds of one sample from `switchedAt` on. */
  readonly after: 60 | 300;
  /** Epoch seconds; 0 for all that never switched. */
  readonly switchedAt: number;
}

/** One simulated server. */
export interface Server {
  readonly cell: Cell;
  readonly index: number;
  readonly seed: number;
  readonly id: string;
  readonly name: string;
  readonly profile: Profile;
  readonly type: InstanceType;
  readonly windows: boolean;
  readonly imageId: string;
  readonly address: string;
  readonly hostName: string;
  readonly zone: string;
  /** One or two EBS volumes, the root first. */
  readonly volumeIds: readonly string[];
  readonly monitoring: Monitoring;
  readonly life: Life;
  /** Series of the memory agent; none for most servers. */
  readonly agent: readonly AgentSeries[];
}

/** Most volumes that a server can have; a volume's id counts in steps of it. */
export const volumesPerServer = 2;

/** Computes a server from its place in the world. */
export function makeServer(cell: Cell, index: number): Server {
  const seed = mix(cell.seed, index);
  const profile = profileOf(cell.firstNumber + index);
  const type = instanceTypeNamed(pick(profile.types, seed, 1));
  const windows = type.architecture === 'x86_64' && draw(seed, 2) * 100 < profile.windowsPercent;
  const id = idOf(cell, 'i', index);
  const imageId = `ami-0${hex8(mix(cell.seed, profile.perMille))}${windows ? '0000dead' : '0000beef'}`;
  const bytes = [10, cell.network + (index >>> 16), (index >>> 8) & 255, index & 255];
  const hostName = `ip-${bytes.join('-')}`;
  const host = { seed, id, imageId, typeName: type.name, hostName, groupName: `${profile.name}-asg`, windows };
  return {
    cell,
    index,
    seed,
    id,
    name: `${profile.name}-${String(cell.firstNumber + index).padStart(4, '0')}`,
    profile,
    type,
    windows,
    imageId,
    address: bytes.join('.'),
    hostName,
    zone: `${cell.region.code}${'abc'.charAt(mix(seed, 5) % 3)}`,
    volumeIds: volumesOf(cell, index, seed),
    monitoring: monitoringOf(seed, cell.anchor),
    life: lifeOf(profile.life, seed, cell.anchor, cell.region.utcOffsetHours),
    agent: agentSeriesOf(agentStyleOf(seed, windows), host, cell.anchor),
  };
}

function volumesOf(cell: Cell, index: number, seed: number): readonly string[] {
  const count = draw(seed, 6) < 0.6 ? 1 : volumesPerServer;
  return Array.from({ length: count }, (_, ordinal) => idOf(cell, 'vol', index * volumesPerServer + ordinal));
}

/** Most have five-minute samples; some are basic and yet sampled each minute; some were switched on the way. */
function monitoringOf(seed: number, anchor: number): Monitoring {
  const chance = draw(seed, 7);
  if (chance < 0.62) return { detailed: false, before: 300, after: 300, switchedAt: 0 };
  if (chance < 0.72) return { detailed: false, before: 60, after: 60, switchedAt: 0 };
  if (chance < 0.94) return { detailed: true, before: 60, after: 60, switchedAt: 0 };
  const switchedAt = anchor - drawInteger(seed, 8, 2 * 86_400, 10 * 86_400);
  return { detailed: true, before: 300, after: 60, switchedAt: Math.floor(switchedAt / slotSeconds) * slotSeconds };
}
