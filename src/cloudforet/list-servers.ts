import { CollectError } from '#model/errors.ts';
import type { Dialect, ServerPage, ServerQuery } from './dialect.ts';
import type { ServerRow } from './server-row.ts';

/** 2.x gives a thousand at most. A page is what is measured together; a small one comes first, so that something is soon told. */
const [firstPage, pageSize] = [200, 800] as const;

/** How often the list is read again for rows that slipped from one page to another. */
const mostReadings = 3;

/**
 * All servers, each once, as pages. A row that comes or goes meanwhile shifts those after it to another page, so that one may
 * be missed: where the number of rows changed, the list is read again for those that are not known yet.
 *
 * @throws CollectError
 */
export async function* listServers(
  dialect: Pick<Dialect, 'listServers'>,
  query: ServerQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly ServerRow[]> {
  const known = new Set<string>();
  for (let reading = 0; reading < mostReadings; reading++) {
    const totals = new Set<number>();
    let start = 1;
    let page: ServerPage;
    do {
      const limit = start === 1 ? firstPage : pageSize;
      page = await dialect.listServers(query, { start, limit }, signal);
      totals.add(page.total);
      start += page.rows.length;
      const rows = page.rows.filter(({ id }) => !known.has(id));
      for (const { id } of rows) known.add(id);
      if (rows.length > 0) yield rows;
    } while (page.rows.length > 0 && start <= page.total);
    if (totals.size === 1 && start > page.total) return;
  }
  throw new CollectError('conflict', 'the inventory changes faster than it can be read', {
    where: `${query.provider.id} servers`,
    fix: 'run it again',
  });
}
