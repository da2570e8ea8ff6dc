import { useQueries } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { serverCountQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { FirstUse } from '../parts/first-use.tsx';
import { EmptyNotice, Skeleton } from '../parts/notices.tsx';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { termsOf, withoutTerm } from './query-terms.ts';

const route = getRouteApi('/servers');
const mostTerms = 8;

/** There is nothing yet, or nothing that the filter lets through: then, what each term keeps away. */
export function NoServers({ q, type }: { q: string; type: string }) {
  const search = route.useSearch();
  const terms = termsOf(q).slice(0, mostTerms);
  const queries = ['', ...terms.map((term) => withoutTerm(q, term))].map((query) => serverCountQuery(query, type));
  const answers = useQueries({ queries });
  const [all, ...counts] = answers.map(({ data }) => data);
  if (q === '') return <FirstUse title={text.fleet.noServers} what={text.firstUse.servers} />;
  if (answers.some(({ isPending }) => isPending)) return <Skeleton rows={terms.length + 4} />;
  const { q: _, ...rest } = search;
  const most = Math.max(0, ...counts.map((count) => count ?? 0));
  return (
    <EmptyNotice title={all === undefined ? text.list.none : text.list.noneOf(formatCount(all))}>
      <p>{text.list.noneFix}</p>
      <ul className="term-list">
        {terms.map((term, at) => (
          <li key={term.from}>
            <Link to="/servers" search={{ ...rest, ...queryOf(withoutTerm(q, term)) }}>
              {removal(term.text, counts[at])}
            </Link>
            {terms.length > 1 && most > 0 && counts.indexOf(most) === at && <Mark tone="good" word={text.list.most} />}
          </li>
        ))}
      </ul>
      <Link to="/servers" search={rest}>
        {text.list.clear}
      </Link>
    </EmptyNotice>
  );
}

/** What could not be counted is not said to be none. */
function removal(term: string, count: number | undefined): string {
  return count === undefined ? text.list.remove(term) : text.list.removeFor(term, formatCount(count));
}

function queryOf(q: string): { readonly q?: string } {
  return q === '' ? {} : { q };
}
