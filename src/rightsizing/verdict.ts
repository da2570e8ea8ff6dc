import type { Days } from '#model/day-cell.ts';
import type { ResourceState } from '#model/resource.ts';
import type { DayRange } from '#model/window.ts';
import { type Choice, chooseSize, type Withheld } from './choose.ts';
import { projected, type Shortage } from './fits.ts';
import { type Load, loadOf, pointsAbove } from './load.ts';
import type { Policy } from './policy.ts';
import type { PricedSize, Size } from './size.ts';
import { findSize, ladderOf, listPrice } from './size-catalog.ts';

export const verdictClasses = ['idle', 'oversized', 'fit', 'hot', 'not_enough_data'] as const;
export type VerdictClass = (typeof verdictClasses)[number];

/** Why a server is in its class. */
export const reasons = {
  cpu_and_network_low: 'CPU and network stayed below what the policy calls idle',
  fits_smaller: 'its load fits a smaller size, and the headroom stays free',
  fits: 'its load fits its size, and no smaller one',
  cpu_high: 'its CPU leaves less free than the headroom',
  memory_high: 'its memory leaves less free than the headroom',
  credits_spent: 'its busiest day spent more CPU credits than it earned',
  not_running: 'it does not run',
  cpu_unknown: 'its CPU was not measured',
  coverage_low: 'too little of the look-back was measured',
  size_unknown: 'there is no list of sizes that its own is on',
} as const satisfies Record<string, string>;
export type Reason = keyof typeof reasons;

/** What makes a verdict less sure than it could be. */
export const caveats = {
  memory_unknown: 'memory was not measured, or too little of it',
  network_unknown: 'network was not measured, or too little of it: it cannot be called idle',
  maximum_counts: 'points were not read, so the maximum counts in place of the percentile',
  saturated: 'CPU was all in use, so more may have been asked for than was measured',
  price_unknown: 'no list price is known for its region and platform',
} as const satisfies Record<string, string>;
export type Caveat = keyof typeof caveats;

export interface RatedServer {
  readonly provider: string;
  readonly region: string;
  readonly instanceType: string;
  readonly state: ResourceState;
  /** As the cloud calls it: `Linux/UNIX`, `Windows`, `rhel-9-server`. */
  readonly platform?: string;
}

export interface Verdict {
  readonly class: VerdictClass;
  readonly reason: Reason;
  readonly window: DayRange;
  readonly cpu: Load | null;
  /** As measured, also where too little to count. */
  readonly memory: Load | null;
  /** Received and sent; their maxima are added, so that the sum is an upper bound. */
  readonly network: Pick<Load, 'max' | 'avg' | 'coverage'> | null;
  readonly size: Size | null;
  readonly suggestion: Suggestion | null;
  /** Why there is no suggestion, where its class asks for one. */
  readonly withheld: Withheld | null;
  /** Null where nothing is suggested, or a price is not known. */
  readonly savings: Savings | null;
  readonly caveats: readonly Caveat[];
}

export type Suggestion =
  | { readonly action: 'stop' }
  | {
      readonly action: 'resize';
      readonly size: Size;
      /** The load that counts, in percent of that size. */
      readonly projected: { readonly cpu: number; readonly memory: number | null };
      /** Points of CPU that would not have fitted; null where points were not read. */
      readonly clipped: { readonly above: number; readonly of: number } | null;
    };

/** At list price: what the hours in which the server was seen to run in the look-back would have cost less. Below 0 it costs more. */
export interface Savings {
  readonly hours: number;
  readonly usdPerHour: number;
  readonly usd: number;
}

/**
 * Says of a server whether its size is right. Pure: the same days and policy give the same verdict.
 *
 * @param window as many days as the policy looks back; a day that is not in `days` was not measured
 */
export function rate(server: RatedServer, days: Days, window: DayRange, policy: Policy): Verdict {
  const cpu = loadOf('cpu.utilization', days, window, policy.percentile);
  const memory = loadOf('memory.usage', days, window, policy.percentile);
  const network = networkOf(days, window);
  const size = findSize(server.provider, server.instanceType) ?? null;
  const measured = { window, cpu, memory, network, size };
  const counts = (load: { coverage: number } | null) => load !== null && load.coverage >= policy.minimumCoverage;

  const unsaid = reasonToSayNothing(server, cpu, policy);
  if (unsaid !== null || cpu === null) return nothingSaid(unsaid ?? 'cpu_unknown', measured);
  const known: Caveat[] = [
    ...(counts(memory) ? [] : ['memory_unknown' as const]),
    ...(counts(network) ? [] : ['network_unknown' as const]),
    ...(policy.percentile < 1 && cpu.peakIs === 'max' ? ['maximum_counts' as const] : []),
    ...(cpu.peak >= saturation ? ['saturated' as const] : []),
  ];
  if (
    network !== null &&
    counts(network) &&
    cpu.max < policy.idleCpuPercent &&
    network.max < policy.idleNetworkBytesPerSecond
  ) {
    const idle = { ...measured, class: 'idle', reason: 'cpu_and_network_low', withheld: null } as const;
    return priced({ ...idle, suggestion: { action: 'stop' }, caveats: known }, server, size, null);
  }
  const demandMemory = counts(memory) ? memory : null;
  if (size === null) return withoutSize(measured, cpu, demandMemory, policy, known);
  const demand = { size, cpu, memory: demandMemory };
  const choice = chooseSize(size, ladderOf(server.provider, size), demand, policy);
  const chosen = choice.size;
  const suggestion =
    chosen === null
      ? null
      : ({
          action: 'resize',
          size: chosen,
          projected: projected(chosen, demand),
          clipped: pointsAbove(cpu, (100 * chosen.vcpus) / size.vcpus),
        } as const);
  const said = { ...measured, class: choice.class, reason: reasonOf(choice), withheld: choice.withheld };
  return priced({ ...said, suggestion, caveats: known }, server, size, chosen);
}

/** Percent of CPU from which on nobody knows how much was asked for. */
const saturation = 99;

const shortageReasons = {
  cpu: 'cpu_high',
  memory: 'memory_high',
  credits: 'credits_spent',
} as const satisfies Record<Shortage, Reason>;

function reasonOf({ class: name, shortage }: Choice): Reason {
  if (shortage !== null) return shortageReasons[shortage];
  return name === 'oversized' ? 'fits_smaller' : 'fits';
}

function reasonToSayNothing({ state }: RatedServer, cpu: Load | null, policy: Policy): Reason | null {
  if (state !== 'RUNNING' && state !== 'UNKNOWN') return 'not_running';
  if (cpu === null) return 'cpu_unknown';
  return cpu.coverage < policy.minimumCoverage ? 'coverage_low' : null;
}

type Measured = Pick<Verdict, 'window' | 'cpu' | 'memory' | 'network' | 'size'>;

function nothingSaid(reason: Reason, measured: Measured, known: readonly Caveat[] = []): Verdict {
  return {
    ...measured,
    class: 'not_enough_data',
    reason,
    suggestion: null,
    withheld: null,
    savings: null,
    caveats: known,
  };
}

/** That a server is hot shows without a list of sizes; that it is oversized or fits does not. */
function withoutSize(
  measured: Measured,
  cpu: Load,
  memory: Load | null,
  policy: Policy,
  known: readonly Caveat[],
): Verdict {
  const nothing = nothingSaid('size_unknown', measured, known);
  const hot = { ...nothing, class: 'hot', withheld: 'size_unknown' } as const;
  if (cpu.peak > 100 * (1 - policy.cpuHeadroom)) return { ...hot, reason: 'cpu_high' };
  if (memory !== null && memory.peak > 100 * (1 - policy.memoryHeadroom)) return { ...hot, reason: 'memory_high' };
  return nothing;
}

/** Systems whose licence is in the price of the server, and grows with it; the lists are of those without. */
const paidPlatform = /windows|sql|red ?hat|rhel|suse|sles|ubuntu.?pro/i;

/** @param target null for a server that is stopped */
function priced(
  verdict: Omit<Verdict, 'savings'>,
  { provider, region, platform = '' }: RatedServer,
  size: PricedSize | null,
  target: PricedSize | null,
): Verdict {
  if (verdict.suggestion === null) return { ...verdict, savings: null };
  const now = size === null ? null : listPrice(provider, size, region);
  const then = target === null ? 0 : listPrice(provider, target, region);
  if (now === null || then === null || paidPlatform.test(platform)) {
    return { ...verdict, savings: null, caveats: [...verdict.caveats, 'price_unknown'] };
  }
  const hours = (verdict.cpu?.seconds ?? 0) / 3600;
  const usdPerHour = now - then;
  return { ...verdict, savings: { hours, usdPerHour, usd: hours * usdPerHour } };
}

/** @returns null where one direction was not observed */
function networkOf(days: Days, window: DayRange): Verdict['network'] {
  const received = loadOf('network.received_throughput', days, window, 1);
  const sent = loadOf('network.sent_throughput', days, window, 1);
  if (received === null || sent === null) return null;
  return {
    max: received.max + sent.max,
    avg: received.avg + sent.avg,
    coverage: Math.min(received.coverage, sent.coverage),
  };
}
