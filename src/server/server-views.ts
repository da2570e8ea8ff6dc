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
/** The same for those who read on where a window ended, such as a program that takes all of it: no longer than this together. */
const longestKeptMs = 300_000;
/** The same for those who scroll and then jump to another place of what they scroll in. */
const jumpKeptMs = 60_000;
const keptViews = 16;
/** Rows that are put in order first: who scrolls past them has all put in order. */
const headRows = 2_000;

interface View {
  readonly key: string;
  readonly madeAt: number;
  /** Where its windows ended that nobody has read on from, and when they were read. */
  readonly ends: Map<number, number>;
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

/**
 * Windows into long lists: the order of a list is made once, whatever row is asked for next. Windows that follow one another without
 * a break are of one order, for minutes.
 */
export function serverViews(
  inventory: InventoryStore,
  now: () => number,
): (order: RecordOrder, filter: RecordFilter, from: number, limit: number) => Promise<Window> {
  const views = new Set<View>();

  /** The one that somebody reads on from here, or else the fresh one. What is used is kept longest. */
  function viewOf(order: RecordOrder, filter: RecordFilter, from: number): View {
    const key = JSON.stringify([order.path, order.descending, filter]);
    const own = [...views].filter((view) => view.key === key).reverse();
    const view =
      own.find((each) => isReadOn(each, from, now())) ??
      own.find((each) => now() - each.madeAt < (from > 0 && isBeingRead(each, now()) ? jumpKeptMs : keptMs)) ??
      begin(key, order, filter);
    views.delete(view);
    views.add(view);
    const [oldest] = views;
    if (views.size > keptViews && oldest !== undefined) views.delete(oldest);
    return view;
  }

  function begin(key: string, order: RecordOrder, filter: RecordFilter): View {
    const view: View = { key, madeAt: now(), ends: new Map(), head: inventory.head(order, headRows, filter) };
    view.head.catch(() => views.delete(view));
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
    const view = viewOf(order, filter, from);
    const { ids: first, total } = await view.head;
    const isInHead = from + limit <= first.length || first.length === total;
    const ids = isInHead ? first : await allOf(view, order, filter);
    const rows = await inventory.records(ids.slice(from, from + limit));
    view.ends.delete(from);
    if (rows.length > 0) view.ends.set(from + rows.length, now());
    return { rows, total: view.total ?? total };
  };
}

function isBeingRead({ ends }: View, now: number): boolean {
  return ends.values().some((readAt) => now - readAt < keptMs);
}

function isReadOn({ madeAt, ends }: View, from: number, now: number): boolean {
  const readAt = ends.get(from);
  return readAt !== undefined && now - readAt < keptMs && now - madeAt < longestKeptMs;
}
