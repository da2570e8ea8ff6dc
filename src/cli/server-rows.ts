import type { InventoryRecord } from '#model/record.ts';
import {
  type InventoryStore,
  type RecordFilter,
  type RecordId,
  type RecordSort,
  recordSorts,
} from '#store/inventory.ts';
import type { Path } from '#store/query/condition.ts';
import { metricPath } from '#store/query/text.ts';

/** What a list of servers is put in order by. */
export type ServerSort = { readonly descending: boolean } & (
  | { readonly by: RecordSort }
  /** As the query language names it: `cpu.p95` */
  | { readonly by: string; readonly metric: Path }
);

/** @returns undefined for what nothing is sorted by */
export function serverSort(text: string): ServerSort | undefined {
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  const column = recordSorts.find((sort) => sort === name);
  if (column !== undefined) return { by: column, descending };
  const metric = metricPath(name);
  return metric === undefined ? undefined : { by: name, metric, descending };
}

/** As `serverSort` takes it, and the API. */
export function sortText({ by, descending }: ServerSort): string {
  return `${descending ? '-' : ''}${by}`;
}

const pageSize = 1000;

/** At most so many; without a value of the sort last. */
export async function readServers(
  inventory: InventoryStore,
  filter: RecordFilter,
  sort: ServerSort,
  limit: number,
): Promise<{ readonly rows: readonly InventoryRecord[]; readonly total: number }> {
  return 'metric' in sort
    ? readByMetric(inventory, filter, { path: sort.metric, descending: sort.descending }, limit)
    : readByColumn(inventory, filter, sort, limit);
}

async function readByMetric(
  inventory: InventoryStore,
  filter: RecordFilter,
  order: { readonly path: Path; readonly descending: boolean },
  limit: number,
) {
  const { ids, total } = Number.isFinite(limit)
    ? await inventory.head(order, limit, filter)
    : await inventory.order(order, filter).then((all) => ({ ids: all, total: all.length }));
  const rows: InventoryRecord[] = [];
  for (let from = 0; from < ids.length; from += pageSize) {
    const page: readonly RecordId[] = ids.slice(from, from + pageSize);
    rows.push(...(await inventory.records(page)).map(({ record }) => record));
  }
  return { rows, total };
}

async function readByColumn(
  inventory: InventoryStore,
  filter: RecordFilter,
  sort: { readonly by: RecordSort; readonly descending: boolean },
  limit: number,
) {
  const rows: InventoryRecord[] = [];
  for (let after: string | undefined; ; ) {
    const from = after === undefined ? {} : { after };
    const page = await inventory.list({ filter, sort, limit: Math.min(pageSize, limit - rows.length), ...from });
    rows.push(...page.rows.map(({ record }) => record));
    after = page.next;
    if (after === undefined || rows.length >= limit) return { rows, total: page.total };
  }
}
