import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { BudgetBody, BudgetReply } from '../../../src/server/budget-api.ts';
import { budgetQuery, send } from '../api.ts';
import { MonthFigure } from '../parts/month-figure.tsx';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { Problem } from './problem.tsx';
import { SaveAction } from './save-action.tsx';

/** What runs may cost: admins set it, others look. */
export function BudgetSection() {
  const { data, error, refetch } = useQuery(budgetQuery);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (body: BudgetBody) => send<BudgetReply>('PUT', '/budget', body),
    onSuccess: (reply) => queries.setQueryData(budgetQuery.queryKey, reply),
  });
  if (error !== null && data === undefined) return <FailureNotice error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={5} />;
  return (
    <div className="sections">
      <section className="panel">
        <header>
          <h2>{text.budget.title}</h2>
        </header>
        <p className="summary">{text.budget.intro}</p>
        {data.meta.demo && <p className="summary">{text.budget.demoNote}</p>}
        <div className="month-cost">
          <MonthFigure {...data.data} />
        </div>
        <BudgetForm
          key={JSON.stringify(data.data.budget)}
          budget={data.data.budget}
          isPending={save.isPending}
          onSave={save.mutate}
        />
        <Problem error={save.error} />
        <p className="summary" role="status">
          {save.isSuccess && text.settings.saved}
        </p>
      </section>
    </div>
  );
}

interface BudgetFormProps {
  readonly budget: BudgetBody;
  readonly isPending: boolean;
  readonly onSave: (budget: BudgetBody) => void;
}

function BudgetForm({ budget, isPending, onSave }: BudgetFormProps) {
  const mayChange = useMay('admin');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    const given = new FormData(event.currentTarget);
    onSave({
      run_usd: amountOf(given.get('run')),
      month_usd: amountOf(given.get('month')),
      warn_percent: Number(given.get('warn')),
    });
  };
  return (
    <form className="form budget-form" onSubmit={submit}>
      <Amount name="run" label={text.budget.run} value={budget.run_usd} isOpen={mayChange} />
      <Amount name="month" label={text.budget.monthLimit} value={budget.month_usd} isOpen={mayChange} />
      <label>
        <span className="filter-name">{text.budget.warn}</span>
        <input
          name="warn"
          type="number"
          min="1"
          max="100"
          step="1"
          required
          defaultValue={budget.warn_percent}
          disabled={!mayChange}
        />
      </label>
      <SaveAction {...{ mayChange, isPending }} readOnly={text.budget.readOnly} />
    </form>
  );
}

interface AmountProps {
  readonly name: string;
  readonly label: string;
  readonly value: number | null;
  readonly isOpen: boolean;
}

function Amount({ name, label, value, isOpen }: AmountProps) {
  return (
    <label>
      <span className="filter-name">{label}</span>
      <input name={name} type="number" min="0.01" step="0.01" defaultValue={value ?? ''} disabled={!isOpen} />
      <small>{text.budget.none}</small>
    </label>
  );
}

function amountOf(given: FormDataEntryValue | null): number | null {
  return given === null || given === '' ? null : Number(given);
}
