import type { Store } from '#store/store.ts';
import type { BossOptions } from './boss-queue.ts';
import { storeQueue } from './store-queue.ts';
import type { TaskQueue } from './task-queue.ts';

/** The queue that fits the store. @throws CollectError `store_failed` */
export async function openQueue(store: Store, options: BossOptions): Promise<TaskQueue> {
  if (store.cluster === undefined) return storeQueue(store);
  const { bossQueue } = await import('./boss-queue.ts');
  return bossQueue(store, store.cluster, options);
}
