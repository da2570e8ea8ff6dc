/** How often a piece of work can be done in a second, and how that compares. */
export interface Rate {
  readonly name: string;
  readonly perSecond: number;
  /** Of the reference, timed in turn with the work. */
  readonly ratio: number;
}

const rounds = 7;

/** Times work and reference in turn, so that both meet the same load of the machine; medians of the rounds. */
export async function compare(name: string, work: Work, reference: Work, ms = 100): Promise<Rate> {
  await timed(work, ms);
  await timed(reference, ms);
  const perSecond: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const done = await timed(work, ms);
    perSecond.push(done);
    ratios.push(done / (await timed(reference, ms)));
  }
  return { name, perSecond: median(perSecond), ratio: median(ratios) };
}

type Work = () => unknown;

/** Calls per second, of at least `ms` milliseconds of them. */
async function timed(work: Work, ms: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let spent = 0;
  do {
    const result = work();
    kept = result instanceof Promise ? await result : result;
    calls++;
    spent = performance.now() - start;
  } while (spent < ms);
  return (calls * 1000) / spent;
}

/** Results are looked at, so that no work can be left out as useless. */
export let kept: unknown;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
