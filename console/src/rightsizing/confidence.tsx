import type { Caveat } from '../../../src/rightsizing/verdict.ts';
import { text } from '../text.ts';

/** What is not known makes a verdict less sure; that a price is not known does not. */
const doubts: ReadonlySet<Caveat> = new Set(['memory_unknown', 'network_unknown', 'maximum_counts', 'saturated']);
const steps = 4;

export function Confidence({ caveats }: { caveats: readonly Caveat[] }) {
  const known = caveats.filter((caveat) => doubts.has(caveat));
  const sure = steps - Math.min(steps - 1, known.length);
  const why = known.map((caveat) => text.rightsizing.caveats[caveat].short).join(', ');
  return (
    <span className="confidence" title={known.map((caveat) => text.rightsizing.caveats[caveat].long).join(' ')}>
      <svg viewBox="0 0 46 10" aria-hidden="true">
        {Array.from({ length: steps }, (_, step) => (
          <circle key={step} cx={5 + step * 12} cy="5" r="3.8" className={step < sure ? 'full' : undefined} />
        ))}
      </svg>
      <span className="unseen">{text.rightsizing.confidence(sure, steps)} </span>
      <small>{why === '' ? text.rightsizing.allMeasured : why}</small>
    </span>
  );
}
