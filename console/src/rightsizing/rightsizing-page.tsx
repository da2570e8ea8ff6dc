import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import { type RightsizingPage as Page, rightsizingQuery, rightsizingSummaryQuery } from '../api.ts';
import { VerdictExport } from '../exports/verdict-export.tsx';
import { formatCount } from '../format.ts';
import { PartialBar, Total, usePartialRun } from '../overview/partial-bar.tsx';
import { Answer, both } from '../parts/answer.tsx';
import { Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { ClassFigures } from './class-figures.tsx';
import { DecisionButtons } from './decision-buttons.tsx';
import { NoVerdicts } from './no-verdicts.tsx';
import { VerdictFilters } from './verdict-filters.tsx';
import { VerdictTable } from './verdict-table.tsx';

const route = getRouteApi('/rightsizing');

export function RightsizingPage() {
  usePageTitle(text.rightsizing.title);
  const search = route.useSearch();
  const summary = useQuery(rightsizingSummaryQuery);
  const partial = usePartialRun();
  const list = useQuery(rightsizingQuery(search));
  return (
    <div className="rightsizing">
      <header className="page-head">
        <h1>{text.rightsizing.title}</h1>
        <p className="count">
          {summary.data !== undefined && (
            <Total
              count={summary.data.data.servers}
              isLeast={typeof partial === 'number' && summary.data.data.servers > 0}
            />
          )}
        </p>
        <Link to="/rightsizing/policy" className="policy-link">
          {summary.data === undefined
            ? text.rightsizing.policyTitle
            : text.rightsizing.policyIs(text.rightsizing.presets[summary.data.data.policy.name])}
        </Link>
        <VerdictExport search={search} />
      </header>
      {summary.data === undefined && summary.error === null ? (
        // One place for all of it, which comes at once: what came by and by would move the rest.
        <Skeleton rows={17} />
      ) : (
        <>
          {summary.data !== undefined && <ClassFigures summary={summary.data.data} search={search} />}
          <VerdictFilters summary={summary.data?.data} />
          <Answer asked={both(list, summary)} rows={14}>
            {([page, { data }]) =>
              partial === undefined ? (
                <Skeleton rows={14} />
              ) : (
                <div className={list.isPlaceholderData ? 'stale' : undefined}>
                  <PartialBar id={partial} />
                  <Verdicts key={JSON.stringify(search)} page={page} summary={data} />
                </div>
              )
            }
          </Answer>
        </>
      )}
    </div>
  );
}

/** With a selection of its own: what another filter hides is not decided on. */
function Verdicts({ page: { rows, next }, summary }: { page: Page; summary: RightsizingSummary }) {
  const mayDecide = useMay('operator');
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const asked = route.useSearch();
  const { after, ...search } = asked;
  const chosen = rows.filter(({ id }) => picked.has(id));
  return (
    <>
      {mayDecide && (
        <section className="decision-bar" aria-label={text.rightsizing.actions}>
          <p>{chosen.length === 0 ? text.rightsizing.pickNone : text.rightsizing.picked(formatCount(chosen.length))}</p>
          <DecisionButtons
            rows={chosen}
            // What was picked since it was sent is not decided yet.
            onDecided={(ids) => setPicked((now) => new Set([...now].filter((id) => !ids.includes(id))))}
          />
        </section>
      )}
      {!mayDecide && <p className="decision-bar">{text.rightsizing.viewer}</p>}
      {rows.length === 0 ? (
        <NoVerdicts servers={summary.servers} search={asked} hasMore={next !== undefined} />
      ) : (
        <VerdictTable rows={rows} policy={summary.policy} picked={mayDecide ? picked : null} onPick={setPicked} />
      )}
      <nav className="pages" aria-label={text.rightsizing.pages}>
        {rows.length > 0 && <p>{text.rightsizing.rows(formatCount(rows.length))}</p>}
        {after !== undefined && (
          <Link to="/rightsizing" search={search}>
            {text.rightsizing.first}
          </Link>
        )}
        {next !== undefined && (
          <Link to="/rightsizing" search={{ ...search, after: next }} resetScroll>
            {rows.length > 0 ? text.rightsizing.next : text.rightsizing.further}
          </Link>
        )}
      </nav>
    </>
  );
}
