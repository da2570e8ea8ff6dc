import type { SearchResult, StoredRecord } from '#store/inventory.ts';
import type { Condition } from '#store/query/condition.ts';
import type { Store } from '#store/store.ts';
import type { ReadQuery } from './wire-query.ts';

/** Records are read so many at a time. */
const pageSize = 1000;

/** The rows of a query's page, and how many there are in all. @param within what else they must fit */
export async function searchRows(
  store: Store,
  query: ReadQuery,
  within: readonly Condition[] = [],
): Promise<SearchResult> {
  const { sort, offset, limit, countOnly } = query;
  const condition: Condition = { all: [query.condition, ...within] };
  const most = countOnly ? 0 : limit || Number.POSITIVE_INFINITY;
  const rows: StoredRecord[] = [];
  for (;;) {
    const wanted = Math.min(most - rows.length, pageSize);
    const page = await store.inventory.search({ condition, sort, offset: offset + rows.length, limit: wanted });
    rows.push(...page.rows);
    if (page.rows.length < pageSize || rows.length >= most) return { total: page.total, rows };
  }
}
