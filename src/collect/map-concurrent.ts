/**
 * Maps items with at most `concurrency` calls in flight, yielding results as they come. Takes no item that it cannot start
 * at once, and when its reader stops it starts no more.
 */
export async function* mapConcurrent<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Set<Promise<{ done: Promise<R>; self: () => void }>>();
  const start = (item: T): void => {
    const done = work(item);
    const settled: Promise<{ done: Promise<R>; self: () => void }> = done.then(
      () => ({ done, self: () => running.delete(settled) }),
      () => ({ done, self: () => running.delete(settled) }),
    );
    running.add(settled);
  };
  const next = async (): Promise<R> => {
    const { done, self } = await Promise.race(running);
    self();
    return done;
  };
  for await (const item of items) {
    start(item);
    if (running.size >= concurrency) yield await next();
  }
  while (running.size > 0) yield await next();
}

/**
 * Puts pages together to batches of at most `size`. Only a page that is larger is cut, since what came together is asked for
 * together. What came before an error is still yielded.
 */
export async function* rebatch<T>(pages: AsyncIterable<readonly T[]>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const page of pages) {
      if (batch.length > 0 && batch.length + page.length > size) {
        yield batch;
        batch = [];
      }
      batch = batch.concat(page);
      for (; batch.length > size; batch = batch.slice(size)) yield batch.slice(0, size);
    }
  } catch (error) {
    failure = { error };
  }
  if (batch.length > 0) yield batch;
  if (failure !== undefined) throw failure.error;
}
