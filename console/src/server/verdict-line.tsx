import { useQuery } from '@tanstack/react-query';
import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { serverRightsizingQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { Confidence } from '../rightsizing/confidence.tsx';
import { DecisionButtons } from '../rightsizing/decision-buttons.tsx';
import { ClassMark, DecisionMark } from '../rightsizing/marks.tsx';
import { formatMonth, perMonth } from '../rightsizing/month.ts';
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

function suggestedBy({ suggestion, savings, policy }: RightsizingDetail): string {
  const words = text.rightsizing;
  if (suggestion === null) return '';
  const { action } = suggestion;
  const what =
    action === 'stop'
      ? words.stop
      : words.sizeOf(suggestion.instance_type, formatCount(suggestion.vcpus), formatCount(suggestion.gib));
  if (savings === null) return words.suggested(what);
  const month = perMonth(savings.usd, policy.look_back_days);
  return `${words.suggested(what)} · ${month < 0 ? words.costs(formatMonth(month)) : words.saves(formatMonth(month))}`;
}
