import type { JobId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';

/** How soon a run sees that somebody wants it to end. */
const cancelPollMs = 1_000;

/** Looks every second whether somebody wants a job to end. */
export function watchForCancel(store: Store, id: JobId): Disposable & { readonly requested: AbortSignal } {
  const requested = new AbortController();
  const look = async () => {
    const { job } = await store.jobs.get(id);
    if (job.cancelRequestedAt !== undefined) requested.abort();
  };
  const timer = setInterval(() => void look().catch(() => {}), cancelPollMs);
  return { requested: requested.signal, [Symbol.dispose]: () => clearInterval(timer) };
}
