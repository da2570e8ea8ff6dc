import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { formatCount, formatUsd } from '../format.ts';
import { text } from '../text.ts';
import { Confidence } from './confidence.tsx';
import { ClassMark } from './marks.tsx';
import { savingOf, suggestedOf } from './suggestion.ts';

/** What is said of a server, what is suggested, what that saves, and how sure it is. */
export function VerdictPanel({ detail }: { detail: RightsizingDetail }) {
  const { class: name, reason, caveats } = detail;
  return (
    <section className="panel verdict">
      <header>
        <h2>{text.rightsizing.verdict}</h2>
        {name !== 'not_enough_data' && <Confidence caveats={caveats} />}
      </header>
      <p className="said">
        <ClassMark name={name} /> {text.rightsizing.reasons[reason]}.
      </p>
      <Suggested detail={detail} />
      {caveats.length > 0 && (
        <>
          <h3>{text.rightsizing.sureness}</h3>
          <ul>
            {caveats.map((caveat) => (
              <li key={caveat}>{text.rightsizing.caveats[caveat].long}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Suggested({ detail }: { detail: RightsizingDetail }) {
  const { suggestion, withheld, savings, prices } = detail;
  const words = text.rightsizing;
  if (suggestion === null) return withheld === null ? null : <p>{words.withheld[withheld].long}</p>;
  const saving = savingOf(detail);
  return (
    <>
      <p className="suggested">
        <b>{suggestedOf(suggestion)}</b>
        {saving !== undefined && <b>{saving}</b>}
      </p>
      {savings === null ? (
        <p>{words.noSaving}</p>
      ) : (
        <p>
          {words.savingBasis(
            formatUsd(Math.abs(savings.usd_per_hour)),
            formatCount(Math.round(savings.hours)),
            prices?.read_on ?? '',
          )}
          {prices !== null && (
            <>
              {' · '}
              <a href={prices.source} rel="noopener noreferrer" target="_blank">
                {words.prices} ↗
              </a>
            </>
          )}
        </p>
      )}
    </>
  );
}
