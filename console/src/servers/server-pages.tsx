import { getRouteApi, Link } from '@tanstack/react-router';
import type { Meta } from '../../../src/server/api.ts';
import { serversPage } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';

const route = getRouteApi('/servers');

/** Forward by cursor, back by the browser's own button. */
export function ServerPages({ meta, shown, page }: { meta: Meta; shown: number; page: number }) {
  const { after, page: _, ...search } = route.useSearch();
  if (shown === 0) return null;
  const from = (page - 1) * serversPage + 1;
  return (
    <nav className="pages" aria-label={text.table.pages}>
      <p>{text.table.rows(formatCount(from), formatCount(from + shown - 1), formatCount(meta.total ?? shown))}</p>
      {after !== undefined && (
        <Link to="/servers" search={search}>
          {text.table.first}
        </Link>
      )}
      {meta.next !== undefined && (
        <Link to="/servers" search={{ ...search, after: meta.next, page: page + 1 }} resetScroll>
          {text.table.next}
        </Link>
      )}
    </nav>
  );
}
