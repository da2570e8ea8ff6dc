import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { accountsQuery } from '../api.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { text } from '../text.ts';
import { CollectPlan } from './collect-plan.tsx';

/** A run by hand: of which accounts, then its plan. */
export function CollectPage() {
  usePageTitle(text.collect.title);
  const { data, error, refetch } = useQuery(accountsQuery);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const all = data?.data.map(({ name }) => name) ?? [];
  const chosen = all.filter((name) => !left.has(name));
  const toggle = (name: string) => {
    const next = new Set(left);
    if (!next.delete(name)) next.add(name);
    setLeft(next);
  };
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
      ) : all.length === 0 ? (
        <EmptyNotice title={text.accounts.none}>
          <Link to="/accounts/new">{text.accounts.add}</Link>
        </EmptyNotice>
      ) : (
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
          {chosen.length === 0 ? (
            <p className="summary">{text.collect.chooseOne}</p>
          ) : (
            <CollectPlan accounts={chosen} />
          )}
        </>
      )}
    </div>
  );
}
