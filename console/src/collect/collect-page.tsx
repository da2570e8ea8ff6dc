import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { accountsQuery } from '../api.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { text } from '../text.ts';
import { CollectPlan } from './collect-plan.tsx';

const route = getRouteApi('/jobs/new');

/** A run by hand: of which accounts, or which servers, then its plan. */
export function CollectPage() {
  usePageTitle(text.collect.title);
  const { q, servers } = route.useSearch();
  const { data, error, refetch } = useQuery(accountsQuery);
  return (
    <div className="connect">
      <header className="page-head">
        <h1>{text.collect.title}</h1>
      </header>
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={6} />
      ) : data.meta.demo ? (
        <EmptyNotice title={text.accounts.demo}>
          <p>{text.accounts.demoFix}</p>
          <code>fleetgauge up --no-demo</code>
        </EmptyNotice>
      ) : data.data.length === 0 ? (
        <EmptyNotice title={text.accounts.none}>
          <Link to="/accounts/new">{text.accounts.add}</Link>
        </EmptyNotice>
      ) : servers !== undefined ? (
        <Picked ids={servers.split(',').map(Number)} />
      ) : (
        <Fitting all={data.data.map(({ name }) => name)} q={q} />
      )}
    </div>
  );
}

/** Servers that were picked out of a list. */
function Picked({ ids }: { ids: readonly number[] }) {
  return (
    <>
      <div className="page-head">
        <b>{text.collect.picked(ids.length)}</b>
        <Link className="button" to="/jobs/new" activeOptions={{ exact: true, includeSearch: true }}>
          {text.collect.everything}
        </Link>
      </div>
      <CollectPlan scope={{ servers: [...ids] }} />
    </>
  );
}

/** Some accounts, and of what is known there all or what fits a query. */
function Fitting({ all, q }: { all: readonly string[]; q: string | undefined }) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = all.filter((name) => !left.has(name));
  const toggle = (name: string) => {
    const next = new Set(left);
    if (!next.delete(name)) next.add(name);
    setLeft(next);
  };
  return (
    <>
      {all.length > 1 && (
        <fieldset className="panel account-choice">
          <legend className="unseen">{text.accounts.title}</legend>
          {all.map((name) => (
            <label key={name} className="tick">
              <input type="checkbox" checked={!left.has(name)} onChange={() => toggle(name)} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      <QueryForm key={q} q={q} />
      {chosen.length === 0 ? (
        <p className="summary">{text.collect.chooseOne}</p>
      ) : (
        <CollectPlan scope={{ accounts: chosen, ...(q === undefined ? {} : { filter: q }) }} />
      )}
    </>
  );
}

/** Asked once it is complete: each plan asks the clouds. */
function QueryForm({ q = '' }: { q: string | undefined }) {
  const navigate = route.useNavigate();
  return (
    <form
      className="panel form in-line"
      onSubmit={(event) => {
        event.preventDefault();
        const asked = String(new FormData(event.currentTarget).get('q')).trim();
        void navigate({ search: asked === '' ? {} : { q: asked } });
      }}
    >
      <label>
        <span className="filter-name">{text.collect.only}</span>
        <input name="q" type="search" defaultValue={q} maxLength={2000} size={40} title={text.collect.onlyNote} />
      </label>
      <button type="submit">{text.collect.show}</button>
    </form>
  );
}
