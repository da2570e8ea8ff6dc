import { useQuery } from '@tanstack/react-query';
import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { serverRightsizingQuery } from '../api.ts';
import { Confidence } from '../rightsizing/confidence.tsx';
import { DecisionButtons } from '../rightsizing/decision-buttons.tsx';
import { ClassMark, DecisionMark } from '../rightsizing/marks.tsx';
import { savingOf, suggestedOf } from '../rightsizing/suggestion.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';

/** What is said of a server's size, in one line above the tabs; its place is kept until it is known, and where it cannot be. */
export function VerdictLine({ id }: { id: string }) {
  const detail = useQuery(serverRightsizingQuery(id)).data?.data;
  return <section className="verdict-line">{detail !== undefined && <Said detail={detail} />}</section>;
}

function Said({ detail }: { detail: RightsizingDetail }) {
  const mayDecide = useMay('operator');
  const { class: name, reason, caveats, state } = detail;
  return (
    <>
      <p>
        <ClassMark name={name} /> {text.rightsizing.reasons[reason]}. <b>{suggestedBy(detail)}</b>
      </p>
      {name !== 'not_enough_data' && <Confidence caveats={caveats} />}
      {state !== null && (
        <div className="actions">
          {state !== 'open' && <DecisionMark state={state} />}
          {mayDecide && <DecisionButtons rows={[detail]} isOne />}
        </div>
      )}
    </>
  );
}

function suggestedBy(detail: RightsizingDetail): string {
  if (detail.suggestion === null) return '';
  const saving = savingOf(detail);
  return [suggestedOf(detail.suggestion), ...(saving === undefined ? [] : [saving])].join(' · ');
}
