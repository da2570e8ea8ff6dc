/** Chance that can be had again: the seed is `FLEETGAUGE_TEST_SEED`, or new each time and printed. (mulberry32) */
export function seededRandom(): { readonly seed: number; readonly next: () => number } {
  const seed = Number(process.env.FLEETGAUGE_TEST_SEED ?? Date.now() % 1_000_000);
  process.stderr.write(`FLEETGAUGE_TEST_SEED=${seed}\n`);
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { seed, next };
}
