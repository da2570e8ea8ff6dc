import { CollectError } from '#model/errors.ts';

/** Work that several callers wait for. Any of them may leave; once all have, it is broken off. */
export class SharedWork<T> {
  readonly result: Promise<T>;
  readonly #abandon = new AbortController();
  #waiting = 0;
  #isOver = false;

  /** The work begins after what runs now, so that who makes it can still join it. */
  constructor(work: (signal: AbortSignal) => Promise<T>) {
    const begun = Promise.resolve().then(() => work(this.#abandon.signal));
    this.result = begun.finally(() => {
      this.#isOver = true;
    });
    // Those who wait hear of a failure; there may be none.
    this.result.catch(() => {});
  }

  /** Whether it was broken off: a newcomer has to begin anew. */
  get isAbandoned(): boolean {
    return this.#abandon.signal.aborted;
  }

  /** @throws CollectError `cancelled`, at once, when this caller leaves */
  async wait(signal: AbortSignal): Promise<T> {
    const left = Promise.withResolvers<never>();
    const leave = () => {
      left.reject(new CollectError('cancelled', 'The caller has left.', { cause: signal.reason }));
      if (--this.#waiting === 0 && !this.#isOver) this.#abandon.abort();
    };
    this.#waiting++;
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([left.promise, this.result]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
