import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useMemo } from 'react';
import type { Statistic } from '../../../src/model/statistic.ts';
import type { CollectionReply } from '../../../src/server/collection-api.ts';
import { collectionQuery, planKey, send } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { CostOfChange } from './cost-of-change.tsx';
import { Problem } from './problem.tsx';
import { SaveAction } from './save-action.tsx';
import { useDraft } from './use-draft.ts';

const statistics = ['avg', 'max', 'min', 'p50', 'p95', 'p99'] as const satisfies readonly Statistic[];
/** No run leaves them out. */
const always: readonly Statistic[] = ['avg', 'max'];

/** What the API takes. */
const limits = {
  days: { min: 1, max: 455 },
  concurrency: { min: 1, max: 64 },
  keep_days: { min: 90, max: 3650 },
  keep_change_days: { min: 90, max: 3650 },
  keep_job_days: { min: 90, max: 3650 },
  keep_audit_days: { min: 90, max: 3650 },
} as const;
type NumberField = keyof typeof limits;

/** What runs read where they do not say it themselves: admins set it, others look. */
export function CollectionSection() {
  const collection = useQuery(collectionQuery);
  return (
    <Answer asked={collection} rows={9}>
      {({ data, meta }) => (
        <div className="sections">
          <section className="panel">
            <header>
              <h2>{text.collection.title}</h2>
            </header>
            <p className="summary">{text.collection.intro}</p>
            <CollectionForm saved={data} demo={meta.demo} />
          </section>
          <HowPanel />
        </div>
      )}
    </Answer>
  );
}

function HowPanel() {
  return (
    <section className="panel">
      <header>
        <h2>{text.collection.how}</h2>
      </header>
      <dl className="facts collection-facts">
        <div>
          <dt>{text.collection.period}</dt>
          <dd>{text.collection.periodNote}</dd>
        </div>
        <div>
          <dt>{text.collection.metrics}</dt>
          <dd>
            <Link to="/sources" search={{ tab: 'metrics' }}>
              {text.collection.metricsNote}
            </Link>
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** The draft, without numbers that no run can have. */
function plannable(touched: Partial<CollectionReply>, saved: CollectionReply): CollectionReply {
  const draft = { ...saved, ...touched };
  const numberOf = (field: 'days' | 'concurrency') => {
    const { min, max } = limits[field];
    const value = draft[field];
    return Number.isInteger(value) && value >= min && value <= max ? value : saved[field];
  };
  return { ...draft, days: numberOf('days'), concurrency: numberOf('concurrency') };
}

function useCollectionDraft() {
  const queries = useQueryClient();
  return useDraft<CollectionReply>({
    newest: async () => (await queries.fetchQuery({ ...collectionQuery, staleTime: 0 })).data,
    save: async (wanted) => {
      queries.setQueryData(collectionQuery.queryKey, await send<CollectionReply>('PUT', '/collection', wanted));
      // What a run that leaves it open would cost is another plan now.
      void queries.invalidateQueries({ queryKey: planKey });
    },
  });
}

function CollectionForm({ saved, demo }: { saved: CollectionReply; demo: boolean }) {
  const mayChange = useMay('admin');
  const { touched, touch, save, isPending, isSaved, error } = useCollectionDraft();
  const draft = { ...saved, ...touched };
  const planned = useMemo(() => plannable(touched, saved), [touched, saved]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save();
  };
  const toggle = (name: Statistic) =>
    touch({ statistics: statistics.filter((each) => (each === name) !== draft.statistics.includes(each)) });
  const days = (field: NumberField, label: string, note?: string) => (
    <Days
      label={label}
      {...(note === undefined ? {} : { note })}
      {...limits[field]}
      value={draft[field]}
      isOpen={mayChange}
      onChange={(value) => touch({ [field]: value })}
    />
  );
  return (
    <>
      <form className="form collection-form" onSubmit={submit}>
        {days('days', text.collection.days)}
        <fieldset className="statistic-choice" disabled={!mayChange}>
          <legend className="filter-name">{text.collection.statistics}</legend>
          {statistics.map((name) => (
            <label key={name} className="tick">
              <input
                type="checkbox"
                checked={draft.statistics.includes(name)}
                disabled={always.includes(name)}
                onChange={() => toggle(name)}
              />
              <span>{text.statistics[name]}</span>
            </label>
          ))}
          <small>{text.collection.statisticsNote}</small>
        </fieldset>
        {days('concurrency', text.collection.concurrency, text.collection.concurrencyNote)}
        {mayChange &&
          (demo ? (
            <p className="summary">{text.collection.demoCost}</p>
          ) : (
            <CostOfChange saved={saved} draft={planned} />
          ))}
        <h3>{text.collection.kept}</h3>
        {days('keep_days', text.collection.keepDays, text.collection.keepNote)}
        {days('keep_change_days', text.collection.keepChangeDays)}
        {days('keep_job_days', text.collection.keepJobDays)}
        {days('keep_audit_days', text.collection.keepAuditDays)}
        <SaveAction {...{ mayChange, isPending }} readOnly={text.collection.readOnly} />
      </form>
      <Problem error={error} />
      <p className="summary" role="status">
        {isSaved && text.settings.saved}
      </p>
    </>
  );
}

interface DaysProps {
  readonly label: string;
  readonly note?: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly isOpen: boolean;
  readonly onChange: (value: number) => void;
}

/** A whole number; what is none yet is told as NaN, and the browser does not let it be saved. */
function Days({ label, note, min, max, value, isOpen, onChange }: DaysProps) {
  return (
    <label>
      <span className="filter-name">{label}</span>
      <input
        type="number"
        min={min}
        max={max}
        step="1"
        required
        value={Number.isNaN(value) ? '' : value}
        disabled={!isOpen}
        onChange={({ target }) => onChange(target.valueAsNumber)}
      />
      {note !== undefined && <small>{note}</small>}
    </label>
  );
}
