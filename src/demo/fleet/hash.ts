/**
 * Mixes two 32-bit integers into one that looks random: murmur3's finaliser. Everything the simulation invents comes from
 * here, so that one seed gives one world.
 */
export function mix(seed: number, n: number): number {
  let x = Math.imul(n, 0x9e3779b1) ^ seed;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Like {@link mix} with a round less: for samples, of which a call takes a million. */
export function mixFast(seed: number, n: number): number {
  const x = Math.imul(n ^ seed, 0x85ebca6b);
  const y = Math.imul(x ^ (x >>> 15), 0xc2b2ae35);
  return (y ^ (y >>> 14)) >>> 0;
}

/** Hashes a text to 32 bits (FNV-1a, then mixed). */
export function hashText(seed: number, text: string): number {
  let x = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) x = Math.imul(x ^ text.charCodeAt(i), 0x01000193);
  return mix(seed, x);
}

/** A draw from `[0, 1)` that depends on its two arguments only. */
export function draw(seed: number, n: number): number {
  return mix(seed, n) / 2 ** 32;
}

/** A whole number from `[low, high]`, both included. */
export function drawInteger(seed: number, n: number, low: number, high: number): number {
  return low + Math.floor(draw(seed, n) * (high - low + 1));
}

/** One of the items. @throws RangeError if there are none */
export function pick<T>(items: readonly T[], seed: number, n: number): T {
  const item = items[mix(seed, n) % items.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

const forward = 0x2c1b3c6d;
const backward = inverseOf(forward);

/** Maps 32-bit integers one to one onto 32-bit integers, so that ids look random and yet can be read back. */
export function scramble(key: number, n: number): number {
  const x = Math.imul(n ^ key, forward);
  return Math.imul(x ^ (x >>> 16), forward) >>> 0;
}

/** Undoes {@link scramble}. */
export function unscramble(key: number, n: number): number {
  const x = Math.imul(n, backward);
  return (Math.imul(x ^ (x >>> 16), backward) ^ key) >>> 0;
}

/** The number that undoes a multiplication by an odd number, modulo 2^32 (Newton's iteration). */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

/** Eight hexadecimal digits. */
export function hex8(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}
