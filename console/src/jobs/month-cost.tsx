import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { budgetQuery } from '../api.ts';
import { MonthFigure } from '../parts/month-figure.tsx';
import { text } from '../text.ts';

/** What this month has cost, of what it may. */
export function MonthCost() {
  const { data } = useQuery(budgetQuery);
  if (data === undefined) return null;
  return (
    <section className="panel month-cost" aria-label={text.budget.month}>
      <MonthFigure {...data.data} />
      {data.meta.demo && <p className="summary">{text.budget.demoNote}</p>}
      <Link to="/settings/$section" params={{ section: 'budget' }}>
        {text.budget.set}
      </Link>
    </section>
  );
}
