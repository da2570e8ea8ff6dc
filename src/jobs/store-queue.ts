import type { Store } from '#store/store.ts';
import type { TaskQueue } from './task-queue.ts';

/**
 * The queue of one machine: the pending tasks of the store are the line. A worker that is silent has died, which the clock of
 * that one machine can tell.
 */
export function storeQueue(store: Store): TaskQueue {
  return {
    async add() {},
    async take(worker, count, now) {
      await store.tasks.releaseSilent(now);
      const taken = [];
      while (taken.length < count) {
        const claim = await store.tasks.beginNext(worker, now);
        if (claim === undefined) break;
        taken.push({ claim, done: async () => {}, again: async () => {} });
      }
      return taken;
    },
    async beat() {},
    async close() {},
  };
}
