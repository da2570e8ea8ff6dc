import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JobSummary } from '../../../src/server/api.ts';
import type { CollectionReply } from '../../../src/server/collection-api.ts';
import type { PlanReply, RunBody, StartBody } from '../../../src/server/run-api.ts';
import type { RunChoice } from '../addresses.ts';
import {
  accountsQuery,
  budgetQuery,
  collectionQuery,
  jobsQuery,
  planKey,
  planQuery,
  send,
  statusQuery,
} from '../api.ts';
import { formatCount, formatDay, formatPart, formatSeconds, formatUsd } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { MonthFigure } from '../parts/month-figure.tsx';
import { FailureNotice, Skeleton, StaleNotice } from '../parts/notices.tsx';
import { useSingleMutation } from '../parts/single-mutation.ts';
import { useMay } from '../session/session.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { amountOf, isEnough, maxCostOf, shownBound } from './max-cost.ts';
import { MaxSpend } from './max-spend.tsx';

const spans = [1, 7, 14, 30, 90];

/** Where to read, and of what there only. */
type RunScope = Pick<RunBody, 'accounts' | 'filter' | 'servers'>;

interface CollectPlanProps {
  readonly scope: RunScope;
  readonly choice: RunChoice;
  readonly onChoose: (choice: RunChoice) => void;
  /** Whether something else is about to be planned. */
  readonly isOutdated?: boolean;
  /** Whether there is a way to leave it for later. */
  readonly later?: boolean;
}

/** What to read, what that costs, and the button that says so. */
export function CollectPlan(props: CollectPlanProps) {
  const collection = useQuery(collectionQuery);
  return (
    <section className="panel plan" aria-label={text.collect.plan}>
      <header>
        <h2>{text.collect.plan}</h2>
      </header>
      <Answer asked={collection} rows={5}>
        {({ data }) => <Plan usual={data} {...props} />}
      </Answer>
    </section>
  );
}

interface PlanProps extends CollectPlanProps {
  readonly usual: CollectionReply;
}

function Plan({ usual, scope, choice, onChoose, isOutdated = false, later = false }: PlanProps) {
  const days = choice.win ?? usual.days;
  const hasP95 = choice.p95 === undefined ? usual.statistics.includes('p95') : choice.p95 === 'yes';
  const others = usual.statistics.filter((each) => each !== 'p95');
  const run = {
    ...scope,
    // What is left open is as it is set.
    ...(choice.win === undefined ? {} : { days }),
    ...(choice.p95 === undefined ? {} : { statistics: hasP95 ? [...others, 'p95' as const] : others }),
  };
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery(planQuery(run));
  const isOld = isPlaceholderData || isFetching;
  const retry = () => void refetch();
  return (
    <>
      <div className="form in-line">
        <label>
          <span className="filter-name">{text.collect.days}</span>
          <select value={days} onChange={({ target }) => onChoose({ win: Number(target.value) })}>
            {[...new Set([...spans, days])]
              .toSorted((a, b) => a - b)
              .map((span) => (
                <option key={span} value={span}>
                  {text.collect.lastDays(span)}
                </option>
              ))}
          </select>
        </label>
        <label className="tick">
          <input
            type="checkbox"
            checked={hasP95}
            onChange={({ target }) => onChoose({ p95: target.checked ? 'yes' : 'no' })}
          />
          <span>{text.collect.p95}</span>
        </label>
      </div>
      {data !== undefined ? (
        <>
          {error !== null && <StaleNotice error={error} retry={retry} />}
          {isOutdated && (
            <p className="summary" role="status">
              {text.collect.unplanned}
            </p>
          )}
          <div className={isOld ? 'stale' : undefined}>
            <PlanFacts plan={data.data} />
            <MonthFigure {...data.data.budget} />
            <RunButton
              plan={data.data}
              run={run}
              most={choice.most}
              onMost={(most) => onChoose({ most })}
              isReady={!isOld && !isOutdated && error === null}
              later={later}
            />
          </div>
        </>
      ) : error !== null ? (
        <FailureNotice error={error} retry={retry} />
      ) : (
        <>
          <p className="summary" role="status">
            {isFetching && text.collect.planning}
          </p>
          <Skeleton rows={4} />
        </>
      )}
    </>
  );
}

function PlanFacts({ plan }: { plan: PlanReply }) {
  const { servers, metrics, statistics, cost, seconds, quota, window, places, prices } = plan;
  const regions = places.filter((place) => place.error === null);
  const closed = places.filter((place) => place.error !== null);
  const unopened = plan.selection?.unopened ?? [];
  const lastDay = new Date(Date.parse(window.end) - 1).toISOString();
  return (
    <>
      {plan.selection !== null && servers > 0 && <Selected plan={plan} />}
      <p className="equation">
        <b>{text.collect.servers(formatCount(servers))}</b> × <b>{text.collect.metrics(formatCount(metrics))}</b> ×{' '}
        <b>{statistics.map((name) => text.statistics[name]).join(' ')}</b> →{' '}
        <b>{text.collect.calls(formatCount(cost.calls))}</b>
        {' · '}
        <b>{costOf(plan)}</b> · <b>{text.collect.about(formatSeconds(Math.max(1, Math.ceil(seconds))))}</b>
        {quota !== null && (
          <>
            {' · '}
            <b>{text.collect.quota(formatPart(quota.share))}</b>{' '}
            <small>{text.collect.quotaOf(quota.api.slice(quota.api.indexOf(':') + 1), quota.place)}</small>
          </>
        )}
      </p>
      <p className="summary">
        {formatDay(window.start)} – {formatDay(lastDay)}, UTC
        {cost.metrics === 0 && servers > 0 && ` · ${text.collect.allStored}`}
      </p>
      {closed.length + unopened.length > 0 && (
        <ul className="closed-places">
          {unopened.map(({ provider, account, region, servers: lost }) => (
            <li key={`${provider} ${account} ${region}`}>
              <b>
                {provider} {account} {region === '*' ? '' : region}
              </b>{' '}
              {(region === '*' ? text.collect.unopened : text.collect.outside)(formatCount(lost))}
            </li>
          ))}
          {closed.map((place) => (
            <li key={`${place.account} ${place.region}`}>
              <b>
                {place.account} {place.region === '*' ? '' : place.region}
              </b>{' '}
              {place.error?.message}
            </li>
          ))}
        </ul>
      )}
      {regions.length > 0 && (
        <details className="more">
          <summary>{text.collect.places(regions.length)}</summary>
          <section className="table-scroll" aria-label={text.collect.places(regions.length)}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{text.runs.account}</th>
                  <th scope="col">{text.runs.region}</th>
                  {[text.runs.servers, text.runs.calls, text.runs.cost].map((label) => (
                    <th key={label} scope="col" className="number">
                      {label}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {regions.map((place) => (
                  <tr key={`${place.account} ${place.region}`}>
                    <th scope="row">{place.account}</th>
                    <td>{place.region}</td>
                    <td className="number">{formatCount(place.servers)}</td>
                    <td className="number">{formatCount(place.cost.calls)}</td>
                    <td className="number">{formatUsd(place.cost.usd)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </details>
      )}
      {prices.length > 0 && (
        <details className="more">
          <summary>
            {text.collect.prices} · {prices.map(({ readOn }) => readOn).toSorted()[0]}
          </summary>
          <p>{text.collect.assumed}</p>
          <ul>
            {prices.map((price) => (
              <li key={`${price.provider} ${price.of}`}>
                {formatUsd(price.usd)} / {formatCount(price.per)} × {price.of}{' '}
                <small>
                  {price.source}, {price.readOn}
                  {price.note !== undefined && ` · ${price.note}`}
                </small>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** What of a selection will be read, and how much of it is not there any more. */
function Selected({ plan: { selection, servers, places } }: { plan: PlanReply }) {
  const read = places.filter((place) => place.servers > 0);
  const accounts = new Set(read.map(({ provider, account }) => `${provider} ${account}`)).size;
  const unopened = selection?.unopened.reduce((sum, each) => sum + each.servers, 0) ?? 0;
  const gone = (selection?.servers ?? 0) - servers - unopened;
  const isKnown = places.every(({ error }) => error === null);
  return (
    <p className="summary" role="status">
      <b>
        {text.collect.chosen(
          text.collect.serverCount(servers, formatCount(servers)),
          text.collect.regionCount(read.length, formatCount(read.length)),
          text.collect.accountCount(accounts, formatCount(accounts)),
        )}
      </b>
      {gone > 0 && isKnown && ` · ${text.collect.notFound(formatCount(gone))}`}
    </p>
  );
}

function costOf({ cost }: PlanReply): string {
  if (cost.usd_at_most === 0) return text.collect.free;
  if (cost.usd_at_most === cost.usd) return text.collect.aboutUsd(formatUsd(cost.usd));
  return text.collect.aboutAtMost(formatUsd(cost.usd), formatUsd(cost.usd_at_most));
}

interface RunButtonProps {
  readonly plan: PlanReply;
  readonly run: StartBody;
  /** USD that it may cost; what the plan could at most where undefined. */
  readonly most: number | undefined;
  readonly onMost: (most: number | undefined) => void;
  readonly isReady: boolean;
  readonly later: boolean;
}

/** The run may cost what it is allowed to, which is at least what the plan could cost, and not more. */
function RunButton({ plan, run, most, onMost, isReady, later }: RunButtonProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { refusal } = plan.budget;
  const bound = plan.cost.usd_at_most;
  const [typed, setTyped] = useState<string>();
  const spend = typed ?? (most === undefined ? shownBound(bound) : String(most));
  const maxCost = maxCostOf(spend, bound);
  const mayPass = useMay('admin');
  // Agreed to for this run at this price, and no other.
  const agreement = JSON.stringify([run, maxCost]);
  const [agreed, setAgreed] = useState<string>();
  const isPassing = agreed === agreement;
  const start = useSingleMutation({
    mutationFn: () => {
      const passing = refusal !== null && isPassing ? { over_budget: true } : {};
      return send<JobSummary>('POST', '/jobs', { ...run, max_cost: maxCost, ...passing });
    },
    // It may be dearer by now than what is shown.
    onError: () => void queries.invalidateQueries({ queryKey: planKey }),
    onSuccess: async ({ data }) => {
      for (const { queryKey } of [statusQuery, accountsQuery, budgetQuery, jobsQuery(undefined)])
        void queries.invalidateQueries({ queryKey });
      // Not before it is looked at again: this page is about to be left, and the run has only begun.
      void queries.invalidateQueries({ queryKey: planKey, refetchType: 'none' });
      await navigate({ to: '/jobs/$id', params: { id: String(data.id) } });
    },
  });
  const isHeld = refusal !== null && !(mayPass && isPassing);
  const isIdle = isReady && !start.isPending && plan.servers > 0 && isEnough(spend, bound) && !isHeld;
  return (
    <>
      {refusal !== null && (
        <div className="over-budget" role="alert">
          <p>
            <b>{text.budget.refused}.</b> {refusal.message}
          </p>
          {mayPass ? (
            <label className="tick">
              <input
                type="checkbox"
                checked={isPassing}
                onChange={({ target }) => setAgreed(target.checked ? agreement : undefined)}
              />
              <span>
                {text.budget.pass} <small>{text.budget.passNote}</small>
              </span>
            </label>
          ) : (
            <p>{text.budget.askAdmin}</p>
          )}
        </div>
      )}
      <Problem error={start.error} />
      {bound > 0 && (
        <MaxSpend
          value={spend}
          bound={bound}
          onType={(value) => {
            setTyped(value);
            onMost(amountOf(value));
          }}
          onLeave={() => {
            if (spend === '') setTyped(undefined);
          }}
        />
      )}
      <div className="actions plan-actions">
        {later && <Link to="/accounts">{text.collect.later}</Link>}
        <button
          type="button"
          className="main"
          aria-disabled={!isIdle}
          onClick={() => {
            if (isIdle) start.mutate();
          }}
        >
          {plan.servers === 0
            ? text.collect.nothing
            : plan.cost.usd_at_most === 0
              ? text.collect.runFree
              : text.collect.run(formatUsd(plan.cost.usd))}
        </button>
      </div>
    </>
  );
}
