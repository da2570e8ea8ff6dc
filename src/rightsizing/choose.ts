import { type Demand, type Shortage, shortageOf } from './fits.ts';
import type { Policy } from './policy.ts';
import type { PricedSize } from './size.ts';

/** Why no other size is named although the own one is too large, or too small. */
export type Withheld =
  /** A smaller size has less memory, and nobody knows how much is used. */
  'memory_unknown' | 'largest_size' | 'size_unknown';

export interface Choice {
  readonly class: 'oversized' | 'fit' | 'hot';
  /** What its own size is short of, where it is hot. */
  readonly shortage: Shortage | null;
  readonly size: PricedSize | null;
  readonly withheld: Withheld | null;
}

/**
 * Picks the cheapest size that fits: of those with no more vCPUs and memory than the own one where that fits, else of those with no less.
 * So what is suggested to a server that is hot is never smaller in anything.
 *
 * @param own the size that it has
 * @param ladder sizes that it can be changed to, cheapest first
 */
export function chooseSize(own: PricedSize, ladder: readonly PricedSize[], demand: Demand, policy: Policy): Choice {
  const fits = (size: PricedSize) => shortageOf(size, demand, policy) === null;
  const shortage = shortageOf(own, demand, policy);
  if (shortage !== null) {
    const size = ladder.find((each) => each !== own && isWithin(own, each) && fits(each)) ?? null;
    return { class: 'hot', shortage, size, withheld: size === null ? 'largest_size' : null };
  }
  const smaller = ladder.filter((each) => isWithin(each, own) && each.homeUsd < own.homeUsd && fits(each));
  const size = smaller.find(({ gib }) => demand.memory !== null || gib >= own.gib) ?? null;
  if (smaller.length === 0) return { class: 'fit', shortage, size: null, withheld: null };
  return { class: 'oversized', shortage, size, withheld: size === null ? 'memory_unknown' : null };
}

/** Whether a size has no more of anything than another. */
function isWithin(size: PricedSize, other: PricedSize): boolean {
  return size.vcpus <= other.vcpus && size.gib <= other.gib;
}
