import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mapConcurrent, rebatch } from './map-concurrent.ts';

it('maps each item once, with no more in flight than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      async (waits, concurrency) => {
        let inFlight = 0;
        let most = 0;
        const work = async ([at, turns]: [number, number]) => {
          most = Math.max(most, ++inFlight);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          inFlight--;
          return at;
        };
        const results = await Array.fromAsync(mapConcurrent(waits.entries(), concurrency, work));
        expect(results.toSorted((a, b) => a - b)).toEqual([...waits.keys()]);
        expect(most).toBeLessThanOrEqual(concurrency);
      },
    ),
  );
});

it('starts nothing more once its reader stops', async () => {
  const started: number[] = [];
  for await (const _ of mapConcurrent([1, 2, 3, 4, 5, 6], 2, async (item) => started.push(item))) break;
  expect(started).toEqual([1, 2]);
});

it('passes a failure on', async () => {
  const failing = mapConcurrent([1, 2], 2, async (item) => {
    if (item === 2) throw new Error('two');
    return item;
  });
  await expect(Array.fromAsync(failing)).rejects.toThrow('two');
});

it('rebatches pages without losing or reordering, and cuts only those that are too large', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(), { maxLength: 7 }), { maxLength: 9 }),
      fc.integer({ min: 1, max: 10 }),
      async (pages, size) => {
        const marked = pages.map((page, at) => page.map((item) => ({ item, at })));
        const batches = await Array.fromAsync(rebatch(asyncOf(marked), size));
        expect(batches.flat()).toEqual(marked.flat());
        for (const [n, batch] of batches.entries()) {
          expect(batch.length).toBeLessThanOrEqual(size);
          const next = batches[n + 1]?.[0]?.at;
          if (next === undefined) continue;
          const page = marked[next]?.length ?? 0;
          if (batch.at(-1)?.at === next) expect(page).toBeGreaterThan(size);
          else expect(batch.length + page).toBeGreaterThan(size);
        }
      },
    ),
  );
});

it('rebatches what came before an error, and then throws it', async () => {
  async function* pages() {
    yield [1, 2];
    throw new Error('three');
  }
  const batches: number[][] = [];
  const reading = (async () => {
    for await (const batch of rebatch(pages(), 10)) batches.push(batch);
  })();
  await expect(reading).rejects.toThrow('three');
  expect(batches).toEqual([[1, 2]]);
});

async function* asyncOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
