import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { errorGroups, errorSpans } from '../addresses.ts';
import { errorSummaryQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { Answer, both } from '../parts/answer.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { text } from '../text.ts';
import { ErrorCauses } from './error-causes.tsx';
import { ErrorMatrix } from './error-matrix.tsx';
import { placeWords } from './place-words.ts';
import { RetryAffected, RetryOutcome, useRetryAffected } from './retry-affected.tsx';

const route = getRouteApi('/errors');

/** Where it hurts, by account and region; since when; and what helps. */
export function ErrorsPage() {
  usePageTitle(text.errors.title);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { group: _, account, region, provider, code, ...rest } = search;
  const wide = { ...rest, ...(provider && { provider }) };
  const all = useQuery(errorSummaryQuery({ ...wide, ...(code && { code }) }));
  const asked = { ...wide, ...(code && { code }), ...(account && { account }), ...(region && { region }) };
  const chosen = useQuery(errorSummaryQuery(asked));
  const again = useRetryAffected(asked);
  const isNarrowed = account !== undefined || region !== undefined || code !== undefined || provider !== undefined;
  return (
    <div className="errors">
      <header className="page-head">
        <h1>{text.errors.title}</h1>
      </header>
      <div className="filters">
        <label>
          <span className="filter-name">{text.errors.span}</span>
          <select
            value={search.since ?? '7d'}
            onChange={({ target: { value } }) =>
              void navigate({ search: ({ since: _, ...kept }) => ({ ...kept, ...spanOf(value) }) })
            }
          >
            {errorSpans.map((span) => (
              <option key={span} value={span}>
                {text.errors.spans[span]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="filter-name">{text.errors.group}</span>
          <select
            value={search.group ?? 'account,region'}
            onChange={({ target: { value } }) =>
              void navigate({ search: ({ group: _, ...kept }) => ({ ...kept, ...groupOf(value) }) })
            }
          >
            {errorGroups.map((group) => (
              <option key={group} value={group}>
                {text.errors.groups[group]}
              </option>
            ))}
          </select>
        </label>
        {isNarrowed && (
          <p className="narrowed">
            {placeWords(account, region)}
            {code !== undefined && ` ${text.errorCodes[code]}`}{' '}
            <Link to="/errors" search={rest}>
              {text.errors.showAll}
            </Link>
          </p>
        )}
      </div>
      <RetryOutcome again={again} />
      <Answer asked={both(all, chosen)} rows={6}>
        {([{ data: whole }, { data: part, meta }]) =>
          whole.cell_count === 0 && part.cell_count === 0 ? (
            <EmptyNotice title={text.errors.none}>
              <p>{isNarrowed || search.since !== 'all' ? text.errors.noneHere : text.errors.noneNote}</p>
              {search.since !== 'all' && (
                <Link to="/errors" search={{ since: 'all' }}>
                  {text.errors.lookAtAll}
                </Link>
              )}
            </EmptyNotice>
          ) : (
            <>
              <ErrorMatrix summary={whole} />
              <section className="panel causes" aria-label={text.errors.causes}>
                <header>
                  <h2>
                    {text.errors.causes} {placeWords(account, region)}
                  </h2>
                  <RetryAffected again={again} summary={part} isDemo={meta.demo} />
                </header>
                <ErrorCauses causes={part.causes} />
                {part.is_cut && <p className="summary">{text.errors.cut}</p>}
              </section>
              {whole.cell_count > whole.cells.length && (
                <p className="summary">{text.errors.moreCells(formatCount(whole.cell_count))}</p>
              )}
            </>
          )
        }
      </Answer>
    </div>
  );
}

function spanOf(value: string): { since?: (typeof errorSpans)[number] } {
  const since = errorSpans.find((span) => span === value);
  return since === undefined || since === '7d' ? {} : { since };
}

function groupOf(value: string): { group?: (typeof errorGroups)[number] } {
  const group = errorGroups.find((each) => each === value);
  return group === undefined || group === 'account,region' ? {} : { group };
}
