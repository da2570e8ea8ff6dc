import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import { rightsizingSummaryQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { ClassMark } from './marks.tsx';
import { formatMonth, potentialOf, pricesReadOn } from './month.ts';

/** How many servers do nothing or have more than they need, and what they cost. */
export function IdleFigure() {
  const { data, error } = useQuery(rightsizingSummaryQuery);
  return (
    <section className="figure idle-figure">
      <h2>{text.rightsizing.overviewTitle}</h2>
      {error !== null && <p role="alert">{text.states.failed}</p>}
      {data === undefined ? <p className="large">…</p> : <Figures summary={data.data} />}
    </section>
  );
}

function Figures({ summary }: { summary: RightsizingSummary }) {
  const { idle, oversized, not_enough_data } = summary.classes;
  const { usd, unpriced } = potentialOf(summary);
  return (
    <>
      <p className="large">
        <Link to="/rightsizing">{formatCount(idle.servers + oversized.servers)}</Link>
      </p>
      <p>
        <b>≈ {text.rightsizing.perMonth(formatMonth(usd))}</b>
      </p>
      <ul className="breakdown">
        <li>
          <Link to="/rightsizing" search={{ class: 'idle' }}>
            <ClassMark name="idle" /> <b>{formatCount(idle.servers)}</b>
          </Link>
        </li>
        <li>
          <Link to="/rightsizing" search={{ class: 'oversized' }}>
            <ClassMark name="oversized" /> <b>{formatCount(oversized.servers)}</b>
          </Link>
        </li>
      </ul>
      <p>
        <small>
          {text.rightsizing.basis(pricesReadOn(summary))}
          {unpriced > 0 && `; ${text.rightsizing.unpriced(formatCount(unpriced))}`}.{' '}
          {text.rightsizing.overviewUnknown(formatCount(not_enough_data.servers))}.
        </small>
      </p>
    </>
  );
}
