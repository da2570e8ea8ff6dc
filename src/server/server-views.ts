import type {
  InventoryStore,
  RecordFilter,
  RecordHead,
  RecordId,
  RecordOrder,
  StoredRecord,
} from '#store/inventory.ts';

/** How long an order is kept, in milliseconds: somebody scrolls, and rows do not move under them. */
const keptMs = 10_000;
const keptViews = 16;
/** Rows that are put in order first: who scrolls past them has all put in order. */
const headRows = 2_000;

interface View {
  readonly madeAt: number;
  readonly head: Promise<RecordHead>;
  /** All ids, once they are wanted: those of the head, then what else is there by then. */
  all?: Promise<readonly RecordId[]>;
  /** How many these are. */
  total?: number;
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
    const view = isFresh ? known : { madeAt: now(), head: inventory.head(order, headRows, filter) };
    views.set(key, view);
    if (!isFresh) view.head.catch(() => views.delete(key));
    const [oldest] = views.keys();
    if (views.size > keptViews && oldest !== undefined) views.delete(oldest);
    return view;
  }

  function allOf(view: View, order: RecordOrder, filter: RecordFilter): Promise<readonly RecordId[]> {
    view.all ??= readAll(view, order, filter);
    view.all.catch(() => delete view.all);
    return view.all;
  }

  /** Read later than the head, which has been shown: what came, went or moved since must not shift the rows behind it. */
  async function readAll(view: View, order: RecordOrder, filter: RecordFilter): Promise<readonly RecordId[]> {
    const [{ ids: head }, all] = await Promise.all([view.head, inventory.order(order, filter)]);
    const shown = new Set(head);
    const ids = [...head, ...all.filter((id) => !shown.has(id))];
    view.total = ids.length;
    return ids;
  }

  return async (order, filter, from, limit) => {
    const view = viewOf(order, filter);
    const { ids: first, total } = await view.head;
    const isInHead = from + limit <= first.length || first.length === total;
    const ids = isInHead ? first : await allOf(view, order, filter);
    return { rows: await inventory.records(ids.slice(from, from + limit)), total: view.total ?? total };
  };
}
