import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { formatTime } from '../format.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { verdictClasses } from './class-figures.tsx';
import { DecisionButtons } from './decision-buttons.tsx';
import { DecisionMark } from './marks.tsx';

/** Where it stands, what can be decided, and what was. */
export function DecisionPanel({ detail }: { detail: RightsizingDetail }) {
  const mayDecide = useMay('operator');
  const { state, decision } = detail;
  return (
    <section className="panel decision">
      <header>
        <h2>{text.rightsizing.decisionHistory}</h2>
        {state !== null && <DecisionMark state={state} />}
      </header>
      {state === null ? (
        <p>{text.rightsizing.nothingToDecide}</p>
      ) : mayDecide ? (
        <div className="actions">
          <DecisionButtons rows={[detail]} isOne />
        </div>
      ) : (
        <p>{text.rightsizing.viewer}</p>
      )}
      {decision === null ? <p>{text.rightsizing.noDecision}</p> : <History detail={detail} decision={decision} />}
    </section>
  );
}

type Decision = NonNullable<RightsizingDetail['decision']>;

/** Newest first. */
function History({ detail: { state }, decision }: { detail: RightsizingDetail; decision: Decision }) {
  const words = text.rightsizing;
  const decided = decision.state === 'verified' ? 'accepted' : decision.state;
  const about = verdictClasses.find((name) => name === decision.class);
  const facts = [
    words.decidedBy(decision.by),
    ...(decision.until === null ? [] : [words.untilTime(formatTime(decision.until))]),
    ...(about === undefined ? [] : [words.aboutClass(words.classes[about])]),
    ...(decision.target === null ? [] : [words.aboutTarget(decision.target)]),
  ];
  return (
    <ol className="decisions" reversed>
      {decision.verified_at !== null && (
        <li>
          <DecisionMark state="verified" />{' '}
          <time dateTime={decision.verified_at}>{formatTime(decision.verified_at)}</time>
          <p>{words.seenDone}.</p>
        </li>
      )}
      <li>
        <DecisionMark state={decided} /> <time dateTime={decision.at}>{formatTime(decision.at)}</time>
        <p>{facts.join(' · ')}</p>
        {decision.note !== null && <blockquote>{decision.note}</blockquote>}
        {state !== decision.state && <p>{words.ended}</p>}
      </li>
    </ol>
  );
}
