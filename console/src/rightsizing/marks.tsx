import type { VerdictClass } from '../../../src/rightsizing/verdict.ts';
import type { DecisionState } from '../../../src/store/rightsizing.ts';
import { text } from '../text.ts';

interface Look {
  readonly tone: 'good' | 'active' | 'warn' | 'quiet';
  readonly shape: string;
}

const check = 'M3.5 8.5 7 12l6-8';

/** Shape, word and colour say the same, so that none is needed alone. */
const classLooks: Readonly<Record<VerdictClass, Look>> = {
  idle: { tone: 'active', shape: 'M8 3a5 5 0 1 0 .01 0z' },
  oversized: { tone: 'active', shape: 'M8 3v9.5M4 8.5l4 4 4-4' },
  fit: { tone: 'good', shape: check },
  hot: { tone: 'warn', shape: 'M8 2.5 14 13H2zM8 6.5v3' },
  not_enough_data: { tone: 'quiet', shape: 'M4 8h8' },
};

const decisionLooks: Readonly<Record<DecisionState, Look>> = {
  open: { tone: 'active', shape: 'M8 3a5 5 0 1 0 .01 0z' },
  accepted: { tone: 'good', shape: check },
  verified: { tone: 'good', shape: 'M1.5 8.5 4.5 12l5-8M8 11l1.5 1.5 5-8.5' },
  snoozed: { tone: 'quiet', shape: 'M8 2.5a5.5 5.5 0 1 0 .01 0zM8 5v3.5h3' },
  dismissed: { tone: 'quiet', shape: 'M4 4l8 8M12 4l-8 8' },
};

export function ClassMark({ name }: { name: VerdictClass }) {
  return <Mark look={classLooks[name]} word={text.rightsizing.classes[name]} />;
}

export function DecisionMark({ state }: { state: DecisionState }) {
  return <Mark look={decisionLooks[state]} word={text.rightsizing.decisions[state]} />;
}

function Mark({ look: { tone, shape }, word }: { look: Look; word: string }) {
  return (
    <span className={`state ${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shape} />
      </svg>
      {word}
    </span>
  );
}
