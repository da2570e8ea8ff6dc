/**
 * All is read in slots: stretches of five minutes, or longer where a server is scraped rarely, that tile the UTC day. A key has
 * one value a slot. Its daily sum is that of the slots' values times their length, its observed time is the number of slots with
 * a value times their length, its maximum the highest of them.
 *
 * Why not one `rate(x[1d])` a day: it takes the time in which a server did not run for idle, gives a stop of the scraping the
 * bytes of hours that were not observed, and estimates what lies between the last scrape of a day and the first of the next.
 *
 * The rate in the slot that ends at `t` looks back one scrape interval further than the slot is long. The first sample it sees
 * is then the last one of the slot before, so that neighbouring slots share that sample: each increment is counted once, in the
 * slot of the scrape that saw it. Both ends of the range are nearer than a scrape interval to a sample, hence Prometheus
 * extrapolates to exactly the length of the range, and the rate is the increment over the slot's length: exact.
 *
 * What may be wrong:
 * - An increment is dated by its scrape: up to one scrape interval late.
 * - Where a server starts, stops, or is not scraped for a while, at both ends of that: a slot counts as observed as a whole, or
 *   not at all; and what was moved within 1.5 scrape intervals is missing.
 * - In the first slot after a counter has started at zero, the rate is low by at most one scrape interval per slot length.
 * - Where a slot is no multiple of the scrape interval, slots overlap or part by less than one interval, without bias.
 */
export interface Slot {
  readonly seconds: number;
  /** How far apart samples are. */
  readonly scrapeSeconds: number;
}

/** All of them divide the day. */
const lengths = [300, 600, 900, 1200, 1800, 3600];

/** Slots of at least four scrapes, so that one that fails does not empty them; a whole number of scrapes where that can be. */
export function slotFor(scrapeSeconds: number): Slot {
  const holding = lengths.filter((length) => length >= 4 * scrapeSeconds);
  const whole = holding.find((length) => isWhole(length / scrapeSeconds));
  return { seconds: whole ?? holding[0] ?? 3600, scrapeSeconds };
}

/** The interval of so many scrapes in one hour. */
export function scrapeInterval(scrapesPerHour: number): number {
  const seconds = 3600 / scrapesPerHour;
  const rounded = Math.round(seconds);
  return rounded > 0 && Math.abs(seconds / rounded - 1) < 0.01 ? rounded : seconds;
}

function isWhole(ratio: number): boolean {
  return Math.abs(ratio - Math.round(ratio)) < 1e-6;
}
