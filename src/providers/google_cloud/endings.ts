/**
 * Ids by how they end: those whose last four digits, read backwards, make a number in `[from, to)`. So the last digit counts most,
 * and those from 2000 to 3500 are what ends in a 2, or in a 3 after a digit up to 4. Ids of Compute Engine are random numbers of
 * some nineteen digits.
 */
export interface Endings {
  readonly from: number;
  readonly to: number;
}

const digits = 4;

export const endingCount = 10 ** digits;

export const allEndings: Endings = { from: 0, to: endingCount };

export function endingOf(id: string): number {
  return Number([...id.slice(-digits).padStart(digits, '0')].reverse().join(''));
}

/** As a regular expression of the whole id; at most 70 characters, however many endings there are. */
export function patternOf({ from, to }: Endings): string {
  return `.*(${tailsOf(from, to, endingCount / 10, '').join('|')})`;
}

/** @param width how many endings share a digit at this place; `after` are the digits that follow it in the id */
function tailsOf(from: number, to: number, width: number, after: string): string[] {
  const whole: number[] = [];
  const tails: string[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const [low, high] = [Math.max(from - digit * width, 0), Math.min(to - digit * width, width)];
    if (low === 0 && high === width) whole.push(digit);
    else if (low < high) tails.push(...tailsOf(low, high, width / 10, `${digit}${after}`));
  }
  const [first] = whole;
  if (first === undefined) return tails;
  const own = whole.length === 1 ? `${first}` : `[${first}-${whole.at(-1)}]`;
  return [`${own}${after}`, ...tails];
}

export function isWithin(part: Endings, whole: Endings): boolean {
  return whole.from <= part.from && part.to <= whole.to;
}

/** Runs that touch each other as one; in order. */
export function joinedEndings(runs: Iterable<Endings>): Endings[] {
  const joined: Endings[] = [];
  for (const { from, to } of [...runs].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || last.to < from) joined.push({ from, to });
    else joined.splice(-1, 1, { from: last.from, to: Math.max(last.to, to) });
  }
  return joined;
}

/**
 * Divides all endings into as few runs as may hold `size` each, about equally many in each.
 *
 * @param counts by ending
 */
export function* evenRuns(counts: Uint32Array, size: number): Generator<Endings> {
  let left = counts.reduce((sum, count) => sum + count, 0);
  let share = evenShare(left, size);
  let from = 0;
  let held = 0;
  for (const [ending, count] of counts.entries()) {
    if (held > 0 && count > 0 && held + count > share) {
      yield { from, to: ending };
      left -= held;
      share = evenShare(left, size);
      [from, held] = [ending, 0];
    }
    held += count;
  }
  yield { from, to: counts.length };
}

function evenShare(count: number, size: number): number {
  return Math.ceil(count / Math.ceil(count / size));
}
