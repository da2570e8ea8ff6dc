import type { InventoryStore, RecordFilter, RecordId, RecordOrder, StoredRecord } from '#store/inventory.ts';

/** How long an order is kept, in milliseconds: somebody scrolls, and rows do not move under them. */
const keptMs = 10_000;
const keptViews = 16;

interface View {
  readonly madeAt: number;
  readonly ids: Promise<readonly RecordId[]>;
}

interface Window {
  readonly rows: readonly StoredRecord[];
  readonly total: number;
}

/** Windows into long lists: the order of a list is made once, whatever row is asked for next. */
export function serverViews(
  inventory: InventoryStore,
  now: () => number,
): (order: RecordOrder, filter: RecordFilter, from: number, limit: number) => Promise<Window> {
  const views = new Map<string, View>();

  /** The newest last. */
  function viewOf(order: RecordOrder, filter: RecordFilter): View {
    const key = JSON.stringify([order.path, order.descending, filter]);
    const known = views.get(key);
    views.delete(key);
    const isFresh = known !== undefined && now() - known.madeAt < keptMs;
    const view = isFresh ? known : { madeAt: now(), ids: inventory.order(order, filter) };
    views.set(key, view);
    if (!isFresh) view.ids.catch(() => views.delete(key));
    const [oldest] = views.keys();
    if (views.size > keptViews && oldest !== undefined) views.delete(oldest);
    return view;
  }

  return async (order, filter, from, limit) => {
    const ids = await viewOf(order, filter).ids;
    return { rows: await inventory.records(ids.slice(from, from + limit)), total: ids.length };
  };
}
