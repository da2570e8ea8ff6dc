import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { BudgetBody, BudgetReply } from '../../../src/server/budget-api.ts';
import { budgetQuery, planKey, send } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { MonthFigure } from '../parts/month-figure.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { Problem } from './problem.tsx';
import { SaveAction } from './save-action.tsx';
import { useDraft } from './use-draft.ts';

/** What runs may cost: admins set it, others look. */
export function BudgetSection() {
  const budget = useQuery(budgetQuery);
  return (
    <Answer asked={budget} rows={5}>
      {({ data, meta }) => (
        <div className="sections">
          <section className="panel">
            <header>
              <h2>{text.budget.title}</h2>
            </header>
            <p className="summary">{text.budget.intro}</p>
            {meta.demo && <p className="summary">{text.budget.demoNote}</p>}
            <div className="month-cost">
              <MonthFigure {...data} />
            </div>
            <BudgetForm saved={data.budget} />
          </section>
        </div>
      )}
    </Answer>
  );
}

function useBudgetDraft() {
  const queries = useQueryClient();
  return useDraft<BudgetBody>({
    newest: async () => (await queries.fetchQuery({ ...budgetQuery, staleTime: 0 })).data.budget,
    save: async (wanted) => {
      queries.setQueryData(budgetQuery.queryKey, await send<BudgetReply>('PUT', '/budget', wanted));
      // A plan says what the budget leaves.
      void queries.invalidateQueries({ queryKey: planKey });
    },
  });
}

function BudgetForm({ saved }: { saved: BudgetBody }) {
  const mayChange = useMay('admin');
  const { touched, touch, save, isPending, isSaved, error } = useBudgetDraft();
  const { run_usd, month_usd, warn_percent } = { ...saved, ...touched };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save();
  };
  return (
    <>
      <form className="form budget-form" onSubmit={submit}>
        <Amount
          label={text.budget.run}
          value={run_usd}
          isOpen={mayChange}
          onChange={(amount) => touch({ run_usd: amount })}
        />
        <Amount
          label={text.budget.monthLimit}
          value={month_usd}
          isOpen={mayChange}
          onChange={(amount) => touch({ month_usd: amount })}
        />
        <label>
          <span className="filter-name">{text.budget.warn}</span>
          <input
            type="number"
            min="1"
            max="100"
            step="1"
            required
            value={Number.isNaN(warn_percent) ? '' : warn_percent}
            disabled={!mayChange}
            onChange={({ target }) => touch({ warn_percent: target.valueAsNumber })}
          />
        </label>
        <SaveAction {...{ mayChange, isPending }} readOnly={text.budget.readOnly} />
      </form>
      <Problem error={error} />
      <p className="summary" role="status">
        {isSaved && text.settings.saved}
      </p>
    </>
  );
}

interface AmountProps {
  readonly label: string;
  readonly value: number | null;
  readonly isOpen: boolean;
  readonly onChange: (amount: number | null) => void;
}

/** None where it is empty; what is no number yet is told as NaN, and the browser does not let it be saved. */
function Amount({ label, value, isOpen, onChange }: AmountProps) {
  return (
    <label>
      <span className="filter-name">{label}</span>
      <input
        type="number"
        min="0.01"
        step="0.01"
        value={value === null || Number.isNaN(value) ? '' : value}
        disabled={!isOpen}
        onChange={({ target }) =>
          onChange(target.value === '' && !target.validity.badInput ? null : target.valueAsNumber)
        }
      />
      <small>{text.budget.none}</small>
    </label>
  );
}
