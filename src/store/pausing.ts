import { setImmediate as nextTurn } from 'node:timers/promises';

/** The same pages, with a pause after each: where all of them are there at once, nobody else would be heard until the last one. */
export async function* pausing<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const page of pages) {
    yield page;
    await nextTurn();
  }
}
