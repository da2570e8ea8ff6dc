import { Link } from '@tanstack/react-router';
import type { VerdictClass } from '../../../src/rightsizing/verdict.ts';
import type { RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import type { RightsizingSearch } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { ClassMark } from './marks.tsx';
import { formatMonth, perMonth, potentialOf, pricesReadOn } from './month.ts';

export const verdictClasses = ['idle', 'oversized', 'fit', 'hot', 'not_enough_data'] as const satisfies VerdictClass[];

interface ClassFiguresProps {
  readonly summary: RightsizingSummary;
  readonly search: RightsizingSearch;
}

/** What the fleet comes to; each class leads to its servers. */
export function ClassFigures({ summary, search }: ClassFiguresProps) {
  return (
    <div className="class-figures">
      <PotentialFigure summary={summary} />
      <nav aria-label={text.rightsizing.classList}>
        {verdictClasses.map((name) => (
          <ClassFigure key={name} name={name} summary={summary} search={search} />
        ))}
      </nav>
    </div>
  );
}

function PotentialFigure({ summary }: { summary: RightsizingSummary }) {
  const { usd, unpriced } = potentialOf(summary);
  return (
    <section className="figure potential">
      <h2>{text.rightsizing.potential}</h2>
      <p className="large">≈ {text.rightsizing.perMonth(formatMonth(usd))}</p>
      <p>
        {text.rightsizing.lookBack(summary.policy.look_back_days)}; {text.rightsizing.basis(pricesReadOn(summary))}
        {unpriced > 0 && `; ${text.rightsizing.unpriced(formatCount(unpriced))}`}.
      </p>
    </section>
  );
}

function ClassFigure({ name, summary, search }: ClassFiguresProps & { name: VerdictClass }) {
  const { servers, savings_usd, unpriced } = summary.classes[name];
  const { after: _, class: chosen, ...rest } = search;
  const isChosen = chosen === name;
  const month = perMonth(savings_usd, summary.policy.look_back_days);
  return (
    <Link
      to="/rightsizing"
      search={isChosen ? rest : { ...rest, class: name }}
      activeOptions={{ exact: true, includeSearch: true }}
      aria-current={isChosen ? 'true' : undefined}
      className="class-figure"
      resetScroll={false}
    >
      <ClassMark name={name} />
      <b className="large">{formatCount(servers)}</b>
      <small>
        {month > 0 && text.rightsizing.saves(formatMonth(month))}
        {month < 0 && text.rightsizing.costs(formatMonth(month))}
        {month !== 0 && unpriced > 0 && '; '}
        {unpriced > 0 && text.rightsizing.unpricedShort(formatCount(unpriced))}
      </small>
    </Link>
  );
}
