import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import type { RunChoice } from '../addresses.ts';
import { accountsQuery } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useTypedText } from '../parts/typed-text.ts';
import { text } from '../text.ts';
import { CollectPlan } from './collect-plan.tsx';

const route = getRouteApi('/jobs/new');

/** A run by hand: of which accounts, or which servers, then its plan. */
export function CollectPage() {
  usePageTitle(text.collect.title);
  const { servers } = route.useSearch();
  const accounts = useQuery(accountsQuery);
  return (
    <div className="connect">
      <header className="page-head">
        <h1>{text.collect.title}</h1>
      </header>
      <Answer asked={accounts} rows={6}>
        {({ data, meta }) =>
          meta.demo ? (
            <EmptyNotice title={text.accounts.demo}>
              <p>{text.accounts.demoFix}</p>
              <code>fleetgauge up --no-demo</code>
            </EmptyNotice>
          ) : data.length === 0 ? (
            <EmptyNotice title={text.accounts.none}>
              <Link to="/accounts/new">{text.accounts.add}</Link>
            </EmptyNotice>
          ) : servers !== undefined ? (
            <Picked ids={servers.split(',').map(Number)} />
          ) : (
            <Fitting all={data.map(({ name }) => name)} />
          )
        }
      </Answer>
    </div>
  );
}

/** What is chosen of the run, as the address says it. */
function useChoice() {
  const { win, p95, most } = route.useSearch();
  const navigate = route.useNavigate();
  return {
    choice: {
      ...(win === undefined ? {} : { win }),
      ...(p95 === undefined ? {} : { p95 }),
      ...(most === undefined ? {} : { most }),
    },
    onChoose: (wanted: RunChoice) =>
      void navigate({ search: (kept) => ({ ...kept, ...wanted }), replace: true, resetScroll: false }),
  };
}

/** Servers that were picked out of a list. */
function Picked({ ids }: { ids: readonly number[] }) {
  const chosen = useChoice();
  return (
    <>
      <div className="page-head">
        <b>{text.collect.picked(ids.length)}</b>
        <Link
          className="button"
          to="/jobs/new"
          search={chosen.choice}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {text.collect.everything}
        </Link>
      </div>
      <CollectPlan scope={{ servers: [...ids] }} {...chosen} />
    </>
  );
}

/** Some accounts, and of what is known there all or what fits a query. */
function Fitting({ all }: { all: readonly string[] }) {
  const { q = '', without = '' } = route.useSearch();
  const chosen = useChoice();
  const { typed, setTyped, sent } = useTypedText(q);
  const left = new Set(without.split(','));
  const accounts = all.filter((name) => !left.has(name));
  return (
    <>
      {all.length > 1 && <AccountChoice all={all} left={left} />}
      <QueryForm typed={typed} onType={setTyped} onAsk={(asked) => sent.current.push(asked)} />
      {accounts.length === 0 ? (
        <p className="summary">{text.collect.chooseOne}</p>
      ) : (
        <CollectPlan
          scope={{
            // A run that names its accounts leaves out those that are connected meanwhile.
            ...(accounts.length === all.length ? {} : { accounts }),
            ...(q === '' ? {} : { filter: q }),
          }}
          isOutdated={typed.trim() !== q.trim()}
          {...chosen}
        />
      )}
    </>
  );
}

function AccountChoice({ all, left }: { all: readonly string[]; left: ReadonlySet<string> }) {
  const navigate = route.useNavigate();
  const choose = (chosen: string, isWanted: boolean) => {
    void navigate({
      // Of what is asked for by now, and may not be drawn yet.
      search: ({ without: before = '', ...kept }) => {
        const others = new Set(before.split(','));
        const without = all.filter((name) => (name === chosen ? !isWanted : others.has(name))).join(',');
        return without === '' ? kept : { ...kept, without };
      },
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <fieldset className="panel account-choice">
      <legend className="unseen">{text.accounts.title}</legend>
      {all.map((name) => (
        <label key={name} className="tick">
          <input type="checkbox" checked={!left.has(name)} onChange={({ target }) => choose(name, target.checked)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface QueryFormProps {
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly onAsk: (asked: string) => void;
}

/** Asked once it is complete: each plan asks the clouds. */
function QueryForm({ typed, onType, onAsk }: QueryFormProps) {
  const navigate = route.useNavigate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = typed.trim();
    onAsk(asked);
    void navigate({ search: ({ q: _, ...kept }) => (asked === '' ? kept : { ...kept, q: asked }), resetScroll: false });
  };
  return (
    <form className="panel form in-line" onSubmit={submit}>
      <label>
        <span className="filter-name">{text.collect.only}</span>
        <input
          type="search"
          value={typed}
          maxLength={2000}
          size={40}
          title={text.collect.onlyNote}
          onChange={({ target }) => onType(target.value)}
        />
      </label>
      <button type="submit">{text.collect.show}</button>
    </form>
  );
}
