import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Statistic } from '../../../src/model/statistic.ts';
import type { CollectionReply } from '../../../src/server/collection-api.ts';
import { collectionQuery, planKey, send } from '../api.ts';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { CostOfChange } from './cost-of-change.tsx';
import { Problem } from './problem.tsx';
import { SaveAction } from './save-action.tsx';

const statistics = ['avg', 'max', 'min', 'p50', 'p95', 'p99'] as const satisfies readonly Statistic[];
/** No run leaves them out. */
const always: readonly Statistic[] = ['avg', 'max'];

/** What runs read where they do not say it themselves: admins set it, others look. */
export function CollectionSection() {
  const { data, error, refetch } = useQuery(collectionQuery);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (wanted: CollectionReply) => send<CollectionReply>('PUT', '/collection', wanted),
    onSuccess: (reply) => {
      queries.setQueryData(collectionQuery.queryKey, reply);
      // What a run that leaves it open would cost is another plan now.
      void queries.invalidateQueries({ queryKey: planKey });
    },
  });
  if (error !== null && data === undefined) return <FailureNotice error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={9} />;
  return (
    <div className="sections">
      <section className="panel">
        <header>
          <h2>{text.collection.title}</h2>
        </header>
        <p className="summary">{text.collection.intro}</p>
        <CollectionForm
          key={JSON.stringify(data.data)}
          saved={data.data}
          demo={data.meta.demo}
          isPending={save.isPending}
          onSave={save.mutate}
        />
        <Problem error={save.error} />
        <p className="summary" role="status">
          {save.isSuccess && text.settings.saved}
        </p>
      </section>
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
    </div>
  );
}

interface CollectionFormProps {
  readonly saved: CollectionReply;
  readonly demo: boolean;
  readonly isPending: boolean;
  readonly onSave: (wanted: CollectionReply) => void;
}

function CollectionForm({ saved, demo, isPending, onSave }: CollectionFormProps) {
  const mayChange = useMay('admin');
  const [draft, setDraft] = useState(saved);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isPending) onSave(draft);
  };
  const toggle = (name: Statistic) => {
    const wanted = statistics.filter((each) => (each === name) !== draft.statistics.includes(each));
    setDraft({ ...draft, statistics: wanted });
  };
  return (
    <form className="form collection-form" onSubmit={submit}>
      <Days
        label={text.collection.days}
        min={1}
        max={455}
        value={draft.days}
        isOpen={mayChange}
        onChange={(days) => setDraft({ ...draft, days })}
      />
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
      <Days
        label={text.collection.concurrency}
        note={text.collection.concurrencyNote}
        min={1}
        max={64}
        value={draft.concurrency}
        isOpen={mayChange}
        onChange={(concurrency) => setDraft({ ...draft, concurrency })}
      />
      {mayChange &&
        (demo ? <p className="summary">{text.collection.demoCost}</p> : <CostOfChange {...{ saved, draft }} />)}
      <h3>{text.collection.kept}</h3>
      <Days
        label={text.collection.keepDays}
        note={text.collection.keepNote}
        min={90}
        max={3650}
        value={draft.keep_days}
        isOpen={mayChange}
        onChange={(keep_days) => setDraft({ ...draft, keep_days })}
      />
      <Days
        label={text.collection.keepChangeDays}
        min={90}
        max={3650}
        value={draft.keep_change_days}
        isOpen={mayChange}
        onChange={(keep_change_days) => setDraft({ ...draft, keep_change_days })}
      />
      <Days
        label={text.collection.keepJobDays}
        min={90}
        max={3650}
        value={draft.keep_job_days}
        isOpen={mayChange}
        onChange={(keep_job_days) => setDraft({ ...draft, keep_job_days })}
      />
      <Days
        label={text.collection.keepAuditDays}
        min={90}
        max={3650}
        value={draft.keep_audit_days}
        isOpen={mayChange}
        onChange={(keep_audit_days) => setDraft({ ...draft, keep_audit_days })}
      />
      <SaveAction {...{ mayChange, isPending }} readOnly={text.collection.readOnly} />
    </form>
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

/** A whole number; what is no number yet is not told, and the browser does not let it be saved. */
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
        defaultValue={value}
        disabled={!isOpen}
        onChange={({ target }) => target.validity.valid && onChange(target.valueAsNumber)}
      />
      {note !== undefined && <small>{note}</small>}
    </label>
  );
}
